import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const launcher = join(root, 'src-main/hosts/launcher/slipway.mjs');
const starter = join(root, 'src-main/hosts/launcher/start.ts');
const run = promisify(execFile);

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-launcher-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('the slipway command (command-line.md §1, §2)', () => {
  it('leaves standard output to the answer', async () => {
    const { stdout } = await run(process.execPath, [launcher, 'app', 'list', '--json', '--data-dir', dataDir]);
    expect(JSON.parse(stdout)).toEqual([]);
  });

  it('keeps the exit code of wrong usage', async () => {
    await expect(run(process.execPath, [launcher, 'no-such-command', '--json'])).rejects.toMatchObject({ code: 2 });
  });

  it('runs on an older Node by the one that it brings along', async (context) => {
    const older = await findOlderNode();
    if (older === null) return context.skip('no Node older than 24 is installed');
    const { stdout } = await run(older, [launcher, 'app', 'list', '--json', '--data-dir', dataDir]);
    expect(JSON.parse(stdout)).toEqual([]);
    await expect(run(older, [launcher, 'no-such-command', '--json'])).rejects.toMatchObject({ code: 2 });
  });

  it('hands SIGTERM on from an older Node, and the host closes cleanly', async (context) => {
    const older = await findOlderNode();
    if (older === null) return context.skip('no Node older than 24 is installed');
    const ports = ['--port', '0', '--control-port', '0'];
    const child = spawn(older, [launcher, 'serve', ...ports, '--data-dir', dataDir, '--json']);
    await outputMatching(child, /"ready"/);
    expect(await end(child)).toBe(0);
  });
});

describe.skipIf(process.platform !== 'linux')('npm start (command-line.md §1)', () => {
  it('says in one line that there is no display, prints the address, and ends cleanly', async () => {
    const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...environment } = process.env;
    const ports = ['--port', '0', '--control-port', '0'];
    const child = spawn(process.execPath, [starter, ...ports, '--data-dir', dataDir], { cwd: root, env: environment });
    const output = await outputMatching(child, /Ctrl-C/);
    expect(output.split('\n').filter((line) => line.includes('because'))).toEqual([
      'Slipway runs without a window, because there is no display.',
    ]);
    const address = /http:\S+/.exec(output)?.[0] ?? '';
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(await end(child)).toBe(0);
  });

  it('opens the desktop window where there is an Electron, and ends as it ends', async () => {
    const { stdout, code } = await startWithElectron('echo "window $*"; exit 0');
    expect(stdout).toMatch(/^Slipway opens in its own window: Electron \S+ is installed\.\nwindow \//);
    expect(code).toBe(0);
  });

  it('goes on in the browser when Electron cannot start, and says why', async () => {
    const child = await spawnWithElectron('exit 133');
    const output = await outputMatching(child, /Ctrl-C/);
    expect(output).toContain('Slipway opens in your browser, because Electron ended at once with code 133.');
    expect(output).toMatch(/Its address: http:\S+\?token=/);
    expect(await end(child)).toBe(0);
  });
});

/** `npm start` with a display that is not there and a shell script for an Electron. No browser is on the path. */
async function spawnWithElectron(script: string): Promise<ChildProcess> {
  const dist = join(dataDir, 'electron');
  await mkdir(dist);
  await writeFile(join(dist, 'electron'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const environment = { ...process.env, DISPLAY: ':none', PATH: dist, ELECTRON_OVERRIDE_DIST_PATH: dist };
  const flags = ['--port', '0', '--control-port', '0', '--data-dir', dataDir];
  return spawn(process.execPath, [starter, ...flags], { cwd: root, env: environment });
}

async function startWithElectron(script: string): Promise<{ stdout: string; code: number | null }> {
  const child = await spawnWithElectron(script);
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { stdout, code };
}

/** A Node before 24 on the path; on most machines the only one is the one of node_modules. */
async function findOlderNode(): Promise<string | null> {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  for (const folder of folders) {
    const candidate = join(folder, 'node');
    try {
      const { stdout } = await run(candidate, ['--version']);
      const major = Number.parseInt(stdout.slice(1), 10);
      if (major >= 20 && major < 24) return candidate;
    } catch {
      // Not there.
    }
  }
  return null;
}

function outputMatching(child: ChildProcess, pattern: RegExp): Promise<string> {
  let output = '';
  let errors = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (pattern.test(output)) resolve(output);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.once('close', () => reject(new Error(`It ended first.\n${output}\n${errors}`)));
  });
}

function end(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.removeAllListeners('close');
    child.once('close', resolve);
    child.kill('SIGTERM');
  });
}
