import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Reply } from '#contract/errors.ts';
import type { EventMessage } from '#contract/events.ts';
import { createEventHub, type EventHub } from '#core/event-hub.ts';
import { silentLogger } from '#core/ports.ts';

import { openAttachEndpoint } from './attach-endpoint.ts';
import { connectToRunningHost } from './connect-to-running-host.ts';
import { readHostFile, writeHostFile, type HostFile } from './host-file.ts';
import { makeLocalSocket, removeStaleSocket } from './local-socket.ts';
import { createEventReader, createSocketTransport } from './socket-transport.ts';

const VERSION = '1.2.3';

let dataDir: string;
let events: EventHub;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-attach-'));
  events = createEventHub(silentLogger);
});
afterEach(() => rm(dataDir, { recursive: true }));

function openEndpoint(answer?: (path: string, input: unknown) => Reply): Promise<AsyncDisposable> {
  return openAttachEndpoint({
    dataDir,
    kind: 'headless',
    version: VERSION,
    logger: silentLogger,
    subscribe: (listener) => events.subscribe(listener),
    dispatch: (path, input) => Promise.resolve(answer?.(path, input) ?? { ok: true, value: { path, input } }),
  });
}

async function hostFile(): Promise<HostFile> {
  const file = await readHostFile(dataDir);
  if (!file) throw new Error('no host.json');
  return file;
}

