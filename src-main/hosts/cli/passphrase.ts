import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

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
    throw new UsageError('a passphrase is missing', 'Give --passphrase-file F, or set SLIPWAY_PASSPHRASE.');
  }
  const first = await ask('Passphrase: ', streams.stderr, signal);
  if (isNew && (await ask('Again: ', streams.stderr, signal)) !== first) {
    throw new UsageError('the two passphrases differ', 'Type the same one twice.');
  }
  return first;
}

async function ask(question: string, stderr: NodeJS.WritableStream, signal: AbortSignal): Promise<string> {
  // readline echoes what is typed to its output; this one swallows it.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  using prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
  stderr.write(question);
  try {
    return await prompt.question('', { signal });
  } finally {
    stderr.write('\n');
  }
}
