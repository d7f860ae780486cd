import type { ActivityDetail } from '#contract/models/activity.ts';

/** Headers that curl makes by itself, or that would be wrong with another body. */
const ownHeaders = new Set(['host', 'content-length', 'connection', 'accept-encoding']);

type Target = {
  /** Origin of the device listener: `http://192.168.1.20:8787`. */
  readonly origin: string;
  /** The app's token; null leaves the one in the path as it was shortened. */
  readonly token: string | null;
};

/** The request of a row for a terminal (POSIX shells). */
export function curlCommand({ request }: Pick<ActivityDetail, 'request'>, { origin, token }: Target): string {
  const method = request.method.toUpperCase();
  const parts = ['curl', '--include'];
  if (method === 'HEAD') parts.push('--head');
  else if (method !== 'GET') parts.push('--request', method);
  // A bundle on the terminal helps nobody.
  if (method === 'GET' && /\/(bundles|files)\//.test(request.path)) parts.push('--output', 'download.bin');
  for (const [name, value] of Object.entries(request.headers)) {
    if (!ownHeaders.has(name.toLowerCase())) parts.push('--header', quoted(`${name}: ${value}`));
  }
  if (method !== 'GET' && method !== 'HEAD' && request.body !== null && request.body !== undefined) {
    const body = typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
    parts.push('--data-raw', quoted(body));
  }
  parts.push(quoted(origin + pathWithToken(request.path, token)));
  return parts.join(' ');
}

/** Everything a device may call lies below the token (design/command-line.md §4). */
function pathWithToken(path: string, token: string | null): string {
  return token === null ? path : path.replace(/^\/[^/?]+(?=\/)/, `/${token}`);
}

/** One argument for a POSIX shell: nothing inside single quotes means anything. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
