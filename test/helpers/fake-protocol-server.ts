import { createHash } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync } from 'node:zlib';

import { buildZip } from './zip-builder.ts';

export type FakeAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body: unknown;
};

type Info = Readonly<Record<string, unknown>>;

/** What a test may make the server do wrong; each gets what the right server would have answered. */
export type Wrongs = {
  readonly update?: (info: Info, right: FakeAnswer) => FakeAnswer;
  readonly stats?: (text: string, right: FakeAnswer) => FakeAnswer;
  readonly channel?: (method: string, info: Info, right: FakeAnswer) => FakeAnswer;
  /** True: it has answered. */
  readonly file?: (request: IncomingMessage, response: ServerResponse, content: Buffer) => boolean;
  readonly zip?: Buffer;
};

export type FakeMode = 'zip' | 'manifest' | 'encrypted' | 'builtin' | 'nothing';

export type FakeProtocolServer = AsyncDisposable & {
  readonly updateUrl: string;
  readonly statsUrl: string;
  readonly channelUrl: string;
  /** Requests for files, with their Range. */
  readonly files: { readonly path: string; readonly range: string | undefined }[];
  /** Bodies of stats, as they came. */
  readonly stats: unknown[];
  readonly infos: Info[];
};

export const FAKE_VERSION = '1.0.1';

const channels = [
  { id: 1, name: 'production', public: true, allow_self_set: true },
  { id: 2, name: 'beta', public: false, allow_self_set: true },
  { id: 3, name: 'internal', public: false, allow_self_set: false },
];

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Files of a delta update: name in the manifest, what is on the wire, and the finished content. */
export function deltaFiles(): { name: string; wire: Buffer; content: Buffer }[] {
  const page = Buffer.from('<!doctype html><script src="assets/app.js"></script>');
  const script = Buffer.from(`CapacitorUpdater.notifyAppReady();${'/* words */'.repeat(1200)}`);
  const many = Array.from({ length: 70 }, (_, index) => {
    const content = Buffer.from(`part ${index}`);
    return { name: `assets/part-${index}.txt`, wire: content, content };
  });
  return [
    { name: 'index.html', wire: page, content: page },
    { name: 'assets/app.js.br', wire: brotliCompressSync(script), content: script },
    { name: 'assets/empty.txt.br', wire: Buffer.from([0x1b, 0x00, 0x06]), content: Buffer.alloc(0) },
    ...many,
  ];
}

/**
 * A server written from protocol/clients.md alone, that does all of §13 right unless told otherwise, and remembers
 * which device reported `update_fail`.
 */
