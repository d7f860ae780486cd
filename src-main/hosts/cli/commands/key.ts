import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { ApiClient } from '#contract/api.ts';
import type { Key, KeyProject } from '#contract/models/key.ts';
import { AppError, reasonOf, systemErrorCode } from '#core/app-error.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { counted, keyValues, table } from '../format.ts';
import type { Output } from '../output.ts';
import { withSession } from '../session.ts';

export async function runKeyCreate(
  { arguments: [name] }: ParsedCommand<'key create'>,
  context: CommandContext,
): Promise<number> {
  printKey(context.output, await withSession(context, ({ api }) => api.keys.create({ name })));
  return 0;
}

export async function runKeyImport(
  { arguments: [name], options: { file } }: ParsedCommand<'key import'>,
  context: CommandContext,
): Promise<number> {
  const source = { kind: 'file', path: resolve(file) } as const;
  printKey(context.output, await withSession(context, ({ api }) => api.keys.import({ name, source })));
  return 0;
}

export async function runKeyList(_: ParsedCommand<'key list'>, context: CommandContext): Promise<number> {
  const keys = await withSession(context, ({ api }) => api.keys.list({}));
  const { output } = context;
  output.json(keys);
  if (keys.length === 0) output.text('There are no keys yet. Create one with `slipway key create NAME`.');
  else {
    const rows = keys.map((key) => [
      key.name,
      key.keyId,
      key.hasPrivate ? 'private' : 'public only',
      key.usedBy.releases.length,
      key.usedBy.devices.length,
    ]);
    output.text(table(['NAME', 'KEY ID', 'HAS', 'RELEASES', 'DEVICES'], rows));
  }
  return 0;
}

export async function runKeyShow(
  { arguments: [name] }: ParsedCommand<'key show'>,
  context: CommandContext,
): Promise<number> {
  const { key, projects } = await withSession(context, async ({ api }) => {
    const found = await api.keys.get({ name });
    const all = await api.keys.projects({});
    return { key: found, projects: all.filter(({ keyId }) => keyId === found.keyId) };
  });
  printKey(context.output, key, projects);
  return 0;
}

export async function runKeyExport(
  { arguments: [name], options }: ParsedCommand<'key export'>,
  context: CommandContext,
): Promise<number> {
  const out = options.out === undefined ? undefined : resolve(options.out);
  const { output } = context;
  const pem = await withSession(context, async ({ api }) => {
    if (!options.private) return (await api.keys.get({ name })).publicPem;
    if (out === undefined) return privatePemOf(api, name);
    await api.keys.exportPrivate({ name, out });
    return null;
  });
  if (out !== undefined && pem !== null) await writeNew(out, pem);
  if (out === undefined) {
    output.json({ name, pem });
    output.text(pem?.trimEnd() ?? '');
  } else {
    output.json({ name, path: out });
    output.text(`${out} written.`);
  }
  return 0;
}

/** The core hands private parts out as files only, so that none crosses a boundary as a value; here one is wanted on stdout. */
async function privatePemOf(api: ApiClient, name: string): Promise<string> {
  // Made by the system for this user alone.
  const folder = await mkdtemp(join(tmpdir(), 'slipway-key-'));
  try {
    const { path } = await api.keys.exportPrivate({ name, out: join(folder, 'key.pem') });
    return await readFile(path, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw new AppError('OUTPUT_EXISTS', { path }, { cause: error });
    throw new AppError('OUTPUT_UNWRITABLE', { path, reason: reasonOf(error) }, { cause: error });
  }
}

export async function runKeyRename(
  { arguments: [name, newName] }: ParsedCommand<'key rename'>,
  context: CommandContext,
): Promise<number> {
  printKey(context.output, await withSession(context, ({ api }) => api.keys.rename({ name, newName })));
  return 0;
}

export async function runKeyDelete(
  { arguments: [name], options: { force } }: ParsedCommand<'key delete'>,
  context: CommandContext,
): Promise<number> {
  const key = await withSession(context, ({ api }) => api.keys.delete({ name, force }));
  const releases = key.usedBy.releases.length;
  context.output.json(toJson(key));
  context.output.text(
    `Deleted ${key.name}. ${counted(releases, 'release')} ${releases === 1 ? 'was' : 'were'} encrypted with it.`,
  );
  return 0;
}

function printKey(output: Output, key: Key, projects: readonly KeyProject[] = []): void {
  output.json({ ...toJson(key), ...(projects.length === 0 ? {} : { projects }) });
  output.text(
    keyValues([
      ['name', key.name],
      ['key id', key.keyId],
      ['fingerprint', key.fingerprint],
      ['bits', key.bits],
      ['private part', key.hasPrivate ? 'here, sealed' : 'not here'],
      ['created', key.createdAt],
      ['releases', key.usedBy.releases.length],
      ['apps', key.usedBy.apps.join(', ') || 'none'],
      ['devices', key.usedBy.devices.length],
      ...projects.map(({ configPath }) => ['in the config', configPath] as const),
    ]),
  );
}

/** Keys as in design/command-line.md §3, and what else a script may want. */
function toJson({ name, keyId, fingerprint, bits, createdAt, usedBy, hasPrivate }: Key): object {
  return { name, keyId, fingerprint, bits, createdAt, usedBy, hasPrivate };
}
