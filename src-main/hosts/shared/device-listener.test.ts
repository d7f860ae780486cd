import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { DeviceGateway } from '#core/device-gateway.ts';
import { silentLogger, type Network } from '#core/ports.ts';

import { createDeviceListener, type DeviceListenerController, type DeviceListenerPlan } from './device-listener.ts';

const nothing = () => Promise.resolve({ status: 200, body: { status: 'ok' } });
const gateway: DeviceGateway = {
  checkUpdate: nothing,
  recordStats: nothing,
  channelSelf: nothing,
  openBundle: () => Promise.resolve(null),
  openFile: () => Promise.resolve(null),
  manifestSize: nothing,
  noteStranger: () => undefined,
  knowsToken: () => false,
};

/** Containers often have none. */
const hasIPv6 = Object.values(networkInterfaces()).some((infos) => infos?.some((info) => info.address === '::1'));

const address = { netmask: '255.255.255.0', mac: '00:00:00:00:00:00', cidr: null };
const network: Network = {
  interfaces: () => ({
    lo: [{ ...address, address: '127.0.0.1', family: 'IPv4', internal: true }],
    en0: [{ ...address, address: '192.168.1.20', family: 'IPv4', internal: false }],
  }),
};

let opened: AsyncDisposableStack;
beforeEach(() => {
  opened = new AsyncDisposableStack();
});
afterEach(() => opened.disposeAsync());

type World = {
  readonly listener: DeviceListenerController;
  /** What a person sets. */
  settings: { host: string; port: number };
  announced: number;
};

async function world(plan: DeviceListenerPlan, settings = { host: '127.0.0.1', port: 0 }): Promise<World> {
  const listener = opened.use(createDeviceListener({ plan, network, logger: silentLogger, version: '1.0.0' }));
  const made: World = { listener, settings, announced: 0 };
  await listener.start({ gateway, settings: () => made.settings, announce: () => (made.announced += 1) });
  return made;
}

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.defer(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const onNetwork = { kind: 'network', mustOpen: false } as const;
const isUp = (url: string) =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

describe('the device listener', () => {
  it('opens where the settings say, and tells under which addresses devices reach it', async () => {
    const { listener, announced } = await world(onNetwork, { host: '0.0.0.0', port: 0 });
    const status = listener.status();
    expect(status).toMatchObject({ state: 'running', host: '0.0.0.0', error: null });
    expect(status.urls).toEqual([`http://192.168.1.20:${status.port}`, `http://127.0.0.1:${status.port}`]);
    expect(await listener.origin.loopback()).toBe(`http://127.0.0.1:${status.port}`);
    expect(listener.origin.port()).toBe(status.port);
    expect(await isUp(`http://127.0.0.1:${status.port}`)).toBe(true);
    expect(announced).toBe(1);
  });

  it('takes the next free port, but not in place of one that the command line named', async () => {
    const port = await takenPort();
    const { listener } = await world(onNetwork, { host: '127.0.0.1', port });
    expect(listener.status()).toMatchObject({ state: 'running' });
    expect(listener.status().port).not.toBe(port);
    const named = { kind: 'network', port, mustOpen: true } as const;
    await expect(world(named)).rejects.toMatchObject({ code: 'PORT_IN_USE', params: { port } });
  });

  it('shows a failure at start where it need not open', async () => {
    const port = await takenPort();
    const { listener } = await world({ kind: 'network', port, mustOpen: false });
    expect(listener.status()).toEqual({
      state: 'failed',
      host: '127.0.0.1',
      port,
      urls: [],
      error: { code: 'PORT_IN_USE', params: { host: '127.0.0.1', port } },
    });
    expect(listener.origin.port()).toBeNull();
    await expect(listener.origin.loopback()).rejects.toMatchObject({ code: 'DEVICE_LISTENER_DOWN' });
    await listener.restart();
    expect(listener.status()).toMatchObject({ state: 'failed', error: { code: 'PORT_IN_USE' } });
  });

  it('moves when the settings change, away from what the command line named', async () => {
    const it = await world({ kind: 'network', host: '127.0.0.1', port: 0, mustOpen: true });
    const before = await it.listener.origin.loopback();
    const free = await freePort();
    it.settings = { host: '127.0.0.1', port: free };
    await it.listener.followSettings();
    expect(it.listener.status()).toMatchObject({ state: 'running', port: free });
    expect(await isUp(before)).toBe(false);
    expect(await isUp(`http://127.0.0.1:${free}`)).toBe(true);
  });

  it('stays when other settings change', async () => {
    const it = await world(onNetwork);
    const before = it.listener.status();
    await it.listener.followSettings();
    expect(it.listener.status()).toEqual(before);
    expect(it.announced).toBe(1);
  });

  it('fails on a taken port that a person chose, and comes back on a free one', async () => {
    const it = await world(onNetwork);
    it.settings = { host: '127.0.0.1', port: await takenPort() };
    await it.listener.followSettings();
    await it.listener.restart();
    expect(it.listener.status()).toMatchObject({ state: 'failed', error: { code: 'PORT_IN_USE' } });
    it.settings = { host: '127.0.0.1', port: 0 };
    await it.listener.followSettings();
    expect(it.listener.status()).toMatchObject({ state: 'running', error: null });
  });

  it('does one change after the other', async () => {
    const it = await world(onNetwork);
    const changes = Array.from({ length: 5 }, () => it.listener.restart());
    await Promise.all(changes);
    expect(await isUp(await it.listener.origin.loopback())).toBe(true);
  });

  it.skipIf(!hasIPv6)('listens on IPv6 addresses with and without brackets', async () => {
    const { listener } = await world({ kind: 'network', host: '[::1]', port: 0, mustOpen: true });
    const { port } = listener.status();
    expect(await listener.origin.loopback()).toBe(`http://[::1]:${port}`);
    expect(await isUp(`http://[::1]:${port}`)).toBe(true);
  });

  it('closes at once although a device keeps its connection', async () => {
    const { listener } = await world(onNetwork);
    await isUp(await listener.origin.loopback());
    const began = performance.now();
    await listener[Symbol.asyncDispose]();
    expect(performance.now() - began).toBeLessThan(4000);
    expect(listener.status().state).toBe('stopped');
  });
});

describe('the temporary device listener', () => {
  it('opens on the loopback only, and only when something asks for it', async () => {
    const { listener } = await world({ kind: 'temporary' }, { host: '0.0.0.0', port: 8787 });
    expect(listener.status()).toMatchObject({ state: 'stopped', host: '0.0.0.0', port: 8787 });
    // What the command shows is what `serve` will open.
    expect(listener.origin.port()).toBe(8787);
    const [one, two] = await Promise.all([listener.origin.loopback(), listener.origin.loopback()]);
    expect(one).toBe(two);
    expect(await isUp(one)).toBe(true);
    expect(listener.status()).toMatchObject({ state: 'running', host: '127.0.0.1' });
    await listener[Symbol.asyncDispose]();
    expect(await isUp(one)).toBe(false);
  });

  it('is down before it has a core', async () => {
    const listener = opened.use(
      createDeviceListener({ plan: { kind: 'temporary' }, network, logger: silentLogger, version: '1.0.0' }),
    );
    await expect(listener.origin.loopback()).rejects.toMatchObject({ code: 'DEVICE_LISTENER_DOWN' });
    expect(listener.status()).toMatchObject({ state: 'stopped' });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
