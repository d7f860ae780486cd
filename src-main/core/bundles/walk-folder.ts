import { Buffer, isUtf8 } from 'node:buffer';
import { constants, type Stats } from 'node:fs';
import { access, lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';

import { AppError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import type { BuildFile } from './build-file.ts';
import type { FindingList } from './finding-list.ts';
import { junkKind, type LeftOut } from './junk.ts';
import { nameProblems, refusedName } from './name-rules.ts';

/** More than any web build has; a mistaken drop of a whole disk ends here. */
export const MAXIMUM_FILES = 200_000;
/** Files asked about at once: enough to keep the system's threads busy. */
const CONCURRENCY = 64;

export type WalkOptions = {
  /** Absolute, without links. */
  readonly folder: string;
  readonly findings: FindingList;
  readonly leftOut: LeftOut;
  readonly signal: AbortSignal | undefined;
};

/**
 * Lists a folder's files, following links that stay inside it. What cannot be published becomes a finding.
 * Fails with `SOURCE_UNREADABLE`, `BUILD_TOO_LARGE`, `CANCELLED`.
 */
export async function walkFolder({ folder, findings, leftOut, signal }: WalkOptions): Promise<BuildFile[]> {
  const files: BuildFile[] = [];
  const inside = folder.endsWith(sep) ? folder : folder + sep;

  /** `realFolders` are the real paths from the root down to `directory`, whichever links led here. */
  async function visit(directory: string, prefix: string, realFolders: readonly string[]): Promise<void> {
    throwIfAborted(signal);
    let names: string[];
    try {
      names = await readNames(directory, (name) => findings.add('NAME_NOT_UTF8', prefix + name));
    } catch (error) {
      if (prefix === '') {
        throw new AppError('SOURCE_UNREADABLE', { path: folder, reason: reasonOf(error) }, { cause: error });
      }
      findings.add('FILE_UNREADABLE', prefix.slice(0, -1), { reason: reasonOf(error) });
      return;
    }
    const folders: { real: string; path: string }[] = [];
    for (let at = 0; at < names.length; at += CONCURRENCY) {
      throwIfAborted(signal);
      await Promise.all(
        names.slice(at, at + CONCURRENCY).map(async (name) => {
          const kind = junkKind(name);
          if (kind !== null) {
            leftOut.add(kind);
            return;
          }
          const found = await look(directory + sep + name, prefix + name, realFolders);
          if (found) folders.push(found);
        }),
      );
      if (files.length > MAXIMUM_FILES) throw new AppError('BUILD_TOO_LARGE', { reason: `> ${MAXIMUM_FILES} files` });
    }
    for (const { real, path } of folders) await visit(real, `${path}/`, [...realFolders, real]);
  }

  /** Adds a file, or returns a folder to visit. */
  async function look(
    absolute: string,
    path: string,
    realFolders: readonly string[],
  ): Promise<{ real: string; path: string } | undefined> {
    try {
      const stats = await lstat(absolute);
      if (stats.isDirectory()) return { real: absolute, path };
      if (stats.isFile()) await addFile(absolute, path, stats);
      else if (stats.isSymbolicLink()) return await follow(absolute, path, realFolders);
      else findings.add('NOT_A_REGULAR_FILE', path);
    } catch (error) {
      findings.add('FILE_UNREADABLE', path, { reason: reasonOf(error) });
    }
    return undefined;
  }

  async function addFile(absolute: string, path: string, stats: Stats): Promise<void> {
    const refused = refusedName(path);
    if (refused) {
      findings.add(refused.code, path, refused.params);
      return;
    }
    await access(absolute, constants.R_OK);
    for (const problem of nameProblems(path)) findings.add(problem.code, path, problem.params);
    files.push({
      path,
      sizeBytes: stats.size,
      source: { kind: 'file', absolutePath: absolute, modifiedMs: stats.mtimeMs },
    });
  }

  async function follow(
    absolute: string,
    path: string,
    realFolders: readonly string[],
  ): Promise<{ real: string; path: string } | undefined> {
    let real: string;
    try {
      real = await realpath(absolute);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'ELOOP') findings.add('SYMLINK_LOOP', path);
      else if (code === 'ENOENT' || code === 'ENOTDIR') findings.add('SYMLINK_BROKEN', path);
      else throw error;
      return undefined;
    }
    if (realFolders.includes(real)) {
      findings.add('SYMLINK_LOOP', path);
      return undefined;
    }
    if (!real.startsWith(inside)) {
      findings.add('SYMLINK_ESCAPES', path, { target: await readlink(absolute) });
      return undefined;
    }
    const stats = await stat(real);
    if (!stats.isFile() && !stats.isDirectory()) {
      findings.add('NOT_A_REGULAR_FILE', path);
      return undefined;
    }
    findings.add('SYMLINK_FOLLOWED', path);
    if (stats.isDirectory()) return { real, path };
    await addFile(real, path, stats);
    return undefined;
  }

  await visit(folder, '', [folder]);
  return files;
}

/** The names in a folder; those that are no UTF-8 are told to `onUnreadable` in a printable form and left out. */
async function readNames(directory: string, onUnreadable: (name: string) => void): Promise<string[]> {
  const names = await readdir(directory);
  // A replacement character may be a name's own or stand for bytes that are no UTF-8: only the bytes tell.
  if (!names.some((name) => name.includes('\ufffd'))) return names;
  const readable: string[] = [];
  for (const name of await readdir(directory, { encoding: 'buffer' })) {
    if (isUtf8(name)) readable.push(name.toString());
    else onUnreadable(Buffer.from(name).toString());
  }
  return readable;
}
