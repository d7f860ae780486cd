import { randomBytes } from 'node:crypto';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Beside the database, and like the folder for its owner alone. */
export const SESSION_FILE = 'session.key';

/** Cookies go to every port of a host name: one that was taken that way is not good for ever. */
const LIFE_MS = 7 * 24 * 60 * 60_000;

/**
 * What the cookie of signed-in pages holds. Kept in the data folder, so that a page which was open finds Slipway again
 * when it is started anew; the token that signs in is another one each time. For the holder of the folder's lock only.
 */
export async function loadSessionSecret(dataDir: string, now: () => number): Promise<string> {
  const path = join(dataDir, SESSION_FILE);
  const kept = await readKept(path, now());
  if (kept !== null) return kept;
  const fresh = randomBytes(24).toString('base64url');
  await rm(path, { force: true });
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(fresh);
  return fresh;
}

/** Null where there is none, it is too old, or the file is none of ours. */
async function readKept(path: string, nowMs: number): Promise<string | null> {
  try {
    const { mtimeMs } = await stat(path);
    const text = await readFile(path, 'utf8');
    return nowMs - mtimeMs < LIFE_MS && /^[\w-]{32}$/.test(text) ? text : null;
  } catch {
    return null;
  }
}
