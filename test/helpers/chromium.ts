import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { chromium } from '@playwright/test';

import { findInstalledChrome } from '#hosts/launcher/browsers.ts';

const run = promisify(execFile);
const cacheDir = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

export type FoundChromium = {
  readonly executablePath: string;
  readonly args: readonly string[];
  /** Variables the program needs besides the ones of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it comes from, for the report. */
  readonly source: string;
};

/** Containers have neither the kernel features nor the rights for the sandbox; background networking only times out. */
const ARGS = ['--no-sandbox', '--disable-background-networking'];

/**
 * The Chromium for tests: `SLIPWAY_CHROMIUM`, an installed one, Playwright's own download, and on Linux x64 the one
 * inside an npm package, so that nothing needs to be installed by hand. Rejects with what to do when there is none.
 */
export async function findChromium(): Promise<FoundChromium> {
  const named = process.env['SLIPWAY_CHROMIUM'];
  if (named) {
    if (!(await isExecutable(named))) throw new Error(`SLIPWAY_CHROMIUM names ${named}, which cannot be run.`);
    return { executablePath: named, args: ARGS, environment: {}, source: 'SLIPWAY_CHROMIUM' };
  }
  const installed = await findInstalledChrome(process.platform, process.env);
  if (installed !== null) {
    return { executablePath: installed, args: ARGS, environment: {}, source: `installed: ${installed}` };
  }
  const downloaded = chromium.executablePath();
  if (await isExecutable(downloaded)) {
    return { executablePath: downloaded, args: ARGS, environment: {}, source: 'Playwright download' };
  }
  if (process.platform === 'linux' && process.arch === 'x64') return packagedChromium();
  throw new Error(
    'There is no Chromium. Install Chrome, run "npx playwright install chromium", or set SLIPWAY_CHROMIUM.',
  );
}

async function packagedChromium(): Promise<FoundChromium> {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('@sparticuz/chromium');
  const { version } = createRequire(entry)('../package.json') as { version: string };
  const home = join(cacheDir, `slipway-chromium-${version}`);
  const executablePath = join(home, 'chromium');
  if (!(await isExecutable(executablePath))) await unpack(entry, home);

  const environment: Record<string, string> = {};
  // On a machine without any font set-up Chromium would not even draw the fonts that a page brings along.
  if (!(await isReadable('/etc/fonts/fonts.conf'))) environment['FONTCONFIG_PATH'] = join(home, 'fonts');
  if (!(await starts(executablePath))) environment['LD_LIBRARY_PATH'] = join(home, 'al2023', 'lib');
  return { executablePath, args: ARGS, environment, source: `@sparticuz/chromium ${version}` };
}

/**
 * The package unpacks into the temporary folder under fixed names, where other users and half-finished runs leave files
 * as well. A process with a temporary folder of its own does it here, and the whole result is moved into place.
 */
async function unpack(entry: string, home: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const staging = await mkdtemp(join(cacheDir, 'chromium-'));
  const script = `
    const { default: chromium, inflate } = await import(process.argv[1]);
    await chromium.executablePath();
    await inflate(process.argv[2]);
  `;
  const libraries = join(dirname(entry), '..', 'bin', 'al2023.tar.br');
  try {
    await run(process.execPath, ['--input-type=module', '-e', script, entry, libraries], {
      env: { ...process.env, TMPDIR: staging },
    });
    await rename(staging, home).catch(async (error: unknown) => {
      if (!(await isExecutable(join(home, 'chromium')))) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function starts(executablePath: string): Promise<boolean> {
  try {
    await run(executablePath, ['--version'], { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return isAllowed(path, constants.X_OK);
}

async function isReadable(path: string): Promise<boolean> {
  return isAllowed(path, constants.R_OK);
}

async function isAllowed(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch {
    return false;
  }
}
