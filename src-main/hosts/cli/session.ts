import type { ApiTransport } from '#api/transport.ts';
import type { ApiClient } from '#contract/api.ts';
import { createApiClient } from '#contract/client.ts';
import { reachHostOrTakeFolder } from '#hosts/shared/take-data-folder.ts';

import type { CommandContext } from './context.ts';
import { vaultPassphrase } from './passphrase.ts';

/** The core as a command sees it, whichever program it runs in. */
export type Session = AsyncDisposable & {
  readonly api: ApiClient;
  readonly transport: ApiTransport;
};

type SessionContext = Pick<CommandContext, 'dataDir' | 'files' | 'signal' | 'streams'>;

/** Time for another command on the same data folder to end. */
const WAIT_MS = 10_000;

/** The running host of the data folder, else the folder itself for as long as the command takes. */
export async function openSession(context: SessionContext): Promise<Session> {
  const { dataDir, files, signal } = context;
  const reached = await reachHostOrTakeFolder({ dataDir, waitMs: WAIT_MS, signal });
  if (reached.kind === 'host') return sessionOver(reached.transport);
  // Loaded here: a command that works through a running host needs no core of its own.
  const { openHost } = await import('#hosts/shared/open-host.ts');
  const { createFileSecretStore } = await import('#hosts/shared/file-secret-store.ts');
  const host = await openHost({
    kind: 'cli',
    dataDir,
    files,
    lock: reached.lock,
    deviceListener: { kind: 'temporary' },
    capabilities: ['real-paths'],
    isAttachable: false,
    secrets: createFileSecretStore(dataDir, { passphrase: vaultPassphrase(context) }),
    signal,
  });
  return { ...sessionOver(host.transport), [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}

/** A session over a transport, which it closes. */
export function sessionOver(transport: ApiTransport): Session {
  return {
    api: createApiClient(transport.call),
    transport,
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** Opens a session for one piece of work. */
export async function withSession<T>(context: SessionContext, work: (session: Session) => Promise<T>): Promise<T> {
  await using session = await openSession(context);
  return await work(session);
}
