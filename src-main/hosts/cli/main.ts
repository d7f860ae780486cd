import { AppError } from '#core/app-error.ts';

import { wantsJson } from './parse-arguments.ts';
import { reportCrash, runCli } from './run-cli.ts';

/** A stop that hangs must not keep a terminal: after this the program ends as it is, the data folder survives that. */
const STOP_LIMIT_MS = 15_000;

/** `node:sqlite` as the core uses it, and the Node that Electron 45 has. */
const NEEDED_NODE = 24;

/** One Ctrl-C arrives twice where npm or a launcher passes on what the terminal has sent to all of them. */
const SAME_STOP_MS = 1000;

const argv = process.argv.slice(2);
const controller = new AbortController();
let stoppedAt: number | undefined;

function stop(): void {
  // Who presses Ctrl-C again wants out at once; a killed publish is undone at the next start.
  if (stoppedAt !== undefined && performance.now() - stoppedAt > SAME_STOP_MS) process.exit(1);
  if (stoppedAt !== undefined) return;
  stoppedAt = performance.now();
  controller.abort();
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);

let isCrashing = false;

/** What escapes everything still ends in the promised form, and ends: who waits for this program is not left waiting. */
async function crash(error: unknown): Promise<void> {
  // The report itself may fail, which comes back here: twice is the end of it.
  if (isCrashing) process.exit(1);
  isCrashing = true;
  await reportCrash(error, argv, process);
  process.exit(1);
}

process.on('uncaughtException', (error) => void crash(error));

// The `slipway` command finds a Node that will do; started past it, nothing below would work, not even `output.ts`.
if (Number.parseInt(process.versions.node, 10) < NEEDED_NODE) {
  const { failureOf } = await import('./failure.ts');
  const { error } = failureOf(new AppError('NODE_TOO_OLD', { found: process.versions.node, needed: NEEDED_NODE }));
  if (wantsJson(argv)) process.stdout.write(`${JSON.stringify({ error })}\n`);
  else process.stderr.write(`${error.message}\n${error.hint}\n`);
  process.exit(1);
}

const exitCode = await runCli({
  argv,
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
});
// Explicitly: idle sockets and worker threads that are still closing have nothing to say any more.
process.exit(exitCode);
