import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { DeviceOrigin } from '#core/ports.ts';

/** What a listener can get wrong, for tests of the check that must notice. */
export type ListenerFault =
  | 'none'
  | 'wrong_length'
  | 'other_bytes'
  | 'cut_off'
  | 'ignores_ranges'
  | 'wrong_range'
  | 'not_found'
  | 'silent';

export type BundleListener = AsyncDisposable & {
  readonly origin: DeviceOrigin;
  /** Requests so far, as `METHOD path`. */
  readonly requests: string[];
  fault: ListenerFault;
  /** Runs before each answer. */
  beforeAnswer: () => Promise<void>;
};

/** Serves bundles as the device listener does, and does it wrong on demand. */
export async function startBundleListener(
  pathOf: (token: string, sha256: string) => string | null,
): Promise<BundleListener> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const listener: BundleListener = {
    origin: { loopback: () => Promise.resolve(`http://127.0.0.1:${port}`), port: () => port, host: () => '127.0.0.1' },
    requests,
    fault: 'none',
    beforeAnswer: () => Promise.resolve(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await listener.beforeAnswer();
    const { fault } = listener;
    if (fault === 'silent') return;
    const [, token = '', sha256 = ''] = /^\/([^/]+)\/bundles\/([0-9a-f]{64})\.zip$/.exec(request.url ?? '') ?? [];
    const path = fault === 'not_found' ? null : pathOf(token, sha256);
    if (path === null) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not_found"}');
      return;
    }
    const bytes = Buffer.from(await readFile(path));
    if (fault === 'other_bytes') bytes.reverse();
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (from !== undefined && to !== undefined && fault !== 'ignores_ranges') {
      const shift = fault === 'wrong_range' ? 1 : 0;
      const part = bytes.subarray(Number(from) + shift, Number(to) + 1 + shift);
      response.writeHead(206, {
        'content-range': `bytes ${from}-${to}/${bytes.length}`,
        'content-length': part.length,
      });
      response.end(part);
      return;
    }
    response.writeHead(200, { 'content-length': bytes.length + (fault === 'wrong_length' ? 1 : 0) });
    if (request.method === 'HEAD') response.end();
    else if (fault === 'cut_off') response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
    else response.end(bytes);
  }
  return listener;
}
