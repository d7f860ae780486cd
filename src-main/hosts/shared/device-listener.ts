import type { WireError } from '#contract/errors.ts';
import type { DeviceListener, Settings } from '#contract/models/server.ts';
import { AppError } from '#core/app-error.ts';
import { addressesServedBy, listAddresses } from '#core/connect/addresses.ts';
import { originOf } from '#core/connect/endpoints.ts';
import type { DeviceGateway } from '#core/device-gateway.ts';
import type { DeviceOrigin, Logger, Network } from '#core/ports.ts';
import { createDeviceServer } from '#servers/device/create-device-server.ts';

import { closeServer } from './close-server.ts';
import { bareHost, listenOnFreePort, type ListenWish } from './listen.ts';

/** Which address and port the host opens for devices. */
export type DeviceListenerPlan =
  /** On the LAN, as the settings say; what the command line said goes first until the settings change. */
  | {
      readonly kind: 'network';
      readonly host?: string | undefined;
      readonly port?: number | undefined;
      /** A failure at start rejects; otherwise it only shows in the status. */
      readonly mustOpen: boolean;
    }
  /** On 127.0.0.1 and any free port, from the first moment something asks for it: a program that runs one command. */
  | { readonly kind: 'temporary' };

export type DeviceListenerDeps = {
  readonly plan: DeviceListenerPlan;
  readonly network: Network;
  readonly logger: Logger;
  readonly version: string;
};

/** What the listener needs of the core, which in turn needs the listener's origin: given after both are made. */
export type DeviceListenerCore = {
  readonly gateway: DeviceGateway;
  readonly settings: () => Settings['device'];
  /** Tells the windows that the listener changed. */
  readonly announce: () => void;
};

export type DeviceListenerController = AsyncDisposable & {
  readonly origin: DeviceOrigin;
  start(core: DeviceListenerCore): Promise<void>;
  status(): DeviceListener;
  /** Opens it again on the current settings; a failure shows in `status`. */
  restart(): Promise<void>;
  /** Opens it again when the settings of the listener are others than those last seen. */
  followSettings(): Promise<void>;
};

type State =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'running'; readonly host: string; readonly port: number; close(): Promise<void> }
  | { readonly kind: 'failed'; readonly host: string; readonly port: number; readonly error: WireError };

const CLOSE_GRACE_MS = 1_000;
const TEMPORARY: ListenWish = { host: '127.0.0.1', port: 0, mustHavePort: true };

/** Opens, moves and closes the listener that devices talk to. Its changes run one after another. */
export function createDeviceListener({ plan, network, logger, version }: DeviceListenerDeps): DeviceListenerController {
  let core: DeviceListenerCore | undefined;
  let state: State = { kind: 'stopped' };
  let isDisposed = false;
  let turn: Promise<unknown> = Promise.resolve();
  /** What the command line asked for; gone once a person changes the settings. */
  let override = plan.kind === 'network' ? { host: plan.host, port: plan.port } : {};
  let seenSettings = '';

  /** One change at a time, in order; a failed one does not stop the next. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work, work);
    turn = next.catch(() => undefined);
    return next;
  }

  function coreOrThrow(): DeviceListenerCore {
    if (!core) throw new AppError('DEVICE_LISTENER_DOWN');
    return core;
  }

  function wishOf(): ListenWish {
    if (plan.kind === 'temporary') return TEMPORARY;
    const settings = coreOrThrow().settings();
    return {
      host: override.host ?? settings.host,
      port: override.port ?? settings.port,
      mustHavePort: override.port !== undefined,
    };
  }

  async function open(wish: ListenWish): Promise<void> {
    const { gateway, announce } = coreOrThrow();
    await shut();
    if (isDisposed) return;
    try {
      const { app, port } = await listenOnFreePort(wish, () => createDeviceServer({ gateway, logger, version }));
      state = { kind: 'running', host: bareHost(wish.host), port, close: () => closeServer(app, CLOSE_GRACE_MS) };
      logger.info({ host: wish.host, port, wanted: wish.port }, 'the device listener is open');
    } catch (error) {
      const known = error instanceof AppError ? error : new AppError('INTERNAL', {}, { cause: error });
      state = { kind: 'failed', host: wish.host, port: wish.port, error: known.toWire() };
      logger.error({ err: error, host: wish.host, port: wish.port }, 'the device listener could not be opened');
      throw known;
    } finally {
      announce();
    }
  }

  async function shut(): Promise<void> {
    const before = state;
    state = { kind: 'stopped' };
    if (before.kind === 'running') await before.close();
  }

  return {
    origin: {
      async loopback() {
        if (plan.kind === 'temporary') {
          await inTurn(async () => {
            if (state.kind !== 'running') await open(TEMPORARY);
          });
        }
        const now = state;
        if (now.kind !== 'running') throw new AppError('DEVICE_LISTENER_DOWN');
        return originOf(loopbackHostOf(now.host), now.port);
      },
      port() {
        // One command without a running host: the addresses it shows are those that `serve` will open.
        if (plan.kind === 'temporary') return core?.settings().port || null;
        return state.kind === 'running' ? state.port : null;
      },
      host: () => (plan.kind === 'network' && state.kind === 'running' ? state.host : null),
    },
    async start(given) {
      core = given;
      seenSettings = JSON.stringify(given.settings());
      if (plan.kind === 'temporary') return;
      await inTurn(() => open(wishOf())).catch((error: unknown) => {
        if (plan.mustOpen) throw error;
      });
    },
    status() {
      // Of a temporary one that nothing asked for: what `serve` would open.
      const wish = plan.kind === 'temporary' && core ? core.settings() : core ? wishOf() : TEMPORARY;
      if (state.kind === 'stopped') return { state: 'stopped', ...hostAndPort(wish), urls: [], error: null };
      const { host, port } = state;
      if (state.kind === 'failed') return { state: 'failed', host, port, urls: [], error: state.error };
      const addresses = addressesServedBy(listAddresses(network.interfaces()), host);
      const urls = addresses.map(({ address }) => originOf(address, port));
      return { state: 'running', host, port, urls: urls.length > 0 ? urls : [originOf(host, port)], error: null };
    },
    async restart() {
      if (plan.kind === 'temporary') return;
      // After a failure the chosen port is wanted again, or the failure: not silently another port.
      await inTurn(() => {
        const wish = wishOf();
        return open({ ...wish, mustHavePort: wish.mustHavePort || state.kind === 'failed' });
      }).catch(() => undefined);
    },
    async followSettings() {
      if (plan.kind === 'temporary') return;
      const now = JSON.stringify(coreOrThrow().settings());
      if (now === seenSettings) return;
      seenSettings = now;
      override = {};
      // A person chose this port just now: the next free one would not be what the phones were told.
      await inTurn(() => open({ ...wishOf(), mustHavePort: true })).catch(() => undefined);
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      await inTurn(shut);
    },
  };
}

function hostAndPort({ host, port }: Pick<ListenWish, 'host' | 'port'>): { host: string; port: number } {
  return { host, port };
}

/** Where this machine itself reaches a listener on `host`. */
function loopbackHostOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
