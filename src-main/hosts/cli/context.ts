import type { ProgramFiles } from '#hosts/shared/program-files.ts';

import type { Output, Streams } from './output.ts';

/** What every command gets besides its own options. */
export type CommandContext = {
  /** Absolute. */
  readonly dataDir: string;
  readonly files: ProgramFiles;
  readonly streams: Streams;
  readonly output: Output;
  /** Aborted by Ctrl-C, SIGTERM, or a reader that went away. */
  readonly signal: AbortSignal;
};

/** Resolves to the exit code. */
export type RunCommand<Parsed> = (parsed: Parsed, context: CommandContext) => Promise<number>;
