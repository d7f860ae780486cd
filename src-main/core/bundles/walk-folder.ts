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
const MAXIMUM_FOLDERS = 20_000;
/** Asked about at once: enough to keep the system's threads busy. */
const CONCURRENT_FILES = 64;
const CONCURRENT_FOLDERS = 16;
const READABLE_BY_ALL = 0o444;

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
  let visited = 0;
  const inside = folder.endsWith(sep) ? folder : folder + sep;

  async function visit({ real: directory, prefix, realFolders }: Folder): Promise<Folder[]> {
    throwIfAborted(signal);
    visited += 1;
    // Links to one another multiply folders, even where there are no files.
    if (visited > MAXIMUM_FOLDERS) throw new AppError('BUILD_TOO_LARGE', { reason: `> ${MAXIMUM_FOLDERS} folders` });
    let names: string[];
    try {
      names = await readNames(directory, (name) => findings.add('NAME_NOT_UTF8', prefix + name));
    } catch (error) {
      if (prefix === '') {
        throw new AppError('SOURCE_UNREADABLE', { path: folder, reason: reasonOf(error) }, { cause: error });
      }
      findings.add('FILE_UNREADABLE', prefix.slice(0, -1), { reason: reasonOf(error) });
      return [];
    }
    const folders: Folder[] = [];
    for (let at = 0; at < names.length; at += CONCURRENT_FILES) {
      throwIfAborted(signal);
      await Promise.all(
        names.slice(at, at + CONCURRENT_FILES).map(async (name) => {
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
    return folders;
  }

  /** Adds a file, or returns a folder to visit. */
  async function look(absolute: string, path: string, realFolders: readonly string[]): Promise<Folder | undefined> {
    try {
      const stats = await lstat(absolute);
      if (stats.isDirectory()) return below(absolute, path, realFolders);
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
    // What everybody may read need not be asked for: that would double the time of the listing.
    if ((stats.mode & READABLE_BY_ALL) !== READABLE_BY_ALL) await access(absolute, constants.R_OK);
    for (const problem of nameProblems(path)) findings.add(problem.code, path, problem.params);
    files.push({
      path,
      sizeBytes: stats.size,
      source: {
        kind: 'file',
        absolutePath: absolute,
        modifiedMs: stats.mtimeMs,
        identity: `${stats.dev}:${stats.ino}:${stats.ctimeMs}`,
        changedMs: stats.ctimeMs,
      },
    });
  }

  async function follow(absolute: string, path: string, realFolders: readonly string[]): Promise<Folder | undefined> {
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
    if (stats.isDirectory()) return below(real, path, realFolders);
    await addFile(real, path, stats);
    return undefined;
  }

  let level: Folder[] = [{ real: folder, prefix: '', realFolders: [folder] }];
  while (level.length > 0) {
    const next: Folder[] = [];
    for (let at = 0; at < level.length; at += CONCURRENT_FOLDERS) {
      const found = await Promise.all(level.slice(at, at + CONCURRENT_FOLDERS).map(visit));
      next.push(...found.flat());
    }
    level = next;
  }
  return files;
}

type Folder = {
  readonly real: string;
  /** Its path in the build with a `/` at the end; empty for the root. */
  readonly prefix: string;
  /** The real paths from the root down to it, whichever links led here. */
  readonly realFolders: readonly string[];
};

function below(real: string, path: string, realFolders: readonly string[]): Folder {
  return { real, prefix: `${path}/`, realFolders: [...realFolders, real] };
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
