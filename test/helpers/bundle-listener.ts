import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Services } from '#core/create-services.ts';
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
  | 'silent'
  /** Bundles are right, single files are not. */
  | 'other_files';

export type BundleListener = AsyncDisposable & {
  readonly origin: DeviceOrigin;
  /** Requests so far, as `METHOD path`. */
  readonly requests: string[];
  fault: ListenerFault;
  /** Runs before each answer. */
  beforeAnswer: () => Promise<void>;
};

/** Serves bundles and their files as the device listener does, and does it wrong on demand. */
export async function startBundleListener(
  served: () => Pick<Services, 'directory' | 'blobs' | 'publishDeps'> | undefined,
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

  async function contentOf(token: string, kind: string | undefined, sha256: string): Promise<Buffer | null> {
    const services = served();
    const app = services?.directory.byToken(token);
    if (!services || !app) return null;
    if (kind === 'bundles') {
      return app.releasesBySha.has(sha256) ? Buffer.from(await readFile(services.blobs.path(sha256))) : null;
    }
    const body = services.publishDeps.releaseFiles.served(app.appId, sha256, true);
    if (!body) return null;
    const holder = await readFile(services.blobs.path(body.holderSha256));
    return Buffer.from(holder.subarray(body.holderOffset, body.holderOffset + body.sizeBytes));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await listener.beforeAnswer();
    const { fault } = listener;
    if (fault === 'silent') return;
    const [, token = '', kind, sha256 = ''] =
      /^\/([^/]+)\/(bundles|files)\/([0-9a-f]{64})(?:\.zip|\.br)?$/.exec(request.url ?? '') ?? [];
    const bytes = fault === 'not_found' ? null : await contentOf(token, kind, sha256);
    if (bytes === null) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not_found"}');
      return;
    }
    if (fault === 'other_bytes' || (fault === 'other_files' && kind === 'files')) bytes.fill('x');
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
