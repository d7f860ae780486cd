import type { IncomingHttpHeaders } from 'node:http';

/** Names under which a page of this machine may ask. Anything else is another machine's name that was pointed here. */
const OWN_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether a request may be looked at at all: its Host is this listener's own (a page that rebinds its DNS name to
 * 127.0.0.1 still says its own name), and if a page sent it, then one of ours.
 */
export function isOwnRequest(headers: IncomingHttpHeaders, port: number): boolean {
  const host = headers.host?.toLowerCase();
  if (host === undefined || !OWN_NAMES.some((name) => host === `${name}:${port}`)) return false;
  const { origin } = headers;
  return origin === undefined || origin === `http://${host}`;
}

/** A browser's word that another site caused the request; absent in older browsers and other programs. */
export function isFromAnotherSite(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
