import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';

import type { Protocol } from 'electron';

import { systemErrorCode } from '#core/app-error.ts';
import { pagePolicy } from '#servers/shared/page-policy.ts';

/** The user interface has an origin of its own: with file: every file of the machine would share it. */
export const pageScheme = 'app';
const pageHost = 'slipway';
export const pageUrl = `${pageScheme}://${pageHost}/index.html`;

/** Before the program is ready. `standard` gives the scheme origins and relative addresses. */
export function registerPageScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Whether an address is one of ours. Node gives custom schemes the origin `null`, so the parts are compared. */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${pageScheme}:` && url.host === pageHost;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const headers = {
  'content-security-policy': pagePolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Serves the built user interface, and nothing else, to the window. */
export function servePage(protocol: Protocol, rendererDir: string): void {
  protocol.handle(pageScheme, async (request) => {
    const url = URL.parse(request.url);
    if (!url || !isOwnPage(request.url) || request.method !== 'GET') return answer(403);
    const parts = url.pathname.split('/').slice(1).map(decode);
    // Checked after decoding: an encoded slash or dot must not lead out of the folder.
    if (parts.some((part) => part === null || /[/\\\0]|^\.{0,2}$/.test(part))) return answer(404);
    const path = join(rendererDir, ...parts.filter((part) => part !== null));
    try {
      await using file = await open(path);
      if (!(await file.stat()).isFile()) return answer(404);
      const type = contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream';
      return new Response(await file.readFile(), { headers: { ...headers, 'content-type': type } });
    } catch (error) {
      return answer(systemErrorCode(error) === 'ENOENT' ? 404 : 500);
    }
  });
}

function answer(status: number): Response {
  return new Response(null, { status, headers });
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
