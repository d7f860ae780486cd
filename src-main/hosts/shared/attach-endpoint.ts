import { randomBytes } from 'node:crypto';

import type { ServerStatus } from '#contract/models/server.ts';
import { createAttachServer, type AttachServerDeps } from '#servers/control/create-attach-server.ts';

import { closeServer } from './close-server.ts';
import { readHostFile, removeHostFile, writeHostFile } from './host-file.ts';
import { makeLocalSocket, removeStaleSocket } from './local-socket.ts';

export type AttachEndpointDeps = Omit<AttachServerDeps, 'secret'> & {
  readonly dataDir: string;
  readonly kind: ServerStatus['hostKind'];
  readonly version: string;
};

const CLOSE_GRACE_MS = 500;

/**
 * Lets commands work through this host: opens a local socket and says so in `host.json`. The caller holds the lock of
 * the data folder, so a `host.json` that is there already was left by a host that was killed.
 */
export async function openAttachEndpoint(deps: AttachEndpointDeps): Promise<AsyncDisposable> {
  const { dataDir, kind, version, ...api } = deps;
  const stale = await readHostFile(dataDir);
  if (stale) await removeStaleSocket(stale.socket);

  await using opened = new AsyncDisposableStack();
  const secret = randomBytes(32).toString('base64url');
  const socket = opened.use(await makeLocalSocket());
  const server = createAttachServer({ ...api, secret });
  opened.defer(() => closeServer(server, CLOSE_GRACE_MS));
  await server.listen({ path: socket.path });
  opened.defer(() => removeHostFile(dataDir));
  await writeHostFile(dataDir, { pid: process.pid, kind, version, socket: socket.path, secret });
  return opened.move();
}
