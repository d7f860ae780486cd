import { reportCrash, runCli } from './run-cli.ts';

/** A stop that hangs must not keep a terminal: after this the program ends as it is, the data folder survives that. */
const STOP_LIMIT_MS = 15_000;

const argv = process.argv.slice(2);
const controller = new AbortController();
let signals = 0;

function stop(): void {
  signals += 1;
  controller.abort();
  // Who presses Ctrl-C a second time wants out at once; a killed publish is undone at the next start.
  if (signals > 1) process.exit(1);
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);

/** What escapes everything still ends in the promised form, and ends: who waits for this program is not left waiting. */
async function crash(error: unknown): Promise<void> {
  await reportCrash(error, argv, process);
  process.exit(1);
}

process.on('uncaughtException', (error) => void crash(error));

const exitCode = await runCli({
  argv,
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
});
// Explicitly: idle sockets and worker threads that are still closing have nothing to say any more.
process.exit(exitCode);
