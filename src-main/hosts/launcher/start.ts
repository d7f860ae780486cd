import { spawn } from 'node:child_process';

import { ensureBuilt } from './build.ts';
import { checkoutRoot } from './checkout.ts';
import { exitCode, forwardSignals } from './child.ts';
import { hasDisplay } from './display.ts';
import { prepareElectron } from './electron-runtime.ts';
import { startHeadless } from './headless-start.ts';

/** A window that is gone again this soon, and with a failure, never opened. */
const STILLBORN_MS = 10_000;

const say = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

try {
  await ensureBuilt({ root: checkoutRoot, say: complain });
  process.exitCode = await start(process.argv.slice(2));
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** `npm start`: the desktop window where it can be had, else the same interface in a browser. */
async function start(extra: readonly string[]): Promise<number> {
  const headless = (reason: string, withBrowser: boolean) =>
    startHeadless({ root: checkoutRoot, extra, reason, withBrowser, say, complain });

  if (!hasDisplay(process.platform, process.env)) return headless('there is no display', false);
  const electron = await prepareElectron({ root: checkoutRoot, environment: process.env, say: complain });
  if (electron.kind === 'missing') return headless(electron.reason, true);

  say(`Slipway opens in its own window: Electron ${electron.version} is installed.`);
  const startedAt = performance.now();
  const window = spawn(electron.executablePath, [checkoutRoot, ...extra], { stdio: 'inherit' });
  forwardSignals(window);
  const code = await exitCode(window);
  if (code === 0 || performance.now() - startedAt > STILLBORN_MS) return code;
  return headless(`Electron ended at once with code ${code}`, true);
}
