import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import { connect, type AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { silentLogger } from '#core/ports.ts';
import { createDeviceServer } from '#servers/device/create-device-server.ts';
import { androidCheck } from '#test/helpers/app-entry.ts';
import { openDeviceHost, type DeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild } from '#test/helpers/trees.ts';

const appId = 'com.example.app';

let host: DeviceHost;
let url = '';
let file = Buffer.alloc(0);

beforeAll(async () => {
  host = await openDeviceHost();
  // Random bytes do not compress: the zip is as large as they are.
  await host.publish({ ...soundBuild, 'media.bin': randomBytes(6_000_000) }, '1.0.1');
  const offer = await fetch(host.urls.update, { method: 'POST', body: JSON.stringify(androidCheck) });
  ({ url } = (await offer.json()) as { url: string });
  file = Buffer.from(await (await fetch(url)).arrayBuffer());
});
afterAll(async () => host[Symbol.asyncDispose]());

/** Sends bytes as they are, `later` in the middle of an answer, and gives back all that comes until the connection ends. */
function raw(text: string, { port = host.port, waitMs = 5_000, later = '' } = {}): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let reply = '';
  const socket = connect(port, '127.0.0.1', () => void socket.write(text));
  socket.setTimeout(waitMs, () => socket.destroy());
  socket.on('data', (data) => {
    if (reply === '' && later !== '') {
      socket.pause();
      socket.write(later);
      setTimeout(() => socket.resume(), 200);
    }
    reply += data.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.on('close', () => resolve(reply));
  return promise;
}

function parse(reply: string): { status: number; body: unknown; headers: string } {
  const split = reply.indexOf('\r\n\r\n');
  const body = reply.slice(split + 4);
  return { status: Number(reply.slice(9, 12)), headers: reply.slice(0, split).toLowerCase(), body: JSON.parse(body) };
}

type Answer = { readonly status: number; readonly headers: http.IncomingHttpHeaders; readonly body: Buffer };

function get(target: string, options: http.RequestOptions = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = http.request(target, options, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
    );
    response.on('error', reject);
  });
  request.on('error', reject);
  request.end();
  return promise;
}

const range = (value: string, headers: http.OutgoingHttpHeaders = {}) =>
  get(url, { headers: { range: value, ...headers } });

describe('a bundle', () => {
  it('comes whole, with its length, as what never changes (clients.md §13.15)', async () => {
    const { status, headers, body } = await get(url);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-length': String(file.length),
      'content-type': 'application/zip',
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=31536000, immutable, no-transform',
    });
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['transfer-encoding']).toBeUndefined();
    const sha256 = createHash('sha256').update(body).digest('hex');
    expect(url).toContain(sha256);
    expect(headers.etag).toBe(`"${sha256}"`);
  });

  it('tells its length without a body to HEAD, range or not', async () => {
    const { status, headers, body } = await get(url, { method: 'HEAD', headers: { range: 'bytes=5-9' } });
    expect([status, headers['content-length'], body.length]).toEqual([200, String(file.length), 0]);
  });

  it.each([
    ['bytes=0-', 0, undefined],
    ['bytes=1000-', 1000, undefined],
    ['bytes=1000-1999', 1000, 1999],
    ['bytes=-500', -500, undefined],
    ['bytes=5-99999999999', 5, undefined],
  ])('is resumed by %s with 206 and the total (clients.md §13.16)', async (header, start, last) => {
    const { status, headers, body } = await range(header);
    const expected = file.subarray(start, last === undefined ? undefined : last + 1);
    const from = start < 0 ? file.length + start : start;
    expect(status).toBe(206);
    expect(headers['content-range']).toBe(`bytes ${from}-${from + expected.length - 1}/${file.length}`);
    expect(headers['content-length']).toBe(String(expected.length));
    expect(body.equals(expected)).toBe(true);
  });

  it.each(['beyond', 'bytes=-0', 'bytes=0-1,3-4'])(
    'answers 416 with the size to %s (clients.md §13.17)',
    async (given) => {
      const { status, headers, body } = await range(given === 'beyond' ? `bytes=${file.length}-` : given);
      expect([status, headers['content-range']]).toEqual([416, `bytes */${file.length}`]);
      expect(JSON.parse(body.toString())).toMatchObject({ error: 'range_not_satisfiable' });
    },
  );

  it('is sent whole when If-Range names another file', async () => {
    const etag = (await get(url, { method: 'HEAD' })).headers.etag ?? '';
    expect((await range('bytes=5-', { 'if-range': etag })).status).toBe(206);
    expect((await range('bytes=5-', { 'if-range': '"other"' })).status).toBe(200);
    expect((await range('bytes=5-', { 'if-range': `W/${etag}` })).status).toBe(200);
  });

  it('goes to 64 devices at once, whole to each (clients.md §13.21)', async () => {
    const agent = new http.Agent({ maxSockets: 64 });
    const answers = await Promise.all(Array.from({ length: 64 }, () => get(url, { agent })));
    agent.destroy();
    expect(answers.every(({ status, body }) => status === 200 && body.equals(file))).toBe(true);
  });

  it('that breaks off says where, in the log and on the device', async () => {
    const before = (await host.core.activity.list({ appId, kinds: ['download'], limit: 1 })).rows[0]?.id ?? 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const request = http.get(url, { agent: false }, (response) => {
      response.once('data', () => {
        response.destroy();
        resolve();
      });
    });
    request.on('error', () => undefined);
    await promise;
    const rows = async () =>
      (await host.core.activity.list({ appId, kinds: ['download'], afterId: before, limit: 10 })).rows;
    await expect.poll(rows).toMatchObject([{ outcome: 'failed', deviceId: androidCheck.device_id, version: '1.0.1' }]);
    const [row] = await rows();
    expect(row?.summary).toMatch(/^The transfer of 1\.0\.1 broke off at \d+ %/);
    expect(row?.bytesSent ?? 0).toBeLessThan(file.length);
    expect(row?.bytesTotal).toBe(file.length);
  });

  it('of a device is not told to another by a changed tag', async () => {
    const before = (await host.core.activity.list({ appId, kinds: ['download'], limit: 1 })).rows[0]?.id ?? 0;
    await get(url.replace(/\?d=.*$/, '?d=b3RoZXI.AAAAAAAAAAAAAAAA'));
    const rows = async () =>
      (await host.core.activity.list({ appId, kinds: ['download'], afterId: before, limit: 10 })).rows;
    await expect.poll(rows).toMatchObject([{ outcome: 'ok', deviceId: null }]);
  });

  it.each(['', 'x', `${'a'.repeat(64)}.zip`, `${'A'.repeat(64)}.zip`, '..%2f..%2fetc%2fpasswd', 'a'.repeat(64)])(
    'named "%s" is 404 JSON',
    async (name) => {
      const answer = await get(url.replace(/bundles\/.*$/, `bundles/${name}`));
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.body.toString())).toMatchObject({ error: 'not_found' });
    },
  );
});

