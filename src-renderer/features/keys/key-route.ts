export function keyHref(name: string): string {
  return `/keys/key/${encodeURIComponent(name)}`;
}

export function rotationHref(appId: string): string {
  return `/keys/change/${encodeURIComponent(appId)}`;
}
