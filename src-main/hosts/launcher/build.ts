import { spawn } from 'node:child_process';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { acquireLock } from './build-lock.ts';
import { fingerprintSources, readStamp, stampPath } from './source-stamp.ts';

/** Longest wait for another build and for one's own. */
const LIMIT_MS = 5 * 60_000;

export type BuildOptions = {
  /** The checkout. */
  readonly root: string;
  /** Where to say what goes on, a line at a time; standard output stays free for the program's own answer. */
  readonly say: (text: string) => void;
  readonly force?: boolean;
  /** Puts a build of the checkout into the given folder. */
  readonly run?: (root: string, outDir: string) => Promise<void>;
};

/**
 * Brings `out/` up to date with the sources. Builds into a folder beside it and swaps, so that a program started
 * meanwhile never meets half a build. Several processes may call this at once: one builds, the others wait for it.
 * Rejects when the build fails; the previous `out/` then stays.
 */
export async function ensureBuilt({ root, say, force = false, run = runElectronVite }: BuildOptions): Promise<void> {
  const outDir = join(root, 'out');
  const isCurrent = async () => (await readStamp(outDir)) === (await fingerprintSources(root));
  if (!force && (await isCurrent())) return;

  await using _ = await acquireLock(
    join(root, 'node_modules', '.cache', 'slipway-build.lock'),
    AbortSignal.timeout(LIMIT_MS),
  );
  if (!force && (await isCurrent())) return;

  say('Building Slipway…');
  await removeLeftovers(root);
  // Taken before the build: what is edited meanwhile makes this build stale again.
  const fingerprint = await fingerprintSources(root);
  // No folder of `mkdtemp`, which only its maker may enter: a checkout that root has built is run by others.
  const staging = join(root, `out.new-${process.pid}`);
  await mkdir(staging);
  try {
    await run(root, staging);
    await writeFile(stampPath(staging), `${fingerprint}\n`);
    const previous = await moveAside(outDir, root);
    await rename(staging, outDir);
    await rm(previous, { recursive: true, force: true });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function moveAside(outDir: string, root: string): Promise<string> {
  const previous = join(root, `out.old-${process.pid}`);
  try {
    await rename(outDir, previous);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return previous;
}

/** Folders of a build that was killed. Only called by the holder of the lock. */
async function removeLeftovers(root: string): Promise<void> {
  const names = (await readdir(root)).filter((name) => /^out\.(new|old)-/.test(name));
  await Promise.all(names.map((name) => rm(join(root, name), { recursive: true, force: true })));
}

async function runElectronVite(root: string, outDir: string): Promise<void> {
  const script = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const child = spawn(process.execPath, [script, 'build', '--outDir', outDir, '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    // NODE_ENV=test, as test runners set it, would build React's development version.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  });
  if (code === 0) return;
  const report = stripVTControlCharacters(Buffer.concat(output).toString('utf8')).trim();
  throw new Error(`The build failed (${signal ?? `exit ${code}`}).\n${report}`);
}
