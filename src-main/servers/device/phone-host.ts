import { isIPv4OrName, isPlainIPv6 } from '#core/connect/host-name.ts';

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
  if (!(host.startsWith('[') ? isPlainIPv6(host.slice(1, -1)) : isIPv4OrName(host))) return null;
  return (port === undefined ? host : `${host}:${port}`).toLowerCase();
}
