import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { notPaired, type DeviceGateway } from '#core/device-gateway.ts';
import { silentLogger } from '#core/ports.ts';

import { createDeviceServer } from './create-device-server.ts';

const sha256 = 'a'.repeat(64);
const unused = (): never => {
  throw new Error('not asked for');
};

function serverOf(file: string) {
  const ends: unknown[][] = [];
  const gateway: DeviceGateway = {
    checkUpdate: unused,
    recordStats: unused,
    channelSelf: unused,
    openBundle: () =>
      Promise.resolve({
        filePath: file,
        offset: 0,
        sizeBytes: 10,
        mayResume: true,
        begin: unused,
        progress: unused,
        end: (...how) => void ends.push(how),
      }),
    openFile: () => Promise.resolve(null),
    manifestSize: unused,
    noteStranger: () => undefined,
    knowsToken: (token) => token === 'known',
  };
  const app = createDeviceServer({ gateway, logger: silentLogger, version: '0' });
  return {
    ends,
    listen: () => app.listen({ host: '127.0.0.1', port: 0 }),
    async [Symbol.asyncDispose]() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

describe('a bundle', () => {
  it.each([
    ['is gone', fileURLToPath(new URL('nothing.zip', import.meta.url)), 404],
    ['cannot be opened', fileURLToPath(`${import.meta.url}/below-a-file.zip`), 500],
  ])('whose file %s is answered with JSON that nobody keeps', async (_, file, status) => {
    await using server = serverOf(file);
    const answer = await fetch(`${await server.listen()}/known/bundles/${sha256}.zip`);
    expect([answer.status, await answer.json()]).toMatchObject([status, { kind: 'failed' }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('etag')).toBeNull();
    expect(server.ends).toEqual([['broken', status]]);
  });
});

it('asks the core nothing for a token that no app has', async () => {
  await using server = serverOf('');
  const origin = await server.listen();
  for (const [method, path] of [
    ['POST', 'updates'],
    ['POST', 'stats'],
    ['PUT', 'channel_self'],
    ['POST', 'updates/manifest_size'],
    ['GET', `bundles/${sha256}.zip`],
    ['GET', `files/${sha256}`],
  ] as const) {
    const answer = await fetch(`${origin}/unknown/${path}`, { method, ...(method === 'GET' ? {} : { body: '{}' }) });
    expect([answer.status, await answer.json()]).toEqual([404, notPaired.body]);
  }
});
