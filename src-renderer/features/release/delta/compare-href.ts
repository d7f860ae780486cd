/** Address of a comparison below the `#`. */
export function compareHref(from: string, to: string): string {
  return `/release/${encodeURIComponent(to)}/compare/${encodeURIComponent(from)}`;
}
