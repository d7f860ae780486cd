import { Buffer, isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { access, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';

import { AppError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import type { BuildFile } from './build-file.ts';
import type { DeflatePool } from './deflate-pool.ts';
import { type FileStats, readStats, type ReadStats, toFileStats } from './file-stats.ts';
import type { FindingList } from './finding-list.ts';
import { junkKind, type LeftOut } from './junk.ts';
import { isOrdinary, nameProblems, refusedName } from './name-rules.ts';

/** More than any web build has; a mistaken drop of a whole disk ends here. */
export const MAXIMUM_FILES = 200_000;
const MAXIMUM_FOLDERS = 20_000;
/** Asked about at once: enough to keep the system's threads busy. */
const CONCURRENT_FILES = 64;
/** Names of one request to a thread of the pool, which is not worth its way for a few; and requests at once. */
const REQUEST_FILES = 512;
const FEW_FILES = 16;
const CONCURRENT_REQUESTS = 8;
const CONCURRENT_FOLDERS = 16;
const READABLE_BY_ALL = 0o444;

export type WalkOptions = {
  /** Absolute, without links. */
  readonly folder: string;
  readonly findings: FindingList;
  readonly leftOut: LeftOut;
  readonly signal: AbortSignal | undefined;
  /** Threads to ask the file system in. */
  readonly pool?: Pick<DeflatePool, 'readStats'> | undefined;
};

/**
 * Lists a folder's files, following links that stay inside it. What cannot be published becomes a finding.
 * Fails with `SOURCE_UNREADABLE`, `BUILD_TOO_LARGE`, `CANCELLED`.
 */
export async function walkFolder({ folder, findings, leftOut, signal, pool }: WalkOptions): Promise<BuildFile[]> {
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
    const wanted = names.filter((name) => {
      const kind = junkKind(name);
      if (kind !== null) leftOut.add(kind);
      return kind === null;
    });
    const folders: Folder[] = [];
    const base = directory + sep;
    for await (const { part, answers } of statsOf(directory, wanted)) {
      // Nearly all are files that can be taken without waiting for anything.
      const others: Promise<Folder | undefined>[] = [];
      let index = 0;
      for (const stats of answers) {
        const name = part[index++] ?? '';
        if (isPlainFile(stats)) addFile(base + name, prefix + name, stats);
        else others.push(take(base + name, prefix + name, stats, realFolders));
      }
      for (const found of await Promise.all(others)) if (found) folders.push(found);
      if (files.length > MAXIMUM_FILES) throw new AppError('BUILD_TOO_LARGE', { reason: `> ${MAXIMUM_FILES} files` });
    }
    return folders;
  }

  /** In the order of the names; the next ones are asked about meanwhile. */
  async function* statsOf(
    directory: string,
    names: readonly string[],
  ): AsyncGenerator<{ readonly part: readonly string[]; readonly answers: readonly FileStats[] }> {
    const { ask, length, atOnce } =
      pool && names.length > FEW_FILES
        ? { ask: pool.readStats, length: REQUEST_FILES, atOnce: CONCURRENT_REQUESTS }
        : { ask: readStats, length: CONCURRENT_FILES, atOnce: 1 };
    const asked: { readonly part: readonly string[]; readonly answer: ReturnType<ReadStats> }[] = [];
    let at = 0;
    for (;;) {
      throwIfAborted(signal);
      for (; at < names.length && asked.length < atOnce; at += length) {
        const part = names.slice(at, at + length);
        const answer = ask(directory, part);
        // Awaited in order; until then a failure is not to count as unhandled.
        answer.catch(() => undefined);
        asked.push({ part, answer });
      }
      const first = asked.shift();
      if (!first) return;
      yield { part: first.part, answers: await first.answer };
    }
  }

  /** Adds a file, or returns a folder to visit. */
  async function take(
    absolute: string,
    path: string,
    stats: FileStats,
    realFolders: readonly string[],
  ): Promise<Folder | undefined> {
    try {
      if (stats.kind === 'folder') return below(absolute, path, realFolders);
      if (stats.kind === 'link') return await follow(absolute, path, realFolders);
      if (stats.kind === 'unreadable') findings.add('FILE_UNREADABLE', path, { reason: stats.reason });
      else if (stats.kind === 'other') findings.add('NOT_A_REGULAR_FILE', path);
      else await addReadable(absolute, path, stats);
    } catch (error) {
      findings.add('FILE_UNREADABLE', path, { reason: reasonOf(error) });
    }
    return undefined;
  }

  async function addReadable(absolute: string, path: string, stats: ReadableStats): Promise<void> {
    // What everybody may read need not be asked for: that would double the time of the listing.
    if (!isPlainFile(stats) && refusedName(path) === null) await access(absolute, constants.R_OK);
    addFile(absolute, path, stats);
  }

  function addFile(absolute: string, path: string, stats: ReadableStats): void {
    if (!isOrdinary(path)) {
      const refused = refusedName(path);
      if (refused) {
        findings.add(refused.code, path, refused.params);
        return;
      }
      for (const problem of nameProblems(path)) findings.add(problem.code, path, problem.params);
    }
    const { sizeBytes, modifiedMs } = stats;
    // The answer itself is the identity: copies of it for thousands of files would be memory to collect.
    files.push({ path, sizeBytes, source: { kind: 'file', absolutePath: absolute, modifiedMs }, identity: stats });
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
    const stats = toFileStats(await stat(real));
    if (stats.kind !== 'file' && stats.kind !== 'folder') {
      findings.add('NOT_A_REGULAR_FILE', path);
      return undefined;
    }
    findings.add('SYMLINK_FOLLOWED', path);
    if (stats.kind === 'folder') return below(real, path, realFolders);
    await addReadable(real, path, stats);
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

type ReadableStats = Exclude<FileStats, { kind: 'unreadable' }>;

type Folder = {
  readonly real: string;
  /** Its path in the build with a `/` at the end; empty for the root. */
  readonly prefix: string;
  /** The real paths from the root down to it, whichever links led here. */
  readonly realFolders: readonly string[];
};

function isPlainFile(stats: FileStats): stats is ReadableStats {
  return stats.kind === 'file' && (stats.mode & READABLE_BY_ALL) === READABLE_BY_ALL;
}

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
