import { join } from 'node:path';

import { pino } from 'pino';

import type { Logger } from '#core/ports.ts';

import { redactFields, redactLine } from './redact.ts';
import { openRotatingFile } from './rotating-file.ts';

export type FileLogger = Logger & AsyncDisposable;

const MAX_FILE_BYTES = 5 * 1024 * 1024;
const KEPT_FILES = 3;

/** Structured log in `logs/slipway.log` of the data folder; one JSON object a line, secrets taken out. */
export function createFileLogger(
  dataDir: string,
  base: { readonly hostKind: string; readonly version: string },
): FileLogger {
  const file = openRotatingFile({
    path: join(dataDir, 'logs', 'slipway.log'),
    maxBytes: MAX_FILE_BYTES,
    keep: KEPT_FILES,
  });
  const log = pino(
    {
      level: levelFromEnvironment(),
      base: { ...base, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: (fields) => redactFields(fields) as Record<string, unknown> },
    },
    { write: (line: string) => file.write(redactLine(line)) },
  );
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

function levelFromEnvironment(): string {
  const wanted = process.env['SLIPWAY_LOG_LEVEL'];
  return wanted !== undefined && ['debug', 'info', 'warn', 'error', 'silent'].includes(wanted) ? wanted : 'info';
}
