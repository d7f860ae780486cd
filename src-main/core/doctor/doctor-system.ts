import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

import { systemErrorCode } from '#core/app-error.ts';

/** What the doctor asks of the machine; tests supply their own. */
export type DoctorSystem = {
  readonly platform: NodeJS.Platform;
  /** Program that phones connect to, for firewall rules. */
  readonly programPath: string;
  /** Exit code and output; null when the program is missing or took too long. */
  run(command: string, args: readonly string[], signal?: AbortSignal): Promise<CommandResult | null>;
  /** Text of a system file, or null. */
  readText(path: string): Promise<string | null>;
  /** Status and the first kilobytes of a GET; null when nothing answers within the time. */
  get(url: string, signal?: AbortSignal): Promise<{ readonly status: number; readonly text: string } | null>;
  /** Whether a port can be opened: `free`, or the system's reason such as `EADDRINUSE`. */
  tryPort(host: string, port: number): Promise<string>;
};

export type CommandResult = { readonly exitCode: number; readonly output: string };

const COMMAND_TIME_LIMIT_MS = 3000;
const REQUEST_TIME_LIMIT_MS = 2000;

export const realDoctorSystem: DoctorSystem = {
  platform: process.platform,
  programPath: process.execPath,

  run(command, args, signal) {
    const { promise, resolve } = Promise.withResolvers<CommandResult | null>();
    const options = { timeout: COMMAND_TIME_LIMIT_MS, windowsHide: true, ...(signal ? { signal } : {}) };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      resolve(typeof exitCode === 'number' ? { exitCode, output: stdout + stderr } : null);
    });
    return promise;
  },

  async readText(path) {
    try {
      return await readFile(path, 'utf8');
    } catch {
      return null;
    }
  },

  async get(url, signal) {
    const limit = AbortSignal.timeout(REQUEST_TIME_LIMIT_MS);
    try {
      const response = await fetch(url, {
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
        redirect: 'manual',
      });
      return { status: response.status, text: (await response.text()).slice(0, 4096) };
    } catch {
      return null;
    }
  },

  async tryPort(host, port) {
    const { promise, resolve } = Promise.withResolvers<string>();
    const server = createServer();
    server.once('error', (error) => resolve(systemErrorCode(error) ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => resolve('free'));
    const outcome = await promise;
    if (server.listening) await new Promise<void>((done) => void server.close(() => done()));
    return outcome;
  },
};
