import { reasonOf } from '#core/app-error.ts';
import { locateDataDir } from '#hosts/shared/data-dir.ts';
import { locateProgramFiles, programVersion } from '#hosts/shared/program-files.ts';

import type { CommandName } from './command-table.ts';
import { createOutput, type Output, type Streams } from './output.ts';
import { parseCommandLine, wantsJson, type ParsedLine } from './parse-arguments.ts';

export type CliStart = Streams & {
  /** Without program and script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Stops the command: Ctrl-C, SIGTERM. */
  readonly signal: AbortSignal;
};

/** Runs one command line to its end, its output handed over. Resolves to the exit code. Never rejects. */
export async function runCli(start: CliStart): Promise<number> {
  const stop = new AbortController();
  const signal = AbortSignal.any([start.signal, stop.signal]);
  let isReaderGone = false;
  const output = createOutput(start, wantsJson(start.argv), () => {
    isReaderGone = true;
    stop.abort();
  });
  let exitCode: number;
  try {
    exitCode = await act(parseCommandLine(start.argv), start, output, signal);
  } catch (error) {
    exitCode = await report(error, output);
  }
  const lost = await output.flush();
  if (lost) {
    output.note(`The answer could not be written: ${reasonOf(lost)}.`);
    await output.flush();
    return Math.max(exitCode, 1);
  }
  // Who closed the pipe has what they wanted.
  return isReaderGone ? 0 : exitCode;
}

/** For a failure that no code waited for. */
export async function reportCrash(error: unknown, argv: readonly string[], streams: Streams): Promise<void> {
  const output = createOutput(streams, wantsJson(argv), () => undefined);
  await report(error, output);
  await output.flush();
}

/** Resolves to the exit code. */
async function report(error: unknown, output: Output): Promise<number> {
  // Loaded here: the sentences of all errors are not needed by commands that succeed.
  const { failureOf, printFailure } = await import('./failure.ts');
  const failure = failureOf(error);
  printFailure(output, failure);
  return failure.exitCode;
}

async function act(line: ParsedLine, start: CliStart, output: Output, signal: AbortSignal): Promise<number> {
  const { action } = line;
  if (action.kind === 'version') {
    output.json({ version: programVersion });
    output.text(programVersion);
    return 0;
  }
  if (action.kind !== 'run') {
    const { commandHelp, generalHelp, groupHelp } = await import('./help.ts');
    const ofCommand = (command: CommandName | null) =>
      command === null ? generalHelp(programVersion) : commandHelp(command);
    const text = action.kind === 'group-help' ? groupHelp(action.group) : ofCommand(action.command);
    output.json({ help: text });
    output.text(text);
    return 0;
  }
  const { runCommand } = await import('./run-command.ts');
  return await runCommand(action.command, action.parsed, {
    // Asked for by commands that need one: `check`, `zip` and `demo` work for users without a home folder, too.
    get dataDir() {
      return locateDataDir({ option: line.dataDir, env: start.env });
    },
    files: locateProgramFiles(),
    streams: start,
    output,
    signal,
  });
}
