import { randomBytes } from 'node:crypto';

import { throwIfAborted } from '#core/app-error.ts';
import type { SecretStore } from '#core/ports.ts';
import { closeServer } from '#hosts/shared/close-server.ts';
import { listenOnFreePort } from '#hosts/shared/listen.ts';
import { openHost, type OpenHost } from '#hosts/shared/open-host.ts';
import type { ProgramFiles } from '#hosts/shared/program-files.ts';
import { createControlServer } from '#servers/control/create-control-server.ts';

import { loadSessionSecret } from './session-secret.ts';

export type ServeOptions = {
  readonly dataDir: string;
  readonly files: ProgramFiles;
  /** What the command line said about the device listener; the settings decide what it left open. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Port of the user interface on 127.0.0.1; null opens none. */
  readonly control: { readonly port: number | undefined } | null;
  readonly secrets?: SecretStore | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly onReady: (ready: ServeReady) => void | Promise<void>;
};

/** What is open, as `serve --json` prints it (design/command-line.md §3). */
export type ServeReady = {
  readonly event: 'ready';
  readonly device: { readonly host: string; readonly port: number; readonly urls: readonly string[] };
  readonly https: null;
  readonly control: { readonly url: string; readonly token: string } | null;
  readonly dataDir: string;
  readonly version: string;
};

/** The user interface is found again under the same address after a restart, unless another program has the port. */
const DEFAULT_CONTROL_PORT = 8790;
const CLOSE_GRACE_MS = 500;

/**
 * The headless host: device listener and user interface until the signal, then everything is closed.
 * Rejects with `PORT_IN_USE`, `PORT_NOT_ALLOWED`, `ADDRESS_NOT_AVAILABLE`, and with the codes of opening a host.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { signal } = options;
  await using opened = new AsyncDisposableStack();
  const host = opened.use(
    await openHost({
      kind: 'headless',
      dataDir: options.dataDir,
      files: options.files,
      deviceListener: { kind: 'network', host: options.host, port: options.port, mustOpen: true },
      // The browser is on this machine: a path that a person types is read in place.
      capabilities: ['real-paths'],
      isAttachable: true,
      ...(options.secrets ? { secrets: options.secrets } : {}),
      signal,
    }),
  );
  throwIfAborted(signal);
  const control = options.control && opened.use(await openControl(host, options.files, options.control.port));

  const device = host.services.deviceListener.status();
  await options.onReady({
    event: 'ready',
    device: { host: device.host, port: device.port, urls: device.urls },
    https: null,
    control: control && { url: control.url, token: control.token },
    dataDir: host.dataDir,
    version: host.version,
  });
  await untilAborted(signal);
  host.logger.info({}, 'stopping');
}

/** Address of the user interface with the token that signs a browser in. */
export function addressWithToken({ url, token }: { readonly url: string; readonly token: string }): string {
  return `${url}/?token=${token}`;
}

type OpenControl = AsyncDisposable & { readonly url: string; readonly token: string };

async function openControl(host: OpenHost, files: ProgramFiles, port: number | undefined): Promise<OpenControl> {
  const token = randomBytes(24).toString('base64url');
  const session = await loadSessionSecret(host.dataDir, Date.now);
  const wish = { host: '127.0.0.1', port: port ?? DEFAULT_CONTROL_PORT, mustHavePort: port !== undefined };
  const { app, port: got } = await listenOnFreePort(wish, () =>
    createControlServer({
      dispatch: host.transport.call,
      subscribe: (listener) => host.transport.subscribe(listener),
      uploads: host.core.uploads,
      rendererDir: files.rendererDir,
      token,
      session,
      logger: host.logger,
    }),
  );
  host.logger.info({ port: got }, 'the control listener is open');
  return { url: `http://127.0.0.1:${got}`, token, [Symbol.asyncDispose]: () => closeServer(app, CLOSE_GRACE_MS) };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
