import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { bareHost, listenOnFreePort } from './listen.ts';

type TestServer = {
  readonly server: Server;
  listen(options: { host: string; port: number }): Promise<void>;
  close(): Promise<void>;
};

const open: TestServer[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

function makeServer(): TestServer {
  const server = createServer();
  const app: TestServer = {
    server,
    listen: (options) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options, resolve);
      }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  open.push(app);
  return app;
}

async function takenPort(): Promise<number> {
  const app = makeServer();
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

describe('listenOnFreePort', () => {
  it('takes any free port for 0', async () => {
    const { port } = await listenOnFreePort({ host: '127.0.0.1', port: 0, mustHavePort: true }, makeServer);
    expect(port).toBeGreaterThan(0);
  });

  it('takes the next free port when the wanted one is taken', async () => {
    const taken = await takenPort();
    const { port } = await listenOnFreePort({ host: '127.0.0.1', port: taken, mustHavePort: false }, makeServer);
    expect(port).not.toBe(taken);
  });

  it('fails with PORT_IN_USE when it must have the port', async () => {
    const port = await takenPort();
    await expect(listenOnFreePort({ host: '127.0.0.1', port, mustHavePort: true }, makeServer)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      params: { host: '127.0.0.1', port },
    });
  });

  it.each(['203.0.113.7', 'no-such-host.invalid'])('fails with ADDRESS_NOT_AVAILABLE on %s', async (host) => {
    await expect(listenOnFreePort({ host, port: 0, mustHavePort: false }, makeServer)).rejects.toMatchObject({
      code: 'ADDRESS_NOT_AVAILABLE',
    });
  });
});

describe('bareHost', () => {
  it('takes the brackets off an IPv6 address only', () => {
    expect(bareHost('[::1]')).toBe('::1');
    expect(bareHost('[nonsense]')).toBe('[nonsense]');
    expect(bareHost('127.0.0.1')).toBe('127.0.0.1');
  });
});
