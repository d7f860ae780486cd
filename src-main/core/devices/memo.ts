/** Remembers the texts that `make` gave, as many as told; those made first go first. */
export function createMemo(kept: number): (key: string, make: () => string) => string {
  const texts = new Map<string, string>();
  return (key, make) => {
    const known = texts.get(key);
    if (known !== undefined) return known;
    const text = make();
    texts.set(key, text);
    const [oldest] = texts.keys();
    if (texts.size > kept && oldest !== undefined) texts.delete(oldest);
    return text;
  };
}
