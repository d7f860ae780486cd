import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export type FakeReply = { readonly status?: number; readonly body: unknown; readonly type?: string };

export type FakeUpdateServer = AsyncDisposable & {
  readonly updateUrl: string;
  readonly statsUrl: string;
  readonly zipUrl: string;
  /** An offer of the zip as it is. */
  readonly offer: { readonly version: string; readonly url: string; readonly checksum: string };
  /** Bodies of stats, as they came. */
  readonly stats: unknown[];
};

/**
 * An update server that answers what a test wants. `stats` answers the nth post; its body is kept whatever the answer.
 */
export async function openFakeUpdateServer({
  zip,
  reply,
  stats = () => ({ body: { status: 'ok' } }),
  cutAfter,
  zipStatus = 200,
}: {
  readonly zip: Buffer;
  /** What an update check gets; without it the offer. */
  readonly reply?: (offer: FakeUpdateServer['offer']) => FakeReply;
  readonly stats?: (nth: number) => FakeReply;
  /** Breaks the transfer off after so many bytes. */
  readonly cutAfter?: number;
  readonly zipStatus?: number;
}): Promise<FakeUpdateServer> {
  const received: unknown[] = [];
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      if (request.url === '/updates') send(response, reply?.(offer()) ?? { body: offer() });
      else if (request.url === '/stats') {
        received.push(JSON.parse(text));
        send(response, stats(received.length));
      } else {
        response.writeHead(zipStatus, { 'content-length': zipStatus === 200 ? zip.length : 0 });
        if (zipStatus !== 200) response.end();
        else if (cutAfter === undefined) response.end(zip);
        else response.write(zip.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 20));
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const offer = () => ({
    version: '1.0.1',
    url: `${origin}/bundle.zip`,
    checksum: createHash('sha256').update(zip).digest('hex'),
  });
  return {
    updateUrl: `${origin}/updates`,
    statsUrl: `${origin}/stats`,
    zipUrl: `${origin}/bundle.zip`,
    offer: offer(),
    stats: received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

function send(response: http.ServerResponse, { status = 200, body, type = 'application/json' }: FakeReply): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
