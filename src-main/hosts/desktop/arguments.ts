import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What a start of the desktop program was given. */
export type DesktopArguments = {
  readonly dataDir: string | undefined;
  /** For this run only; the settings decide what is left open. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** Absolute; not all need to exist, since Chromium's own switches are among the arguments. */
  readonly paths: readonly string[];
};

/** Reads arguments without program and entry. What is unknown belongs to Chromium and is passed over. */
export function readArguments(args: readonly string[], workingDir: string): DesktopArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options: { 'data-dir': { type: 'string' }, host: { type: 'string' }, port: { type: 'string' } },
  });
  const port = Number(values.port);
  return {
    dataDir: textOf(values['data-dir']),
    host: textOf(values.host),
    port: textOf(values.port) !== undefined && Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : undefined,
    paths: positionals.map((path) => resolve(workingDir, path)),
  };
}

function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Those of the paths that are files or folders here. */
export async function existingPaths(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        () => path,
        () => undefined,
      ),
    ),
  );
  return found.filter((path) => path !== undefined);
}
