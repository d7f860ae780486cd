import { randomBytes } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

import { AppError, asStorageError, reasonOf } from '#core/app-error.ts';
import type { ConfigFragment } from '#core/connect/config-fragment.ts';

import type { SettingValue } from './config-edit.ts';
import { ConfigEditError, setConfigValues } from './config-edit.ts';
import { ConfigSyntaxError, parseConfig } from './config-source.ts';
import { settingAt, textOf } from './project.ts';
import type { LoadedConfig } from './read-project.ts';
import { readCapacitorConfig } from './read-project.ts';
import { readSmallFile } from './small-file.ts';

export type ConfigChangeInput = {
  /** The project's folder, or its config file. */
  readonly dir: string;
} & (
  | {
      /** The app whose URLs the fragment has: pinned in the config when the project's own id is another. */
      readonly appId: string;
      readonly fragment: ConfigFragment;
    }
  /** Settings of the updater to change, and nothing else. */
  | { readonly values: Readonly<Record<string, SettingValue>> }
);

export type ConfigChange = {
  readonly path: string;
  /** Unified diff with three lines of context; empty when nothing changes. */
  readonly diff: string;
  readonly newText: string;
  /** SHA-256 of the file as it is now; `applyConfigChange` takes it back. */
  readonly hash: string;
  readonly isChanged: boolean;
};

const updaterPath = ['plugins', 'CapacitorUpdater'] as const;

/**
 * What pointing a project at this machine would change in its config. Writes nothing.
 * Throws `PROJECT_NOT_FOUND`, `PROJECT_CONFIG_UNREADABLE`, `PROJECT_CONFIG_NOT_PATCHABLE`.
 */
export async function previewConfigChange(input: ConfigChangeInput): Promise<ConfigChange> {
  const loaded = await readCapacitorConfig(input.dir);
  const { path, file } = loaded;
  const newText = await changedText(loaded, input);
  const isChanged = newText !== file.text;
  const name = basename(path);
  const diff = isChanged
    ? createTwoFilesPatch(name, name, file.text, newText, '', '', { context: 3, headerOptions: FILE_HEADERS_ONLY })
    : '';
  return { path, diff, newText, hash: file.hash, isChanged };
}

/**
 * Writes the change. With `hash` only if the file is still the one that was previewed (`PROJECT_CONFIG_CHANGED`).
 * The file is replaced in one step: it holds the old text or the new one, never a part.
 */
export async function applyConfigChange(
  input: ConfigChangeInput & { readonly hash?: string | undefined },
): Promise<ConfigChange & { readonly written: boolean }> {
  const change = await previewConfigChange(input);
  if (input.hash !== undefined && input.hash !== change.hash) {
    throw new AppError('PROJECT_CONFIG_CHANGED', { path: change.path });
  }
  if (!change.isChanged) return { ...change, written: false };
  await replaceConfig(change);
  return { ...change, written: true };
}

async function changedText({ path, source }: LoadedConfig, input: ConfigChangeInput): Promise<string> {
  const values = 'values' in input ? input.values : pointingValues(source, input);
  try {
    const text = setConfigValues(source, updaterPath, values);
    await requireEffect(text, source.syntax, values);
    return text;
  } catch (error) {
    if (error instanceof ConfigEditError || error instanceof ConfigSyntaxError) {
      throw new AppError('PROJECT_CONFIG_NOT_PATCHABLE', { path, reason: error.message }, { cause: error });
    }
    throw error;
  }
}

/** What points a project at this machine, as far as its config does not already. */
function pointingValues(
  source: LoadedConfig['source'],
  { appId, fragment }: Extract<ConfigChangeInput, { readonly fragment: ConfigFragment }>,
): Record<string, SettingValue> {
  const { appId: pinned, autoUpdate, ...rest } = fragment.config.plugins.CapacitorUpdater;
  const values: Record<string, SettingValue> = { ...rest };
  // A mode that already updates (`atInstall`, `always`, …) is the developer's choice and stays.
  const mode = settingAt(source.root, ...updaterPath, 'autoUpdate');
  if (mode.state === 'missing' || isAutoUpdateOff(mode)) values['autoUpdate'] = autoUpdate;

  const own = settingAt(source.root, ...updaterPath, 'appId');
  const effective = own.state === 'missing' ? settingAt(source.root, 'appId') : own;
  if (textOf(effective) !== appId && effective.state !== 'computed') values['appId'] = pinned ?? appId;
  return values;
}

const offValues: ReadonlySet<unknown> = new Set([false, 'false', 'off', null]);

/** Whether this value of `autoUpdate` keeps the app from checking. Source: protocol/clients.md §9.3. */
export function isAutoUpdateOff(setting: ReturnType<typeof settingAt>): boolean {
  return setting.state === 'set' && offValues.has(setting.value);
}

/** Reads the new text as Capacitor will: a change that does not come out as meant is not offered. */
async function requireEffect(
  text: string,
  syntax: 'json' | 'script',
  values: Readonly<Record<string, SettingValue>>,
): Promise<void> {
  const { root } = await parseConfig(text, syntax);
  for (const [key, value] of Object.entries(values)) {
    const setting = settingAt(root, ...updaterPath, key);
    if (setting.state !== 'set' || setting.value !== value) throw new ConfigEditError(`its layout hides ${key}`);
  }
}

async function replaceConfig(change: ConfigChange): Promise<void> {
  const { path } = change;
  // A link is not followed: what it leads to may belong to another project, and replacing it would cut it.
  if ((await lstat(path)).isSymbolicLink()) {
    throw new AppError('PROJECT_CONFIG_NOT_PATCHABLE', { path, reason: 'it is a link to another place' });
  }
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(async () => await rm(temporary, { force: true }));
  try {
    const current = await readSmallFile(path);
    if (current.hash !== change.hash) throw new AppError('PROJECT_CONFIG_CHANGED', { path });
    {
      await using file = await open(temporary, 'wx', current.mode);
      await file.writeFile((current.hasBom ? '\uFEFF' : '') + change.newText, 'utf8');
      // The umask may have taken bits that the old file had.
      await file.chmod(current.mode);
      await file.sync();
    }
    await rename(temporary, path);
  } catch (error) {
    const known = asStorageError(error);
    if (known instanceof AppError) throw known;
    const reason = `it cannot be written (${reasonOf(error)})`;
    throw new AppError('PROJECT_CONFIG_NOT_PATCHABLE', { path, reason }, { cause: error });
  }
}
