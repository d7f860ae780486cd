import { isIPv4, isIPv6 } from 'node:net';

/** Letters, digits and hyphens in labels, as DNS has them; underscores occur in names of local machines. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/**
 * The Host header when it is an address or a name with an optional port, else null. URLs handed to the phone start with
 * it, so nothing else may get in: design/command-line.md §4.
 */
export function readPhoneHost(header: string | undefined): string | null {
  const parts = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,5}))?$/.exec(header ?? '');
  if (!parts) return null;
  const host = parts[1] ?? '';
  const port = parts[2];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return null;
  const isAddress = host.startsWith('[') ? isPlainIPv6(host.slice(1, -1)) : isIPv4(host);
  // Digits and dots that are no address are no name either: phones would read them as one.
  const isName = !isAddress && HOST_NAME.test(host) && !/(^|\.)\d+\.?$/.test(host);
  if (!isAddress && !isName) return null;
  return (port === undefined ? host : `${host}:${port}`).toLowerCase();
}

/** A zone (`%eth0`) names an adapter of one machine; it has no place in a URL. */
function isPlainIPv6(address: string): boolean {
  return isIPv6(address) && !address.includes('%');
}
