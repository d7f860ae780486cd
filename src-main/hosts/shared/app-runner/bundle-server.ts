import { createReadStream } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path/posix';

import type { RunnableApp } from '#core/simulator/app-runner.ts';

export type BundleServer = AsyncDisposable & {
  /** `http://127.0.0.1:PORT`: where the app is, and the proxy through which a browser has to go. */
  readonly origin: string;
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
};

/**
 * Serves an unpacked bundle as the app's own server on a device does: files by their path, `index.html` for paths that
 * are no file. Also the proxy of the browser that runs the app: whatever is not of this bundle is refused here, so
 * nothing of the app gets out.
 */
export async function openBundleServer({
  files,
  pathOf,
}: Pick<RunnableApp, 'files' | 'pathOf'>): Promise<BundleServer> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  let origin = '';
  const server = http.createServer((request, response) => {
    // A proxy is asked by the whole address.
    const url = URL.parse(request.url ?? '/', origin);
    if (!url || url.origin !== origin || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(403, { 'content-length': 0 }).end();
      return;
    }
    const path = decoded(url.pathname).replace(/^\/+/, '');
    const file = byPath.get(path) ?? (extname(path) === '' ? byPath.get('index.html') : undefined);
    if (!file) {
      response.writeHead(404, { 'content-length': 0 }).end();
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(file.path).toLowerCase()] ?? 'application/octet-stream',
      'content-length': file.bytes,
      'cache-control': 'no-store',
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    createReadStream(pathOf(file.sha256))
      .on('error', () => response.destroy())
      .pipe(response);
  });
  server.on('connect', (_request, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
