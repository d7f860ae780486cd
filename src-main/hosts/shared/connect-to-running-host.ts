import type { ApiTransport } from '#api/transport.ts';
import { AppError } from '#core/app-error.ts';

import { readHostFile } from './host-file.ts';
import { programVersion } from './program-files.ts';
import { createSocketTransport } from './socket-transport.ts';

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
  const transport = createSocketTransport(host);
  const status = await transport.call('server.status', {});
  const isThere = status.ok || (status.error.code !== 'HOST_UNREACHABLE' && status.error.code !== 'UNAUTHORIZED');
  if (isThere && host.version === version) return transport;
  await transport[Symbol.asyncDispose]();
  if (isThere) throw new AppError('HOST_VERSION_DIFFERS', { running: host.version, own: version });
  return null;
}
