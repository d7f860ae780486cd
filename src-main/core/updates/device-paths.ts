/** Device URLs below any listener origin. Source: design/command-line.md §4. */

/** A bundle, named by the SHA-256 of the file that devices download. */
export function bundlePath(token: string, sha256: string): string {
  return `/${token}/bundles/${sha256}.zip`;
}

/** A body of a delta manifest, named by its own SHA-256: what is at an address never changes. */
export function filePath(token: string, body: { readonly sha256: string; readonly isBrotli: boolean }): string {
  return `/${token}/files/${body.sha256}${body.isBrotli ? '.br' : ''}`;
}
