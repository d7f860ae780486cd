import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { backupResultSchema, restoreResultSchema } from '#contract/models/storage.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { bytesText, counted, printable } from '../format.ts';
import { readPassphrase } from '../passphrase.ts';
import { runJob } from '../run-job.ts';
import { withSession } from '../session.ts';

export async function runBackup({ options }: ParsedCommand<'backup'>, context: CommandContext): Promise<number> {
  const out = resolve(options.out);
  const passphrase = await passphraseFor(options, { isNew: true }, context);
  const result = await withSession(context, (session) =>
    runJob(session, () => session.api.storage.backup({ out, passphrase }), context),
  );
  const saved = backupResultSchema.parse(result);
  const { output } = context;
  output.json(saved);
  const { path, bytes, files, releases, keys, hasPrivateKeys, leftOut } = saved;
  const held = [counted(releases, 'release'), counted(files, 'file'), counted(keys, 'key')].join(', ');
  output.text(`${printable(path)}: ${bytesText(bytes)}, ${held}.`);
  if (keys > 0 && !hasPrivateKeys) {
    output.note(
      'Private keys in it open on this machine only. With --with-keys they can move, sealed with a passphrase.',
    );
  }
  if (leftOut > 0) {
    const left = `${counted(leftOut, 'missing or damaged file')} ${leftOut === 1 ? 'is' : 'are'}`;
    output.note(`${left} not in it: see \`slipway verify\`.`);
  }
  return 0;
}

export async function runRestore(
  { arguments: [file], options }: ParsedCommand<'restore'>,
  context: CommandContext,
): Promise<number> {
  const path = resolve(file);
  const passphrase = await passphraseFor(options, { isNew: false }, context);
  const { output, dataDir } = context;
  if (!existsSync(dataDir)) {
    // Opening a session makes the folder, which a refused restore would leave behind.
    const { tryBackup } = await import('#core/backup/open-backup.ts');
    await tryBackup(path, passphrase);
  }
  const staged = await withSession(context, async (session) => {
    const start = () => session.api.storage.restore({ path, passphrase, force: options.force });
    const result = restoreResultSchema.parse(await runJob(session, start, context));
    const { hostKind } = await session.api.server.status({});
    // A program that runs one command ends with it: the next one finds the restored folder.
    return { ...result, isWaitingForRestart: hostKind !== 'cli' };
  });
  if (!staged.isWaitingForRestart) await withSession(context, ({ api }) => api.apps.list({}));
  output.json(staged);
  const { apps, releases, keysSealed, aside, createdAt } = staged;
  const done = staged.isWaitingForRestart ? 'is ready and takes effect when Slipway is started again' : 'was restored';
  output.text(`The backup of ${createdAt} (${counted(apps, 'app')}, ${counted(releases, 'release')}) ${done}.`);
  if (aside !== null) output.text(`What was here before: ${printable(aside)}`);
  if (keysSealed.length > 0) {
    output.note(
      `The private part of ${keysSealed.map(printable).join(', ')} does not open on this machine. Import it again with \`slipway key import\`, or restore with the passphrase of the backup.`,
    );
  }
  return 0;
}

/** Asked for only where keys are wanted: most backups do without. */
async function passphraseFor(
  options: { readonly 'with-keys': boolean; readonly 'passphrase-file': string | undefined },
  kind: { readonly isNew: boolean },
  context: CommandContext,
): Promise<string | null> {
  if (!options['with-keys'] && options['passphrase-file'] === undefined) return null;
  return await readPassphrase(options['passphrase-file'], kind, context);
}
