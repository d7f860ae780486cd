import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file of a manifest: its name there, what is sent, and the hash that is promised. */
export type FakeDeltaFile = { readonly name: string; readonly body: Buffer; readonly hash: string };

/** What a check is answered with; may be changed between two. */
export type FakeDeltaOffer = {
  readonly version: string;
  readonly files: readonly FakeDeltaFile[];
  /** Other fields of the offer. */
  readonly fields?: Readonly<Record<string, unknown>>;
};

export type FakeDeltaServer = AsyncDisposable & {
  readonly updateUrl: string;
  readonly statsUrl: string;
  /** Status of each request for a file, by its name, in order. */
  readonly sent: { readonly name: string; readonly status: number }[];
  offer: FakeDeltaOffer;
};

/** A plain file of a manifest. */
export function plainFile(name: string, content: string | Buffer, body = Buffer.from(content)): FakeDeltaFile {
  return { name, body, hash: createHash('sha256').update(content).digest('hex') };
}

/**
 * A server that answers every Range with 206 or 416, whatever the device has the beginning of, as most web servers do.
 * `broken` are statuses of single files; `contentRange` what a 206 says of itself.
 */
export async function openFakeDeltaServer(
  offer: FakeDeltaOffer,
  {
    zip = Buffer.alloc(0),
    broken = {},
    contentRange,
  }: {
    readonly zip?: Buffer;
    readonly broken?: Readonly<Record<string, number>>;
    readonly contentRange?: string;
  } = {},
): Promise<FakeDeltaServer> {
  const sent: FakeDeltaServer['sent'] = [];
  const server = http.createServer((request, response) => {
    const answer = (status: number, body: Buffer, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { 'content-length': body.length, ...headers });
      response.end(body);
    };
    request.resume().on('end', () => {
      const path = decodeURIComponent(new URL(request.url ?? '/', origin).pathname);
      if (path === '/updates') return answer(200, Buffer.from(JSON.stringify(reply())));
      if (path === '/stats') return answer(200, Buffer.from('{"status":"ok"}'));
      if (path === '/bundle.zip') return answer(200, zip);
      const name = path.slice('/files/'.length);
      const body = fake.offer.files.find((file) => file.name === name)?.body ?? Buffer.alloc(0);
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const status = broken[name] ?? (start === 0 ? 200 : start < body.length ? 206 : 416);
      sent.push({ name, status });
      if (status !== 206) return answer(status, status === 200 ? body : Buffer.alloc(0));
      const range = contentRange ?? `bytes ${start}-${body.length - 1}/${body.length}`;
      return answer(206, body.subarray(start), { 'content-range': range });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reply = (): unknown => ({
    version: fake.offer.version,
    url: `${origin}/bundle.zip`,
    checksum: createHash('sha256').update(zip).digest('hex'),
    manifest: fake.offer.files.map(({ name, hash }) => ({
      file_name: name,
      file_hash: hash,
      download_url: `${origin}/files/${encodeURIComponent(name)}`,
    })),
    ...fake.offer.fields,
  });
  const fake: FakeDeltaServer = {
    updateUrl: `${origin}/updates`,
    statsUrl: `${origin}/stats`,
    sent,
    offer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
  return fake;
}
