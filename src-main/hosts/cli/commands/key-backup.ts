import { resolve } from 'node:path';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { counted } from '../format.ts';
import { readPassphrase } from '../passphrase.ts';
import { withSession } from '../session.ts';

export async function runKeyBackup({ options }: ParsedCommand<'key backup'>, context: CommandContext): Promise<number> {
  const out = resolve(options.out);
  const passphrase = await readPassphrase(options['passphrase-file'], { isNew: true }, context);
  const saved = await withSession(context, ({ api }) => api.keys.backup({ out, passphrase }));
  context.output.json(saved);
  context.output.text(`${saved.path}: ${counted(saved.keys, 'key')}. Nobody can open it without the passphrase.`);
  return 0;
}

export async function runKeyRestore(
  { arguments: [file], options }: ParsedCommand<'key restore'>,
  context: CommandContext,
): Promise<number> {
  const passphrase = await readPassphrase(options['passphrase-file'], { isNew: false }, context);
  const restored = await withSession(context, ({ api }) => api.keys.restore({ path: resolve(file), passphrase }));
  context.output.json(restored);
  context.output.text(`${counted(restored.added.length, 'key')} added, ${restored.kept.length} already here.`);
  return 0;
}
