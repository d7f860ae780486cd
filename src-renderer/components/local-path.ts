/** A path as it was pasted: file managers and shells copy it with quotes around it, or as a file: address. */
export function pastedPath(text: string): string {
  const bare = text.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (!bare.startsWith('file://')) return bare;
  try {
    const path = decodeURIComponent(new URL(bare).pathname);
    return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
  } catch {
    return bare;
  }
}
