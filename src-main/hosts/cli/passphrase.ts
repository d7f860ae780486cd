import { createInterface } from 'node:readline/promises';
import { Writable, type Readable } from 'node:stream';

import { AppError } from '#core/app-error.ts';
import { readKeyFile } from '#core/keys/key-files.ts';

import type { CommandContext } from './context.ts';
import { UsageError } from './usage-error.ts';

type Streams = Pick<CommandContext, 'streams' | 'signal'>;

/**
 * A passphrase from a file's first line, else from SLIPWAY_PASSPHRASE or the file that SLIPWAY_PASSPHRASE_FILE names,
 * else asked for on the terminal without showing it; a new one is asked for twice. Never an argument: other users can
 * see those.
 */
export async function readPassphrase(
  file: string | undefined,
  { isNew }: { readonly isNew: boolean },
  context: Streams,
): Promise<string> {
  const given = await givenPassphrase(file);
  if (given !== null) return given;
  if (!process.stdin.isTTY) {
    throw new UsageError(
      'A passphrase is missing.',
      'Give --passphrase-file F, or set SLIPWAY_PASSPHRASE or SLIPWAY_PASSPHRASE_FILE.',
    );
  }
  const first = await askOnTerminal('Passphrase: ', context);
  if (isNew && (await askOnTerminal('Again: ', context)) !== first) {
    throw new UsageError('The two passphrases differ.', 'Type the same one twice.');
  }
  return first;
}

/** A passphrase that needs nobody to type it; null when there is none. */
export async function givenPassphrase(file?: string): Promise<string | null> {
  const path = file ?? (process.env.SLIPWAY_PASSPHRASE ? undefined : process.env.SLIPWAY_PASSPHRASE_FILE);
  if (path) return (await readKeyFile(path)).split(/\r?\n/, 1)[0] ?? '';
  return process.env.SLIPWAY_PASSPHRASE || null;
}

/**
 * The passphrase of the vault for a command of its own: asked for only when a private part is wanted. A vault that has
 * nothing yet is put under one only when it was given: nobody is asked for what they did not ask for.
 */
export function vaultPassphrase(context: Streams): (need: { readonly isNew: boolean }) => Promise<string | null> {
  return async ({ isNew }) => {
    const given = await givenPassphrase();
    if (given !== null || isNew || !process.stdin.isTTY) return given;
    return askOnTerminal('Passphrase of the keys: ', context);
  };
}

function askOnTerminal(question: string, { streams, signal }: Streams): Promise<string> {
  return ask(question, { input: process.stdin, stderr: streams.stderr, signal });
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
