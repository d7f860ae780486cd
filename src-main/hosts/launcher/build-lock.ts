import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/**
 * Waits until this process alone holds `lockPath`. A lock whose process is gone is taken over. Rejects with the
 * signal's reason when it is aborted while waiting.
 */
export async function acquireLock(lockPath: string, signal: AbortSignal): Promise<AsyncDisposable> {
  await mkdir(dirname(lockPath), { recursive: true });
  const own = `${lockPath}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const content = `${process.pid}\n`;
  await writeFile(own, content);
  try {
    // A link appears whole or not at all, so nobody ever reads a lock without its process id.
    while (!(await linked(own, lockPath))) {
      await dropIfAbandoned(lockPath, `${own}.old`);
      await delay(POLL_MS, undefined, { signal });
    }
  } finally {
    await rm(own, { force: true });
  }
  return { [Symbol.asyncDispose]: () => rm(lockPath, { force: true }) };
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function dropIfAbandoned(lockPath: string, aside: string): Promise<void> {
  const holder = await readFile(lockPath, 'utf8').catch(() => null);
  if (holder === null || isAlive(Number.parseInt(holder, 10))) return;
  try {
    await rename(lockPath, aside);
  } catch {
    return;
  }
  // Another waiter may have replaced the abandoned lock in between; then this took a live one and gives it back.
  const taken = await readFile(aside, 'utf8').catch(() => holder);
  if (taken !== holder) await linked(aside, lockPath);
  await rm(aside, { force: true });
}

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
