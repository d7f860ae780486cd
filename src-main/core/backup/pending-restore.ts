import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { databaseFileName } from '../storage/database.ts';

/**
 * A restore is prepared beside what is there and takes its place at the next start, before anything is opened. This file
 * says so; whatever a killed program left half done is finished by the next start, from what lies where.
 */
const MARKER = 'restore.json';
const STAGED = /^restore-[0-9a-f-]{36}$/;
const BLOBS = 'blobs';
/** What is replaced: the newest changes of a database may still lie in its log. */
const replaced = [BLOBS, `${databaseFileName}-wal`, `${databaseFileName}-shm`, databaseFileName];
/** What opens the keys of the old database. Copied aside with it, and stays: it opens those of a backup from here, too. */
const secrets = ['secrets.key', 'secrets.box'];

const markerSchema = z.object({
  staged: z.string().regex(STAGED),
  aside: z.string().regex(/^before-restore-[\w-]+$/),
  createdAt: z.string(),
});
/** A restore that waits for the next start. */
export type PendingRestore = z.infer<typeof markerSchema>;

export function stagedFolder(dataDir: string, id: string): { readonly name: string; readonly path: string } {
  return { name: `restore-${id}`, path: join(dataDir, `restore-${id}`) };
}

/** Null without one. */
export async function readPendingRestore(dataDir: string): Promise<PendingRestore | null> {
  try {
    const parsed = markerSchema.safeParse(JSON.parse(await readFile(join(dataDir, MARKER), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** From here on the restore happens, at the next start. One that waited before is dropped. */
export async function announceRestore(dataDir: string, pending: PendingRestore): Promise<void> {
  const before = await readPendingRestore(dataDir);
  const temporary = join(dataDir, `${MARKER}.${randomBytes(6).toString('hex')}`);
  {
    await using file = await open(temporary, 'wx', 0o600);
    await file.writeFile(JSON.stringify(pending));
    await file.sync();
  }
  await rename(temporary, join(dataDir, MARKER));
  if (before) await rm(join(dataDir, before.staged), { recursive: true, force: true });
}

export async function dropPendingRestore(dataDir: string): Promise<void> {
  const pending = await readPendingRestore(dataDir);
  await rm(join(dataDir, MARKER), { force: true });
  if (pending) await rm(join(dataDir, pending.staged), { recursive: true, force: true });
}

/**
 * Puts what a restore prepared in its place, and what was there aside; nothing is deleted. Called with the lock of the
 * data folder held and nothing open. True when there was one. May be killed at any moment: the next call goes on.
 */
export async function applyPendingRestore(dataDir: string): Promise<boolean> {
  const pending = await readPendingRestore(dataDir);
  if (!pending) {
    await removeLeftovers(dataDir);
    return false;
  }
  const staged = join(dataDir, pending.staged);
  const aside = join(dataDir, pending.aside);
  // The database moves last: while it lies in the staged folder, nothing of the new has taken effect.
  if (await isThere(join(staged, databaseFileName))) {
    await mkdir(aside, { recursive: true, mode: 0o700 });
    for (const name of secrets) await copyFile(join(dataDir, name), join(aside, name)).catch(ignoreMissing);
    for (const name of replaced) {
      const isOld = name !== BLOBS || (await isThere(join(staged, BLOBS)));
      if (!isOld || (await isThere(join(aside, name)))) continue;
      await rename(join(dataDir, name), join(aside, name)).catch(ignoreMissing);
    }
    await rename(join(staged, BLOBS), join(dataDir, BLOBS)).catch(ignoreMissing);
    await rename(join(staged, databaseFileName), join(dataDir, databaseFileName));
  }
  await rm(join(dataDir, MARKER), { force: true });
  await rm(staged, { recursive: true, force: true });
  await removeLeftovers(dataDir);
  return true;
}

/** What a restore left that was killed while it prepared. */
async function removeLeftovers(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch(() => []);
  for (const name of names) if (STAGED.test(name)) await rm(join(dataDir, name), { recursive: true, force: true });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
