import { setTimeout as delay } from 'node:timers/promises';

import type { ApiTransport } from '#api/transport.ts';
import { AppError, throwIfAborted } from '#core/app-error.ts';
import { lockDataFolder, refuseForeignDataFolder, refuseNewerDataFolder } from '#core/storage/data-folder-lock.ts';

import { connectToRunningHost } from './connect-to-running-host.ts';
import { ensureDataDir } from './data-dir.ts';

export type TakeOptions = {
  readonly dataDir: string;
  /** How long to wait for another program that holds the folder. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
};

const RETRY_MS = 50;

/**
 * Makes this program the only one on the data folder, which is made when it is not there: for a host, which waits for
 * commands but not for another host. Nothing is written to a folder of a newer program, or of somebody else.
 * Rejects with `DATA_FOLDER_BUSY`, `DATA_FOLDER_READ_ONLY`, `DATA_FOLDER_UNUSABLE`, `DATABASE_TOO_NEW`, `CANCELLED`.
 */
export async function takeDataFolder(options: TakeOptions): Promise<Disposable> {
  const { dataDir } = options;
  const taken = await untilTaken<never>(options, async () => {
    if (await isHostRunning(dataDir)) throw new AppError('DATA_FOLDER_BUSY', { dataDir });
    return null;
  });
  return taken.value;
}

export type Reached =
  | { readonly kind: 'host'; readonly transport: ApiTransport }
  | { readonly kind: 'folder'; readonly lock: Disposable };

/** The running host of the data folder, or else the folder itself; waits for whoever is between the two. */
export async function reachHostOrTakeFolder(options: TakeOptions & { readonly version?: string }): Promise<Reached> {
  const taken = await untilTaken(options, () => connectToRunningHost(options.dataDir, options.version));
  return taken.kind === 'found' ? { kind: 'host', transport: taken.value } : { kind: 'folder', lock: taken.value };
}

async function isHostRunning(dataDir: string): Promise<boolean> {
  try {
    await using transport = await connectToRunningHost(dataDir);
    return transport !== null;
  } catch {
    // One of another version.
    return true;
  }
}

async function untilTaken<Found>(
  { dataDir, waitMs, signal }: TakeOptions,
  find: () => Promise<Found | null>,
): Promise<{ kind: 'found'; value: Found } | { kind: 'locked'; value: Disposable }> {
  await refuseNewerDataFolder(dataDir);
  await refuseForeignDataFolder(dataDir);
  await ensureDataDir(dataDir);
  const deadline = performance.now() + waitMs;
  for (;;) {
    throwIfAborted(signal);
    const value = await find();
    if (value !== null) return { kind: 'found', value };
    const lock = lockDataFolder(dataDir);
    if (lock) return { kind: 'locked', value: lock };
    if (performance.now() >= deadline) throw new AppError('DATA_FOLDER_BUSY', { dataDir });
    await delay(RETRY_MS);
  }
}
