/** Long enough for the browser to have begun reading it. */
const KEEP_MS = 60_000;

/** Hands a text to the browser as a download. */
export function saveTextFile(name: string, parts: readonly string[], type: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}
