export function keyHref(name: string): string {
  return `/keys/key/${encodeURIComponent(name)}`;
}
