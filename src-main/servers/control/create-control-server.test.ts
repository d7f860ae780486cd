import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';

import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AppError } from '#core/app-error.ts';
import { createEventHub, type EventHub } from '#core/event-hub.ts';
import { silentLogger } from '#core/ports.ts';

import { createControlServer } from './create-control-server.ts';

const TOKEN = 'the-token-of-this-run';
const SESSION = 'the-session-of-pages-in-32-signs';

type Answer = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: string };

let folder: string;
let app: FastifyInstance;
let port: number;
let events: EventHub;
let calls: { path: string; input: unknown }[];
let received: Map<string, number>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-control-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>Slipway</title>');
  await writeFile(join(folder, 'assets', 'main-abc123.js'), 'void 0;');
  await writeFile(join(folder, '..', `${folder.split('/').pop()}.secret`), 'outside');
  events = createEventHub(silentLogger);
  calls = [];
  received = new Map();
  app = await createControlServer({
    token: TOKEN,
    session: SESSION,
    rendererDir: folder,
    logger: silentLogger,
    subscribe: (listener) => events.subscribe(listener),
    dispatch: (path, input) => {
      calls.push({ path, input });
      const failure = { ok: false, error: { code: 'APP_NOT_FOUND', params: { appId: 'x' } } } as const;
      return Promise.resolve(path === 'fails' ? failure : { ok: true, value: { path } });
    },
    uploads: {
      async receive(uploadId: string, relativePath: string, content: Readable) {
        if (relativePath.includes('..')) throw new AppError('UPLOAD_PATH_INVALID', { path: relativePath });
        if (relativePath === 'dropped') {
          // A discard in the middle: the core lets go of what comes in, and says why.
          content.destroy(new Error('dropped'));
          throw new AppError('UPLOAD_NOT_FOUND');
        }
        received.set(`${uploadId}/${relativePath}`, (await buffer(content)).length);
      },
      openResult: () => Promise.reject(new AppError('UPLOAD_NOT_FOUND')),
    },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as AddressInfo).port;
});

afterEach(async () => {
  await app.close();
  await rm(folder, { recursive: true });
  await rm(`${folder}.secret`, { force: true });
});

