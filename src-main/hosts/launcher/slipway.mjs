#!/usr/bin/env node
// Plain JavaScript without new syntax: the first thing it does is to find out that it runs on an old Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_MAJOR = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

if (Number.parseInt(process.versions.node, 10) < NEEDED_MAJOR) {
  runOnOwnNode();
} else {
  await main();
}

async function main() {
  if (isCheckout()) {
    try {
      const { ensureBuilt } = await import('./build.ts');
      await ensureBuilt({ root, say: (line) => process.stderr.write(`${line}\n`) });
    } catch (error) {
      fail('BUILD_FAILED', error instanceof Error ? error.message : String(error), 'Run "npm ci", then try again.');
      return;
    }
  }
  // The second command of a day need not compile what the first one did.
  module.enableCompileCache?.();
  const program = join(root, 'out', 'main', 'cli.js');
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
}

/** Sources beside the build tool's configuration; an installed package has neither, and carries its out/ ready made. */
function isCheckout() {
  return existsSync(join(root, 'electron.vite.config.ts')) && !root.split(sep).includes('node_modules');
}

/** The `node` package that npm installed with Slipway, as a child: same streams, same signals, same exit code. */
function runOnOwnNode() {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(node)) {
    fail(
      'NODE_TOO_OLD',
      `Slipway needs Node ${NEEDED_MAJOR} or newer; this is ${process.version}.`,
      'In a checkout run "npm ci", which brings the right Node; otherwise update Node from https://nodejs.org.',
    );
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => fail('NODE_NOT_STARTED', error.message, 'Run "npm ci" again.'));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
    } else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}

/** A failure before the program itself runs, in the shape that it gives its own. */
function fail(code, message, hint) {
  process.exitCode = 1;
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ error: { code, message, hint, details: {} } })}\n`);
  } else {
    process.stderr.write(`${message}\n${hint}\n`);
  }
}
