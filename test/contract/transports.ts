import { join } from 'node:path';

import type { BrowserWindow, IpcMain } from 'electron';

import type { ApiTransport } from '#api/transport.ts';
import type { ApiClient } from '#contract/api.ts';
import { createApiClient } from '#contract/client.ts';
import type { Reply } from '#contract/errors.ts';
import type { EventMessage } from '#contract/events.ts';
import { connectPage } from '#hosts/desktop/ipc.ts';
import { pageUrl } from '#hosts/desktop/page.ts';
import { closeServer } from '#hosts/shared/close-server.ts';
import { connectToRunningHost } from '#hosts/shared/connect-to-running-host.ts';
import { listenOnFreePort } from '#hosts/shared/listen.ts';
import { openHost, type OpenHost } from '#hosts/shared/open-host.ts';
import { createControlServer } from '#servers/control/create-control-server.ts';

import { temporaryFolder } from '../helpers/trees.ts';

/** A real host on a folder of its own, and one way of calling it. */
export type OpenTransport = AsyncDisposable & {
  readonly host: OpenHost;
  readonly transport: ApiTransport;
  readonly client: ApiClient;
  readonly folder: { readonly path: string; at(name: string): string };
};

type Opener = (host: OpenHost, stack: AsyncDisposableStack) => Promise<ApiTransport> | ApiTransport;

const openers = {
  'in process': (host) => host.transport,
  'over IPC': openIpc,
  'over HTTP': openHttp,
  'over the local socket': async (host, stack) => {
    const transport = await connectToRunningHost(host.dataDir);
    if (!transport) throw new Error('the host is not found');
    return stack.use(transport);
  },
} as const satisfies Readonly<Record<string, Opener>>;

export type TransportName = keyof typeof openers;
export const transportNames = Object.keys(openers) as TransportName[];

export async function openTransport(name: TransportName): Promise<OpenTransport> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const host = stack.use(
    await openHost({
      kind: 'headless',
      dataDir: folder.at('data'),
      files: {
        rendererDir: folder.at('no-renderer'),
        sampleAppDir: join(import.meta.dirname, '../../resources/sample-app'),
      },
      deviceListener: { kind: 'network', host: '127.0.0.1', port: 0, mustOpen: true },
      isAttachable: true,
    }),
  );
  const transport = await openers[name](host, stack);
  const closing = stack.move();
  return {
    host,
    transport,
    client: createApiClient(transport.call),
    folder,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** What the window does: the real main side, with Electron's structured clones at each crossing and nothing else of it. */
function openIpc(host: OpenHost, stack: AsyncDisposableStack): ApiTransport {
  const handlers = new Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>();
  const listeners = new Set<(message: EventMessage) => void>();
  const frame = { url: pageUrl, parent: null };
  const webContents = {
    send(channel: string, message: unknown) {
      if (channel !== 'api:event') return;
      for (const listener of listeners) listener(structuredClone(message) as EventMessage);
    },
  };
  const ipcMain = {
    handle: (channel: string, handler: (event: unknown, ...args: unknown[]) => Promise<unknown>) =>
      void handlers.set(channel, handler),
    removeHandler: (channel: string) => void handlers.delete(channel),
    on: () => undefined,
    off: () => undefined,
  };
  stack.use(
    connectPage({
      ipcMain: ipcMain as unknown as IpcMain,
      window: { webContents, isDestroyed: () => false } as unknown as BrowserWindow,
      transport: host.transport,
      pickFolder: () => Promise.resolve(null),
      onListening: () => undefined,
      logger: host.logger,
    }),
  );
  return {
    async call(path, input) {
      const reply = await handlers.get('api:call')?.(
        { sender: webContents, senderFrame: frame },
        path,
        structuredClone(input),
      );
      return structuredClone(reply) as Reply;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** What a browser does: JSON posts, and one stream of server-sent events. */
async function openHttp(host: OpenHost, stack: AsyncDisposableStack): Promise<ApiTransport> {
  const token = 'a-token-for-tests';
  const { app, port } = await listenOnFreePort({ host: '127.0.0.1', port: 0, mustHavePort: true }, () =>
    createControlServer({
      dispatch: host.transport.call,
      subscribe: (listener) => host.transport.subscribe(listener),
      uploads: host.core.uploads,
      rendererDir: '/nowhere',
      token,
      session: 'a-session-for-tests',
      logger: host.logger,
    }),
  );
  stack.defer(() => closeServer(app, 100));
  const origin = `http://127.0.0.1:${port}`;
  const headers = { authorization: `Bearer ${token}` };
  const ends = new AbortController();
  stack.defer(() => ends.abort());

  const listeners = new Set<(message: EventMessage) => void>();
  const events = await fetch(`${origin}/api/events`, { headers, signal: ends.signal });
  void readEvents(events, (message) => {
    for (const listener of listeners) listener(message);
  });

  return {
    async call(path, input) {
      const response = await fetch(`${origin}/api/${encodeURIComponent(path)}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(input ?? {}),
      });
      return (await response.json()) as Reply;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function readEvents(response: Response, receive: (message: EventMessage) => void): Promise<void> {
  let text = '';
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        if (message.startsWith('data: ')) receive(JSON.parse(message.slice(6)) as EventMessage);
      }
    }
  } catch {
    // Cut off by the end of the test.
  }
}
