import { spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a server that has Electron may take to answer at all. */
const PROBE_MS = 10_000;
/** What unpacking Electron out of the installer's own cache takes, for which no server is needed. */
const FROM_CACHE_MS = 6000;
/** Longest download, of about 120 MB. */
const DOWNLOAD_MS = 10 * 60_000;

export type ElectronRuntime =
  | { readonly kind: 'found'; readonly executablePath: string; readonly version: string }
  /** `reason` completes a sentence: "because …". */
  | { readonly kind: 'missing'; readonly reason: string };

export type ElectronOptions = {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly say: (text: string) => void;
  readonly fromCacheMs?: number;
};

/**
 * The Electron runtime of this checkout. Since version 42 the npm package carries none and has no install script; its
 * own `install-electron` fetches it here the first time. Without a network that is given up after ten seconds.
 */
export async function prepareElectron(options: ElectronOptions): Promise<ElectronRuntime> {
  const packageDir = join(options.root, 'node_modules', 'electron');
  const version = await electronVersion(packageDir);
  if (version === null) return { kind: 'missing', reason: 'the electron package is not installed' };

  const installed = await findExecutable(packageDir, options.environment);
  if (installed !== null) return { kind: 'found', executablePath: installed, version };

  const problem = await fetchRuntime(packageDir, version, options);
  if (problem !== null) return { kind: 'missing', reason: problem };
  const fetched = await findExecutable(packageDir, options.environment);
  if (fetched === null) return { kind: 'missing', reason: 'install-electron left no runtime behind' };
  return { kind: 'found', executablePath: fetched, version };
}

async function electronVersion(packageDir: string): Promise<string | null> {
  try {
    const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as { version: string };
    return version;
  } catch {
    return null;
  }
}

async function findExecutable(packageDir: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  const override = environment['ELECTRON_OVERRIDE_DIST_PATH'];
  try {
    // The installer writes this file. A runtime from elsewhere is called as Electron's own package would call it.
    const name = await readFile(join(packageDir, 'path.txt'), 'utf8').catch((error: unknown) => {
      if (override === undefined) throw error;
      return 'electron';
    });
    const executablePath = join(override ?? join(packageDir, 'dist'), name.trim());
    await access(executablePath);
    return executablePath;
  } catch {
    return null;
  }
}

/** Null when it went well, else why it did not. */
async function fetchRuntime(
  packageDir: string,
  version: string,
  { environment, say, fromCacheMs = FROM_CACHE_MS }: ElectronOptions,
): Promise<string | null> {
  using cleanup = new DisposableStack();
  const probing = new AbortController();
  cleanup.defer(() => probing.abort());
  const source = downloadSource(environment);
  say(`Fetching Electron ${version} (about 120 MB, once) from ${source.host}…`);

  const child = spawn(process.execPath, [join(packageDir, 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: DOWNLOAD_MS,
    env: environment,
  });
  cleanup.defer(() => child.kill());
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-4000);
  });
  const ended = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(null);
      else resolve(`Electron could not be fetched (${signal === null ? firstLine(complaint) : 'it took too long'})`);
    });
  });
  // The installer retries for minutes on a dead network and has no option against it. It may also find the file in its
  // cache without any network, so it runs while the probe does, and a failing probe ends it.
  const fromCache = delay(fromCacheMs, undefined, { signal: probing.signal }).catch(() => undefined);
  const unreachable = Promise.all([probe(source, probing.signal), fromCache]).then(([reachable]) =>
    reachable ? ended : `${source.host} cannot be reached`,
  );
  // Awaited here, before the scope ends the child.
  return await Promise.race([ended, unreachable]);
}

function firstLine(complaint: string): string {
  const line = complaint.split('\n').find((text) => text.trim() !== '') ?? 'install-electron failed';
  return line.trim().replace(/\.$/, '');
}

/** The server that `@electron/get` will ask: a mirror where one is configured. */
function downloadSource(environment: NodeJS.ProcessEnv): URL {
  const mirror = environment['npm_config_electron_mirror'] ?? environment['ELECTRON_MIRROR'] ?? '';
  return new URL(URL.canParse(mirror) ? mirror : 'https://github.com/electron/electron/releases/download/');
}

async function probe(source: URL, signal: AbortSignal): Promise<boolean> {
  try {
    await fetch(source.origin, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]),
    });
    return true;
  } catch {
    return false;
  }
}