describe('the local socket of a host', () => {
  it('carries calls, their failures, and events', async () => {
    await using _ = await openEndpoint((path) =>
      path === 'apps.get'
        ? { ok: false, error: { code: 'APP_NOT_FOUND', params: { appId: 'a.b' } } }
        : { ok: true, value: { path } },
    );
    await using transport = await connectToRunningHost(dataDir, VERSION);
    expect(await transport?.call('apps.list', {})).toEqual({ ok: true, value: { path: 'apps.list' } });
    expect(await transport?.call('apps.get', { appId: 'a.b' })).toEqual({
      ok: false,
      error: { code: 'APP_NOT_FOUND', params: { appId: 'a.b' } },
    });

    const messages: EventMessage[] = [];
    const stop = transport?.subscribe((message) => messages.push(message));
    await expect.poll(() => events.listenerCount).toBe(1);
    events.emit('app.changed', { appId: 'a.b' });
    await expect.poll(() => messages).toEqual([{ name: 'app.changed', payload: { appId: 'a.b' } }]);
    stop?.();
    await expect.poll(() => events.listenerCount).toBe(0);
  });

  it('passes on paths and inputs of any kind', async () => {
    await using _ = await openEndpoint();
    await using transport = await connectToRunningHost(dataDir, VERSION);
    const input = { text: 'ü\u0000"\n', list: [1, null] };
    expect(await transport?.call('../a b?c#ü', input)).toEqual({ ok: true, value: { path: '../a b?c#ü', input } });
  });

  it('says where it is in a file that only the user can read, and takes both away', async () => {
    const endpoint = await openEndpoint();
    const file = await hostFile();
    expect(file).toMatchObject({ pid: process.pid, kind: 'headless', version: VERSION });
    if (process.platform !== 'win32') {
      // oxlint-disable-next-line vitest/no-conditional-expect -- modes mean nothing on Windows
      expect((await stat(join(dataDir, 'host.json'))).mode & 0o777).toBe(0o600);
      // oxlint-disable-next-line vitest/no-conditional-expect -- modes mean nothing on Windows
      expect((await stat(dirname(file.socket))).mode & 0o777).toBe(0o700);
    }
    await endpoint[Symbol.asyncDispose]();
    expect(await readdir(dataDir)).toEqual([]);
    await expect(stat(dirname(file.socket))).rejects.toThrow('ENOENT');
    expect(await connectToRunningHost(dataDir, VERSION)).toBeNull();
  });

  it('refuses who does not know the secret', async () => {
    await using _ = await openEndpoint();
    const { socket } = await hostFile();
    await using stranger = createSocketTransport({ socket, secret: 'guessed-guessed-guessed' });
    expect(await stranger.call('apps.list', {})).toEqual({ ok: false, error: { code: 'UNAUTHORIZED', params: {} } });
    const status = await new Promise((resolve, reject) => {
      request({ socketPath: socket, path: '/api/events' }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(401);
  });

  it('is refused, with both versions, to a command of another version', async () => {
    await using _ = await openEndpoint();
    await expect(connectToRunningHost(dataDir, '9.9.9')).rejects.toMatchObject({
      code: 'HOST_VERSION_DIFFERS',
      params: { running: VERSION, own: '9.9.9' },
    });
  });

  it('closes at once although events are followed', async () => {
    const endpoint = await openEndpoint();
    await using transport = await connectToRunningHost(dataDir, VERSION);
    transport?.subscribe(() => undefined);
    await expect.poll(() => events.listenerCount).toBe(1);
    const began = performance.now();
    await endpoint[Symbol.asyncDispose]();
    expect(performance.now() - began).toBeLessThan(3000);
    expect(await transport?.call('apps.list', {})).toEqual({
      ok: false,
      error: { code: 'HOST_UNREACHABLE', params: {} },
    });
  });
});

describe('what a killed host left', () => {
  it('is no host', async () => {
    await using socket = await makeLocalSocket();
    await writeHostFile(dataDir, {
      pid: 1,
      kind: 'headless',
      version: '0.0.1',
      socket: socket.path,
      secret: 'x'.repeat(43),
    });
    expect(await connectToRunningHost(dataDir, VERSION)).toBeNull();
  });

  it('is removed by the next', async () => {
    const socket = await makeLocalSocket();
    await writeHostFile(dataDir, {
      pid: 1,
      kind: 'headless',
      version: VERSION,
      socket: socket.path,
      secret: 'x'.repeat(43),
    });
    await using _ = await openEndpoint();
    await expect(stat(dirname(socket.path))).rejects.toThrow('ENOENT');
    expect((await hostFile()).pid).toBe(process.pid);
  });

  it.each(['', '{', '[]', '{"pid":1}', '{"pid":1,"kind":"x","version":"1","socket":"/s","secret":"short"}', 'null'])(
    'may also be a host.json like %s',
    async (content) => {
      await writeFile(join(dataDir, 'host.json'), content);
      expect(await connectToRunningHost(dataDir, VERSION)).toBeNull();
      await using _ = await openEndpoint();
      expect(JSON.parse(await readFile(join(dataDir, 'host.json'), 'utf8'))).toMatchObject({ pid: process.pid });
    },
  );

  it('never makes us remove a folder that is not a socket folder of ours', async () => {
    const folder = join(dataDir, 'slipway-abcdef');
    await writeFile(join(dataDir, 'keep'), '');
    for (const path of [
      join(dataDir, 'keep'),
      join(folder, 's'),
      '/tmp/s',
      'slipway-abcdef/s',
      join(tmpdir(), 'other', 's'),
    ]) {
      await removeStaleSocket(path);
    }
    expect(await readdir(dataDir)).toEqual(['keep']);
  });
});

describe('makeLocalSocket', () => {
  it('keeps the path within what every system takes', async () => {
    await using socket = await makeLocalSocket();
    expect(Buffer.byteLength(socket.path)).toBeLessThan(104);
  });

  it('is the name of a pipe on Windows', async () => {
    await using socket = await makeLocalSocket('win32');
    expect(socket.path).toMatch(/^\\\\\.\\pipe\\slipway-[0-9a-f]{24}$/);
  });
});

describe('createEventReader', () => {
  const line = 'data: {"name":"app.changed","payload":{"appId":"a.b"}}\n\n';

  it('takes events however they are cut', () => {
    const messages: EventMessage[] = [];
    const read = createEventReader((message) => messages.push(message));
    for (const character of `: open\n\n${line}${line}`) read(character);
    expect(messages).toHaveLength(2);
  });

  it('passes over what is no event of ours', () => {
    const messages: EventMessage[] = [];
    const read = createEventReader((message) => messages.push(message));
    read('data: {\n\ndata: null\n\ndata: {"name":"constructor","payload":1}\n\nevent: x\n\n: beat\n\n');
    expect(messages).toEqual([]);
    read(line);
    expect(messages).toHaveLength(1);
  });
});
