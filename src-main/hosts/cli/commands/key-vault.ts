import type { VaultStatus } from '#contract/models/key.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { readPassphrase } from '../passphrase.ts';
import { withSession } from '../session.ts';

const words: Readonly<Record<VaultStatus['kind'], string>> = {
  keychain: "The system's keychain seals the private keys.",
  file: 'The private keys are sealed under a file of the data folder that only this user can read.',
  passphrase: 'The private keys are sealed with a passphrase.',
  undecided: 'Nobody has chosen yet how the private keys are kept.',
};

export async function runKeyProtect(
  { options }: ParsedCommand<'key protect'>,
  context: CommandContext,
): Promise<number> {
  const passphrase = await readPassphrase(options['passphrase-file'], { isNew: true }, context);
  return print(context, await withSession(context, ({ api }) => api.vault.protect({ passphrase })));
}

export async function runKeyUnprotect(_: ParsedCommand<'key unprotect'>, context: CommandContext): Promise<number> {
  return print(context, await withSession(context, ({ api }) => api.vault.unprotect({})));
}

export async function runKeyUnlock({ options }: ParsedCommand<'key unlock'>, context: CommandContext): Promise<number> {
  const passphrase = await readPassphrase(options['passphrase-file'], { isNew: false }, context);
  return print(context, await withSession(context, ({ api }) => api.vault.unlock({ passphrase })));
}

export async function runKeyLock(_: ParsedCommand<'key lock'>, context: CommandContext): Promise<number> {
  return print(context, await withSession(context, ({ api }) => api.vault.lock({})));
}

function print({ output }: CommandContext, status: VaultStatus): number {
  output.json(status);
  output.text(words[status.kind] + (status.isLocked ? ' They are locked.' : ''));
  return 0;
}
