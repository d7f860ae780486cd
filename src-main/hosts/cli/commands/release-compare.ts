import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { FileDiff, ReleaseDiff } from '#contract/models/delta.ts';
import { describeCostHint } from '#contract/texts/cost-texts.ts';
import { AppError, asStorageError, reasonOf } from '#core/app-error.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { bytesText, counted, printable, table } from '../format.ts';
import { withSession } from '../session.ts';

const HEAVIEST_SHOWN = 5;

export async function runReleaseCost(
  { arguments: [release], options: { app: appId } }: ParsedCommand<'release cost'>,
  context: CommandContext,
): Promise<number> {
  const cost = await withSession(context, ({ api }) => api.releases.cost({ appId, release }));
  const { output } = context;
  const hints = cost.hints.map((hint) => Object.assign({}, hint, describeCostHint(hint)));
  output.json({ ...cost, hints });
  output.text(`Whole bundle: ${bytesText(cost.zipBytes)}, ${counted(cost.files, 'file')}.`);
  if (cost.delta) output.text(`File by file: ${bytesText(cost.delta.bytes)} for a device that has none of them.`);
  if (cost.from.length > 0) {
    const rows = cost.from.map(({ version, devices, deltaDevices, delta }) => [
      version ?? 'store',
      devices,
      deltaDevices,
      delta && `${delta.files}`,
      delta && bytesText(delta.bytes),
    ]);
    output.text(table(['RUNS', 'DEVICES', 'TAKE FILES', 'FILES', 'EACH FETCHES'], rows));
  }
  const heaviest = cost.heaviest.slice(0, HEAVIEST_SHOWN);
  output.text(
    table(
      ['HEAVIEST', 'DOWNLOAD', 'FILE'],
      heaviest.map(({ path, bytes, sizeBytes }) => [path, bytesText(bytes), bytesText(sizeBytes)]),
    ),
  );
  for (const { message, fix } of hints) output.text(`${message}\n  ${fix}`);
  return 0;
}

export async function runReleaseDiff(
  { arguments: [from, to], options: { app: appId, file, out } }: ParsedCommand<'release diff'>,
  context: CommandContext,
): Promise<number> {
  const { output } = context;
  if (file !== undefined) {
    const found = await withSession(context, ({ api }) => api.releases.diffFile({ appId, from, to, path: file }));
    const text = patchText(found, file);
    if (out !== undefined) await write(out, text);
    output.json(out === undefined ? found : { ...found, path: resolve(out) });
    output.text(out === undefined ? text : `Written to ${resolve(out)}.`);
    return 0;
  }
  const diff = await withSession(context, ({ api }) => api.releases.diff({ appId, from, to }));
  if (out !== undefined) await write(out, `${JSON.stringify(diff, null, 2)}\n`);
  output.json(diff);
  if (out === undefined) showDiff(diff, output);
  else output.text(`Written to ${resolve(out)}.`);
  return 0;
}

function showDiff(diff: ReleaseDiff, output: CommandContext['output']): void {
  const { added, changed, removed, unchanged, deltaFiles, deltaBytes, zipBytes } = diff;
  const rows = [
    ...added.map((file) => ['added', file.path, bytesText(file.sizeBytes), optional(file.deltaBytes)]),
    ...changed.map((file) => ['changed', file.path, bytesText(file.sizeBytes), optional(file.deltaBytes)]),
    ...removed.map((file) => ['removed', file.path, bytesText(file.sizeBytes), null]),
  ];
  if (rows.length > 0) output.text(table(['', 'FILE', 'SIZE', 'DOWNLOAD'], rows));
  output.text(`${added.length} added, ${changed.length} changed, ${removed.length} removed, ${unchanged} unchanged.`);
  output.text(
    deltaBytes === null || deltaFiles === null
      ? `${diff.to.version} has no delta: a device fetches ${bytesText(zipBytes)}.`
      : `A device on ${diff.from.version} fetches ${counted(deltaFiles, 'file')}, ${bytesText(deltaBytes)}; the whole bundle has ${bytesText(zipBytes)}.`,
  );
}

function optional(bytes: number | null): string | null {
  return bytes === null ? null : bytesText(bytes);
}

function patchText(diff: FileDiff, path: string): string {
  const name = printable(path);
  switch (diff.kind) {
    case 'text':
      return diff.isCut ? `${diff.patch}\n(cut here)` : diff.patch;
    case 'same':
      return `${name} is the same in both.`;
    case 'binary':
      return `${name} is no text.`;
    case 'too_large':
      return `${name} is larger than ${bytesText(diff.limitBytes)}.`;
    case 'sealed':
      return `${name} is encrypted with a key that is not in the vault.`;
    case 'absent':
      return `Neither release has ${name}.`;
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const storage = asStorageError(error);
    if (storage instanceof AppError) throw storage;
    throw new AppError('OUTPUT_UNWRITABLE', { path, reason: reasonOf(error) }, { cause: error });
  }
}