/** Plain HTTP, because fetch does not let a test lie about Host and Origin. */
async function ask(path: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  const call = request({ host: '127.0.0.1', port, path, agent: false, ...options });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

const bearer = { authorization: `Bearer ${TOKEN}` };
const json = { 'content-type': 'application/json' };

async function signIn(): Promise<string> {
  const { headers } = await ask(`/?token=${TOKEN}`);
  return headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
}

describe('who may ask', () => {
  it('trades the token for a strict cookie that scripts cannot read, and takes it off the address', async () => {
    const { status, headers } = await ask(`/?token=${TOKEN}`);
    expect(status).toBe(303);
    expect(headers.location).toBe('/');
    const cookie = headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/^slipway_\d+=[\w-]{32}; /);
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Strict');
    expect(cookie).not.toContain(TOKEN);
    const called = await ask('/api/apps.list', { method: 'POST', headers: { ...json, cookie: await signIn() } }, '{}');
    expect(called.status).toBe(200);
  });

  it('takes the token again, for a reload or a second tab', async () => {
    expect(await signIn()).toBe(await signIn());
  });

  it.each([
    `/?token=wrong`,
    `/?token=`,
    `/?token=${TOKEN}x`,
    `/?token=${TOKEN.slice(1)}`,
    `/?token=${TOKEN}&token=${TOKEN}`,
  ])('refuses %s', async (path) => {
    const { status, headers } = await ask(path);
    expect(status).toBe(401);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['nothing', {}],
    ['a made-up cookie', { cookie: 'slipway=1' }],
    ['the token as the cookie', { cookie: `slipway_PORT=${TOKEN}` }],
    ['a wrong bearer', { authorization: 'Bearer nonsense' }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
  ])('refuses a call with %s', async (_, given: Record<string, string>) => {
    const headers = Object.fromEntries(Object.entries(given).map(([k, v]) => [k, v.replace('PORT', String(port))]));
    const { status, body } = await ask('/api/apps.list', { method: 'POST', headers: { ...json, ...headers } }, '{}');
    expect(status).toBe(401);
    expect(JSON.parse(body)).toEqual({ ok: false, error: { code: 'UNAUTHORIZED', params: {} } });
    expect((await ask('/api/events', { headers })).status).toBe(401);
    expect((await ask('/%61pi/apps.list', { method: 'POST', headers: { ...json, ...headers } }, '{}')).status).toBe(
      401,
    );
    expect(calls).toEqual([]);
  });

  it('takes a script with the token as a bearer', async () => {
    const { status, body, headers } = await ask(
      '/api/releases.publish',
      { method: 'POST', headers: { ...json, ...bearer } },
      '{"appId":"a.b"}',
    );
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ ok: true, value: { path: 'releases.publish' } });
    expect(headers['cache-control']).toBe('no-store');
    expect(calls).toEqual([{ path: 'releases.publish', input: { appId: 'a.b' } }]);
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example:PORT',
    '0.0.0.0:PORT',
  ])('refuses the Host %s (DNS rebinding), also for pages', async (host) => {
    const headers = { ...bearer, ...json, host: host.replace('PORT', String(port)) };
    for (const path of ['/', '/index.html', '/api/events', `/?token=${TOKEN}`]) {
      const { status, body } = await ask(path, { headers });
      expect(status).toBe(403);
      expect(JSON.parse(body)).toMatchObject({ error: { code: 'ORIGIN_NOT_ALLOWED' } });
    }
    expect((await ask('/api/apps.list', { method: 'POST', headers }, '{}')).status).toBe(403);
    expect(calls).toEqual([]);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('knows itself as %s', async (name) => {
    expect((await ask('/', { headers: { host: `${name}:${port}` } })).status).toBe(200);
  });

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1:PORT', 'http://localhost:PORT'])(
    'refuses the Origin %s even with the cookie (CSRF)',
    async (origin) => {
      const headers = { ...json, cookie: await signIn(), origin: origin.replace('PORT', String(port)) };
      expect((await ask('/api/apps.list', { method: 'POST', headers }, '{}')).status).toBe(403);
      expect(calls).toEqual([]);
    },
  );

  it('takes its own Origin, and refuses what a browser calls another site', async () => {
    const own = { ...json, cookie: await signIn(), origin: `http://127.0.0.1:${port}` };
    expect(
      (await ask('/api/a.b', { method: 'POST', headers: { ...own, 'sec-fetch-site': 'same-origin' } }, '{}')).status,
    ).toBe(200);
    expect(
      (await ask('/api/a.b', { method: 'POST', headers: { ...own, 'sec-fetch-site': 'cross-site' } }, '{}')).status,
    ).toBe(403);
    expect(
      (await ask('/api/a.b', { method: 'POST', headers: { ...own, 'sec-fetch-site': 'same-site' } }, '{}')).status,
    ).toBe(403);
  });

  it('offers nothing to pages of other origins', async () => {
    const { headers, status } = await ask('/api/apps.list', {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(status).toBe(403);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('calls', () => {
  const post = (path: string, body?: string | Buffer, headers: Record<string, string> = json) =>
    ask(path, { method: 'POST', headers: { ...bearer, ...headers } }, body);

  it('carry the status of their failure', async () => {
    const { status, body } = await post('/api/fails', '{}');
    expect(status).toBe(404);
    expect(JSON.parse(body)).toEqual({ ok: false, error: { code: 'APP_NOT_FOUND', params: { appId: 'x' } } });
  });

  it('may come without a body', async () => {
    expect((await post('/api/apps.list', undefined, {})).status).toBe(200);
    expect(calls).toEqual([{ path: 'apps.list', input: {} }]);
  });

  it.each([
    ['broken JSON', '{', json, 400],
    ['an empty JSON body', '', json, 400],
    ['prototype games', '{"__proto__":{"a":1}}', json, 400],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text', '{}', { 'content-type': 'text/plain' }, 415],
    ['too much', `"${'x'.repeat(1024 * 1024)}"`, json, 413],
  ] as const)('with %s are refused as a reply', async (_, body, headers, expected) => {
    const answer = await post('/api/apps.list', body, headers);
    expect(answer.status).toBe(expected);
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
    expect(calls).toEqual([]);
  });

  it('to unknown paths are JSON too', async () => {
    for (const path of ['/api', '/api/a/b', '/api/uploads/x', '/nothing']) {
      const { status, body } = await post(path, '{}');
      expect(status).toBe(404);
      expect(JSON.parse(body)).toMatchObject({ ok: false });
    }
  });
});

describe('pages', () => {
  it('come under a policy that runs no foreign script, in no frame', async () => {
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(body).toContain('<title>Slipway</title>');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-cache');
  });

  it('are kept only under names with a hash', async () => {
    const { headers, status } = await ask('/assets/main-abc123.js');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-type']).toContain('javascript');
  });

  it.each(['/..%2f', '/../', '/%2e%2e/', '/assets/..%2f..%2f', '//', '/assets/%00'])(
    'do not leave their folder by %s',
    async (way) => {
      const { body } = await ask(`${way}${folder.split('/').pop()}.secret`);
      expect(body).not.toContain('outside');
    },
  );
});

describe('events', () => {
  it('arrive as server-sent events, and their listener is gone when the reader is', async () => {
    const call = request({ host: '127.0.0.1', port, path: '/api/events', headers: bearer, agent: false });
    call.end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    response.setEncoding('utf8');
    const [first] = (await once(response, 'data')) as [string];
    expect(first).toBe(': open\n\n');
    expect(events.listenerCount).toBe(1);

    events.emit('app.changed', { appId: 'line\nbreak' });
    const [second] = (await once(response, 'data')) as [string];
    expect(second).toBe('data: {"name":"app.changed","payload":{"appId":"line\\nbreak"}}\n\n');

    response.destroy();
    await expect.poll(() => events.listenerCount).toBe(0);
  });

  it('end when the listener closes, at once', async () => {
    const call = request({ host: '127.0.0.1', port, path: '/api/events', headers: bearer, agent: false });
    call.end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    response.resume();
    const ended = once(response, 'end');
    const began = performance.now();
    await app.close();
    await ended;
    expect(performance.now() - began).toBeLessThan(3000);
    expect(events.listenerCount).toBe(0);
  });
});

describe('uploads', () => {
  const boundary = 'the-boundary';
  const multipart = { ...bearer, 'content-type': `multipart/form-data; boundary=${boundary}` };

  type Part = readonly [name: string, content: string | Buffer];
  function form(paths: unknown, parts: readonly Part[]): Buffer {
    const chunks: (string | Buffer)[] = [];
    if (paths !== undefined) {
      chunks.push(`--${boundary}\r\ncontent-disposition: form-data; name="paths"\r\n\r\n${JSON.stringify(paths)}\r\n`);
    }
    for (const [name, content] of parts) {
      chunks.push(
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`,
        content,
        '\r\n',
      );
    }
    chunks.push(`--${boundary}--\r\n`);
    return Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
  }
  const upload = (body: Buffer, headers: Record<string, string> = multipart) =>
    ask('/api/uploads/u1/files', { method: 'POST', headers }, body);

  it('stream each file to its path', async () => {
    const big = Buffer.alloc(3 * 1024 * 1024, 'x');
    const { status, body } = await upload(
      form(
        ['index.html', 'a b/ü.js'],
        [
          ['0', 'hello'],
          ['1', big],
        ],
      ),
    );
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ ok: true, value: { received: 2 } });
    expect([...received]).toEqual([
      ['u1/index.html', 5],
      ['u1/a b/ü.js', big.length],
    ]);
  });

  it('take a folder of 3,000 files in one request', async () => {
    const paths = Array.from({ length: 3000 }, (_, index) => `assets/${index % 50}/file-${index}.js`);
    const { status, body } = await upload(
      form(
        paths,
        paths.map((path, index) => [String(index), path]),
      ),
    );
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ ok: true, value: { received: 3000 } });
    expect(received.size).toBe(3000);
  });

  it.each([
    ['no paths', form(undefined, [['0', 'x']])],
    ['paths that are no list', form({ a: 1 }, [['0', 'x']])],
    ['a part beyond the paths', form(['a'], [['1', 'x']])],
    ['a part of another name', form(['a'], [['file', 'x']])],
    [
      'one part twice',
      form(
        ['a', 'b'],
        [
          ['0', 'x'],
          ['0', 'x'],
        ],
      ),
    ],
    ['a path without a part', form(['a', 'b'], [['0', 'x']])],
    ['an empty path', form([''], [['0', 'x']])],
  ])('are refused with %s', async (_, body) => {
    const answer = await upload(body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
  });

  it('pass on what the core refuses, also while much more is on its way', async () => {
    const { status, body } = await upload(
      form(
        ['../x', 'b'],
        [
          ['0', 'x'],
          ['1', Buffer.alloc(20 * 1024 * 1024)],
        ],
      ),
    );
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'UPLOAD_PATH_INVALID' } });
  });

  it('are told why by the core, also when it no longer takes what comes in', async () => {
    const { status, body } = await upload(
      form(
        ['dropped', 'b'],
        [
          ['0', Buffer.alloc(3 * 1024 * 1024)],
          ['1', 'x'],
        ],
      ),
    );
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'UPLOAD_NOT_FOUND' } });
  });

  it('are refused when they break off, and when they are no form', async () => {
    const whole = form(['a'], [['0', 'x'.repeat(1000)]]);
    expect((await upload(whole.subarray(0, whole.length - 500))).status).toBe(400);
    expect((await upload(Buffer.from('{}'), { ...bearer, ...json })).status).toBe(400);
    expect((await upload(whole, { 'content-type': multipart['content-type'] })).status).toBe(401);
  });
});
