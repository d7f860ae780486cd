import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { ApiClient } from '#contract/api.ts';
import { createApiClient } from '#contract/client.ts';
import type { Reply } from '#contract/errors.ts';

export const program = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));
const READY_MS = 30_000;
const STOP_MS = 15_000;

/** The `ready` line of `serve --json`. */
export type ReadyLine = {
  readonly event: 'ready';
  readonly device: { readonly host: string; readonly port: number; readonly urls: readonly string[] };
  readonly control: { readonly url: string; readonly token: string } | null;
  readonly dataDir: string;
  readonly version: string;
};

export type CommandResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunningHost = AsyncDisposable & {
  readonly ready: ReadyLine;
  readonly dataDir: string;
  /** Address of the interface that signs its opener in. */
  readonly signInUrl: string;
  /** `http://127.0.0.1:PORT` of the device listener. */
  readonly deviceOrigin: string;
  /** The control API, as the interface calls it. */
  readonly api: ApiClient;
  /** Everything the host wrote to standard error so far. */
  log(): string;
  /** Runs a command on the same data folder with `--json` and parses its answer. Rejects on another exit code than 0. */
  command<T>(...arguments_: string[]): Promise<T>;
  /** SIGTERM, then the exit code. Removes the data folder when the host was given none. */
  stop(): Promise<number>;
};

export type HostOptions = {
  /** A folder of the test's own; without it there is a temporary one. */
  readonly dataDir?: string;
  /** Port of the user interface; a free one without it. */
  readonly controlPort?: number;
  /** Further arguments of `serve`. */
  readonly extra?: readonly string[];
};

/** Starts the built headless host on free ports. Rejects with its output when it does not become ready. */
export async function startHost({ dataDir, controlPort = 0, extra = [] }: HostOptions = {}): Promise<RunningHost> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'slipway-host-')));
  const child = spawn(
    process.execPath,
    [program, 'serve', '--port', '0', '--control-port', String(controlPort), '--data-dir', folder, '--json', ...extra],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  const ended = exitOf(child);
  let stopping: Promise<number> | undefined;
  const stop = () => (stopping ??= end());

  async function end(): Promise<number> {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    try {
      return await ended;
    } finally {
      clearTimeout(timer);
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
    }
  }

  try {
    const ready = await Promise.race([
      readyLine(child),
      ended.then((code) => Promise.reject(new Error(`The host ended with ${code} before it was ready.\n${log}`))),
    ]);
    const { control } = ready;
    if (control === null) throw new Error('The host has no control listener.');
    const signInUrl = new URL(control.url);
    signInUrl.searchParams.set('token', control.token);
    return {
      ready,
      dataDir: folder,
      signInUrl: signInUrl.href,
      deviceOrigin: `http://127.0.0.1:${ready.device.port}`,
      api: createApiClient((path, input) => callOverHttp(control, path, input)),
      log: () => log,
      async command<T>(...arguments_: string[]) {
        const result = await runCommand([...arguments_, '--data-dir', folder, '--json']);
        if (result.exitCode === 0) return JSON.parse(result.stdout) as T;
        throw new Error(`slipway ${arguments_.join(' ')}: exit ${result.exitCode}\n${result.stdout}\n${result.stderr}`);
      },
      stop,
      async [Symbol.asyncDispose]() {
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function callOverHttp(control: NonNullable<ReadyLine['control']>, path: string, input: unknown): Promise<Reply> {
  const response = await fetch(new URL(`/api/${path}`, control.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${control.token}` },
    body: JSON.stringify(input),
  });
  return (await response.json()) as Reply;
}

/**
 * Runs the built command line. Never rejects for an exit code. Where a test names no data folder there is none: the
 * tester's own is not for tests.
 */
export async function runCommand(
  arguments_: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  user: { readonly uid?: number; readonly gid?: number } = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [program, ...arguments_], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SLIPWAY_DATA_DIR: join(program, 'none'), ...environment },
    ...user,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exitCode = await exitOf(child);
  return { exitCode, stdout, stderr };
}

/** Exit code; -1 when a signal ended it. */
function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
}

function readyLine(child: ChildProcess): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    const { stdout } = child;
    if (stdout === null) {
      reject(new Error('The host has no standard output.'));
      return;
    }
    const timer = setTimeout(() => reject(new Error(`The host was not ready after ${READY_MS} ms.`)), READY_MS);
    createInterface({ input: stdout }).on('line', (text) => {
      let line: ReadyLine;
      try {
        line = JSON.parse(text) as ReadyLine;
      } catch {
        clearTimeout(timer);
        reject(new Error(`The host wrote something that is not JSON: ${text}`));
        return;
      }
      if (line.event !== 'ready') return;
      clearTimeout(timer);
      resolve(line);
    });
  });
}