describe('a request that is broken', () => {
  const check = JSON.stringify(androidCheck);
  const post = (headers: string, body = check) =>
    `POST ${host.app.paths.update} HTTP/1.1\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;

  it.each([
    ['no Host', ''],
    ['an empty Host', 'Host: \r\n'],
    ['a Host with a path', 'Host: evil.example/x\r\n'],
    ['a Host with a user', 'Host: a@b\r\n'],
    ['a Host that is markup', 'Host: "><script>\r\n'],
    ['a port that is none', 'Host: a:99999\r\n'],
    ['two Hosts', 'Host: a\r\nHost: b\r\n'],
  ])('by %s gets 400 JSON', async (_, headers) => {
    const { status, body } = parse(await raw(post(headers)));
    expect([status, body]).toMatchObject([400, { error: 'invalid_host', kind: 'failed' }]);
  });

  it.each([
    ['no JSON', '{"a":'],
    ['empty', ''],
    ['a list', '[]'],
    ['null', 'null'],
    ['deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['too large', `{"device_id":"${'x'.repeat(70_000)}"}`],
  ])('by a body that is %s gets 400 JSON', async (_, body) => {
    const answer = parse(await raw(post('Host: 127.0.0.1\r\n', body)));
    expect(answer.status).toBe(400);
    expect(answer.headers).toContain('content-type: application/json');
    expect(answer.body).toMatchObject({ kind: 'failed', error: expect.any(String) as string });
  });

  it('by a body that would change prototypes is read, and changes none', async () => {
    const body = '{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}},"device_id":"d"}';
    expect(parse(await raw(post('Host: 127.0.0.1\r\n', body))).status).toBe(200);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it.each([
    'application/json; charset=utf-8',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'garbage;;=',
    '',
  ])('only by its content type "%s" is none', async (type) => {
    const { status } = parse(await raw(post(`Host: 127.0.0.1\r\nContent-Type: ${type}\r\n`)));
    expect(status).toBe(200);
  });

  it.each([
    ['is not HTTP', 'hello\r\n\r\n'],
    ['has a header without a colon', 'GET / HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n'],
    ['has endless headers', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['has two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'],
    [
      'has a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('that %s gets one 400 JSON, and the connection ends', async (_, text) => {
    const { status, body, headers } = parse(await raw(text));
    expect([status, body]).toMatchObject([400, { error: 'invalid_request' }]);
    expect(headers).toContain('connection: close');
  });

  it.each([
    ['GET', '/nothing'],
    ['GET', '/%zz'],
    ['GET', '/a/b/c/d/e'],
    ['PUT', '/healthz'],
    ['PROPFIND', '/'],
    ['OPTIONS', '/x/updates'],
    ['TRACE', '/'],
    ['GET', '/api/apps/list'],
    ['GET', '//evil.example/'],
    ['GET', `/${'x'.repeat(3000)}/updates`],
    ['PATCH', '/x/stats'],
  ])('by %s %s gets 404 JSON', async (method, path) => {
    const { status, body } = parse(await raw(`${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`));
    expect([status, body]).toMatchObject([404, { error: 'not_found', kind: 'failed' }]);
  });

  it('by a method that the address does not have gets 404 JSON', async () => {
    const { status } = await get(host.urls.update, { method: 'DELETE' });
    expect(status).toBe(404);
  });

  it('while its first answer is under way ends the connection, without a word among the bytes', async () => {
    const { pathname, search } = new URL(url);
    const reply = await raw(`GET ${pathname}${search} HTTP/1.1\r\nHost: a\r\n\r\n`, { later: 'GARBAGE\r\n\r\n' });
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
    expect(reply.length).toBeLessThan(file.length);
    expect(reply).not.toContain('invalid_request');
  });

  it('by an expectation that nobody knows is answered all the same', async () => {
    expect(parse(await raw(post('Host: a\r\nExpect: the-unexpected\r\n'))).status).toBe(200);
  });

  it('with an unknown token is answered before its body has come', async () => {
    const head = 'POST /AAAAAAAAAAAAAAAAAAAAAA/stats HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n';
    const { status, body } = parse(await raw(head, { waitMs: 1_000 }));
    expect([status, body]).toMatchObject([404, { error: 'not_found' }]);
  });

  it('leaves no pairing token in the log, however it is spelled', async () => {
    const { token } = host.app;
    const first = `%${token.charCodeAt(0).toString(16)}`;
    const paths = [
      `/${token}/updates`,
      `/${first}${token.slice(1)}/updates`,
      `/${first}${token.slice(1)}x/updates`,
      `//${token}/updates`,
      `/x/../${token}/updates`,
      `/${token}%2fupdates`,
      `/${token}%00/updates`,
      `/${token}?a`,
      `http://127.0.0.1/${token}/updates`,
    ];
    for (const path of paths) {
      await raw(`POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`);
    }
    const rows = host.core.activity.export({ limit: 100 });
    expect(rows.length).toBeGreaterThan(paths.length);
    expect(JSON.stringify(rows)).not.toContain(token.slice(1));
  });

  it('leaves no stack and no path of this machine in any answer', async () => {
    const replies = await Promise.all([
      raw(post('Host: a\r\n', '{')),
      raw('x\r\n\r\n'),
      raw(`GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
    ]);
    for (const reply of replies) expect(reply).not.toMatch(/node_modules|\n\s+at |\/src-main|\/tmp\//);
  });
});

it('closes connections that never finish their request', async () => {
  const { gateway } = host.core;
  const server = createDeviceServer({ gateway, logger: silentLogger, version: '0.0.0', headersMs: 300 });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const slow = await raw('POST / HTTP/1.1\r\nHost: a\r\nX-Slow: ', { port });
  expect(parse(slow)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  await server.close();
});

describe('a person', () => {
  it('sees a page that works without anything else, and tells no secret', async () => {
    const { status, headers, body } = await get(`${host.origin}/`);
    const page = body.toString();
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(page).toContain(host.origin);
    expect(page).not.toContain(host.app.token);
    expect(page).not.toContain(appId);
    expect(page).not.toMatch(/<script|src=|href=/);
  });

  it('is told that the listener lives, and that an address is right', async () => {
    for (const target of [`${host.origin}/healthz`, host.urls.update, host.urls.stats]) {
      const { status, body } = await get(target);
      expect([status, JSON.parse(body.toString())]).toEqual([200, { status: 'ok' }]);
    }
  });

  it('does not fill the log by opening the page', async () => {
    const { total } = await host.core.activity.list({ kinds: ['malformed'], limit: 1 });
    await get(`${host.origin}/`);
    await get(`${host.origin}/favicon.ico`);
    expect((await host.core.activity.list({ kinds: ['malformed'], limit: 1 })).total).toBe(total);
  });
});

it('gives out URLs of the host that was asked, IPv6 and names included', async () => {
  for (const name of ['[::1]:8787', 'my-mac.local:8787', '10.0.2.2:8787', 'localhost']) {
    const body = JSON.stringify({ ...androidCheck, device_id: name });
    const head = `POST ${host.app.paths.update} HTTP/1.1\r\nHost: ${name}\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n`;
    const reply = parse(
      await raw(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`),
    );
    expect((reply.body as { url: string }).url.startsWith(`http://${name}/`)).toBe(true);
  }
});