export async function openFakeProtocolServer(mode: FakeMode = 'zip', wrongs: Wrongs = {}): Promise<FakeProtocolServer> {
  const zip =
    wrongs.zip ??
    buildZip([
      { name: 'index.html', content: '<script src="app.js"></script>' },
      { name: 'app.js', content: 'CapacitorUpdater.notifyAppReady()' },
    ]);
  const delta = deltaFiles();
  const seen: FakeProtocolServer['files'] = [];
  const stats: unknown[] = [];
  const infos: Info[] = [];
  const failedOn = new Set<unknown>();
  let origin = '';

  function offer(): FakeAnswer {
    const base = { version: FAKE_VERSION, url: `${origin}/zip`, checksum: sha256(zip) };
    if (mode === 'encrypted') {
      const session_key = `${Buffer.alloc(16, 1).toString('base64')}:${Buffer.alloc(256, 2).toString('base64')}`;
      return { body: { ...base, checksum: '0a'.repeat(256), session_key } };
    }
    if (mode !== 'manifest') return { body: base };
    const manifest = delta.map(({ name, content }, index) => ({
      file_name: name,
      file_hash: sha256(content),
      download_url: `${origin}/files/${index}`,
    }));
    return { body: { ...base, url: 'https://404.example.com/no.zip', manifest } };
  }

  function refusal(kind: string, error: string, info: Info): FakeAnswer {
    return { body: { kind, error, message: error, version: info['version_name'] ?? '' } };
  }

  function update(info: Info): FakeAnswer {
    const nothingNew = () => refusal('up_to_date', 'no_new_version_available', info);
    const running = info['version_name'];
    if (mode === 'nothing' || running === FAKE_VERSION) return nothingNew();
    if (mode === 'builtin') {
      if (running === 'builtin' || running === info['version_build']) return nothingNew();
      const knows = info['plugin_version'] !== '6.1.0';
      return knows
        ? { body: { version: 'builtin' } }
        : refusal('blocked', 'revert_to_builtin_plugin_version_too_old', info);
    }
    if (failedOn.has(info['device_id'])) return nothingNew();
    if (mode === 'encrypted' && info['key_id'] === 'MIIBCgKCAQEAslipwayX') {
      return refusal('blocked', 'key_id_mismatch', info);
    }
    if (mode === 'manifest' && info['platform'] === 'electron') {
      return { body: { version: FAKE_VERSION, url: `${origin}/zip`, checksum: sha256(zip) } };
    }
    return offer();
  }

  function takeStats(text: string): FakeAnswer {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { status: 400, body: { error: 'invalid_json' } };
    }
    stats.push(value);
    for (const event of (Array.isArray(value) ? value : [value]) as readonly Info[]) {
      if (event['action'] === 'update_fail') failedOn.add(event['device_id']);
    }
    return { body: { status: 'ok' } };
  }

  function channel(method: string, info: Info): FakeAnswer {
    const notFound: FakeAnswer = { status: 400, body: { error: 'channel_not_found', message: 'No such channel' } };
    if (method === 'GET') {
      return { body: info['platform'] === 'electron' ? { channel: 'production', allow_set: true } : channels };
    }
    if (method === 'DELETE') return { body: { status: 'ok' } };
    const sent = method === 'PUT' ? info['defaultChannel'] : info['channel'];
    const asked = typeof sent === 'string' ? sent : '';
    const found = channels.find(({ name }) => name === (asked === '' ? 'production' : asked));
    if (!found) return notFound;
    if (method === 'PUT') return { body: { channel: found.name, status: 'default', allowSet: true } };
    if (found.public) return { body: { status: 'ok', unset: true } };
    if (!found.allow_self_set) return { status: 400, body: { error: 'channel_self_set_not_allowed', message: 'no' } };
    return { body: { status: 'ok', message: 'set' } };
  }

  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const { pathname, searchParams } = new URL(request.url ?? '/', origin);
      const method = request.method ?? 'GET';
      if (pathname === '/updates') {
        const info = JSON.parse(text) as Info;
        infos.push(info);
        const right = update(info);
        send(response, wrongs.update?.(info, right) ?? right);
      } else if (pathname === '/stats') {
        const right = takeStats(text);
        send(response, wrongs.stats?.(text, right) ?? right);
      } else if (pathname === '/channel_self') {
        const info = text === '' ? Object.fromEntries(searchParams) : (JSON.parse(text) as Info);
        const right = channel(method, info);
        send(response, wrongs.channel?.(method, info, right) ?? right);
      } else {
        const content =
          pathname === '/zip' ? zip : (delta[Number(pathname.split('/').at(-1))]?.wire ?? Buffer.alloc(0));
        seen.push({ path: pathname, range: request.headers.range });
        if (!(wrongs.file?.(request, response, content) ?? false)) sendFile(request, response, content);
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    updateUrl: `${origin}/updates`,
    statsUrl: `${origin}/stats`,
    channelUrl: `${origin}/channel_self`,
    files: seen,
    stats,
    infos,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: FakeAnswer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** 200, 206 with the whole length, or 416. */
function sendFile(request: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const match = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const start = match ? Number(match[1]) : null;
  if (start === null) {
    response.writeHead(200, { 'content-length': content.length });
    response.end(content);
  } else if (start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}`, 'content-length': 0 });
    response.end();
  } else {
    const part = content.subarray(start);
    response.writeHead(206, {
      'content-length': part.length,
      'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
    });
    response.end(part);
  }
}
