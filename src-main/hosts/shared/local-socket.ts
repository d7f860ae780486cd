import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

const FOLDER_PREFIX = 'slipway-';
const SOCKET_NAME = 's';

/**
 * The shortest limit of a socket path, macOS's: 104 bytes with the closing zero. A temporary folder there has about 50,
 * a data folder may have any length; hence not in the data folder.
 */
const MAX_SOCKET_PATH_BYTES = 103;

export type LocalSocket = AsyncDisposable & { readonly path: string };

/** A place for a socket that only this user can reach; on Windows the name of a pipe. Removed when disposed. */
export async function makeLocalSocket(platform: NodeJS.Platform = process.platform): Promise<LocalSocket> {
  if (platform === 'win32') {
    const path = `\\\\.\\pipe\\slipway-${randomBytes(12).toString('hex')}`;
    return { path, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  let failure: unknown;
  for (const parent of parents()) {
    try {
      // mkdtemp makes the folder with mode 0700, so that others cannot even try the socket.
      const folder = await mkdtemp(join(parent, FOLDER_PREFIX));
      return {
        path: join(folder, SOCKET_NAME),
        [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
      };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Removes what a killed host left; anything that is not a socket folder of ours stays. */
export async function removeStaleSocket(path: string): Promise<void> {
  const folder = dirname(path);
  const isOurs =
    isAbsolute(path) && basename(path) === SOCKET_NAME && /^slipway-[A-Za-z0-9_-]{6}$/.test(basename(folder));
  if (!isOurs || !parents().includes(dirname(folder))) return;
  await rm(folder, { recursive: true, force: true });
}

function parents(): string[] {
  const runtimeDir = process.env['XDG_RUNTIME_DIR'];
  const wanted = [runtimeDir, tmpdir(), '/tmp'].filter((folder) => folder !== undefined && isAbsolute(folder));
  const suffix = `/${FOLDER_PREFIX}XXXXXX/${SOCKET_NAME}`;
  return (wanted as string[]).filter((folder) => Buffer.byteLength(folder + suffix) <= MAX_SOCKET_PATH_BYTES);
}
