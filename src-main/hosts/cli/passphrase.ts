import { createInterface } from 'node:readline/promises';
import { Writable, type Readable } from 'node:stream';

import { AppError } from '#core/app-error.ts';
import { readKeyFile } from '#core/keys/key-files.ts';

import type { CommandContext } from './context.ts';
import { UsageError } from './usage-error.ts';

/**
 * A passphrase from a file's first line, else from SLIPWAY_PASSPHRASE, else asked for on the terminal without showing
 * it; a new one is asked for twice. Never an argument: other users can see those.
 */
export async function readPassphrase(
  file: string | undefined,
  { isNew }: { readonly isNew: boolean },
  { streams, signal }: Pick<CommandContext, 'streams' | 'signal'>,
): Promise<string> {
  if (file !== undefined) return (await readKeyFile(file)).split(/\r?\n/, 1)[0] ?? '';
  const fromEnvironment = process.env.SLIPWAY_PASSPHRASE;
  if (fromEnvironment) return fromEnvironment;
  if (!process.stdin.isTTY) {
    throw new UsageError('A passphrase is missing.', 'Give --passphrase-file F, or set SLIPWAY_PASSPHRASE.');
  }
  const terminal = { input: process.stdin, stderr: streams.stderr, signal };
  const first = await ask('Passphrase: ', terminal);
  if (isNew && (await ask('Again: ', terminal)) !== first) {
    throw new UsageError('The two passphrases differ.', 'Type the same one twice.');
  }
  return first;
}

type Terminal = {
  readonly input: Readable;
  readonly stderr: Writable;
  readonly signal: AbortSignal;
};

/** Asks for a line without showing it. Rejects with `CANCELLED`, also at Ctrl-C and at the end of the input. */
export async function ask(question: string, { input, stderr, signal }: Terminal): Promise<string> {
  // readline echoes what is typed to its output; this one swallows it.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const ended = new AbortController();
  using prompt = createInterface({ input, output: silent, terminal: true });
  // An answer settles the question before the close that follows it.
  prompt.once('close', () => ended.abort());
  stderr.write(question);
  try {
    return await prompt.question('', { signal: AbortSignal.any([signal, ended.signal]) });
  } catch (error) {
    throw new AppError('CANCELLED', {}, { cause: error });
  } finally {
    stderr.write('\n');
  }
}
