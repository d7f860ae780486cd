import type { ApiTransport } from '#api/transport.ts';
import type { Reply } from '#contract/errors.ts';
import { AppError } from '#core/app-error.ts';

import { readHostFile, type HostFile } from './host-file.ts';
import { programVersion } from './program-files.ts';
import { createSocketTransport } from './socket-transport.ts';

/** A host that does not say its state within this is as good as none: the lock of the folder then decides. */
const ANSWER_MS = 3000;

/**
 * Reaches the host that has the data folder open. Null: there is none, or what a killed one left behind.
 * Rejects with `HOST_VERSION_DIFFERS`: its answers could not be trusted to mean the same.
 */
export async function connectToRunningHost(
  dataDir: string,
  version: string = programVersion,
): Promise<ApiTransport | null> {
  const host = await readHostFile(dataDir);
  if (!host) return null;
  const status = await askStatus(host);
  const isThere = status.ok || (status.error.code !== 'HOST_UNREACHABLE' && status.error.code !== 'UNAUTHORIZED');
  if (isThere && host.version === version) return createSocketTransport(host);
  if (isThere) throw new AppError('HOST_VERSION_DIFFERS', { running: host.version, own: version });
  return null;
}

async function askStatus(host: HostFile): Promise<Reply> {
  await using transport = createSocketTransport({ ...host, timeoutMs: ANSWER_MS });
  return await transport.call('server.status', {});
}
