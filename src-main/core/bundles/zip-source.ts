import { isUtf8 } from 'node:buffer';
import { fstat } from 'node:fs';
import { promisify } from 'node:util';

import type { Entry } from 'yauzl';

import { AppError, reasonOf, throwIfAborted } from '../app-error.ts';
import type { BuildFile } from './build-file.ts';
import type { FindingList } from './finding-list.ts';
import { junkKind, type LeftOut } from './junk.ts';
import { compareNames, nameProblems, plainName, refusedName } from './name-rules.ts';
import { MAXIMUM_FILES } from './walk-folder.ts';
import { readZipDirectory, startsLikeZip } from './zip-directory.ts';
import { LOCAL_HEADER_BYTES, METHOD_DEFLATE, METHOD_STORED } from './zip-format.ts';

/** An entry that unpacks to more than this, and to over 200 times its size, was made to fill disks. */
const BOMB_ENTRY_BYTES = 32 * 1024 * 1024;
const BOMB_RATIO = 200;
/** All entries together. */
const BOMB_TOTAL_BYTES = 4 * 1024 ** 3;
const MEGABYTE = 1024 * 1024;

const FLAG_ENCRYPTED = 0x0001;
const FLAG_DATA_DESCRIPTOR = 0x0008;
const MADE_BY_UNIX = 3;
const FILE_TYPE_MASK = 0o170000;
const FILE_TYPE_LINK = 0o120000;
/** Date and time of the entries that Slipway writes. */
const FIXED_DATE = (1 << 5) | 1;

export type ZipListing = {
  readonly fd: number;
  readonly path: string;
  readonly findings: FindingList;
  readonly leftOut: LeftOut;
  readonly signal: AbortSignal | undefined;
  /** Called between entries, where there is no signal: it does not cross to threads. */
  readonly throwIfStopped?: () => void;
};

/**
 * Lists a zip's files by the rules of the clients (protocol/clients.md §5) and says what packing again changes.
 * Entries that cannot be published become findings. Fails with `SOURCE_NOT_A_BUILD`, `ZIP_INVALID`,
 * `BUILD_TOO_LARGE`, `CANCELLED`.
 */
export async function listZip(zip: ZipListing): Promise<BuildFile[]> {
  const fileBytes = (await promisify(fstat)(zip.fd)).size;
  const isZip = await startsLikeZip(zip.fd);
  const entries = createEntryList(zip, fileBytes);
  try {
    for await (const entry of readZipDirectory(zip.fd, fileBytes)) {
      throwIfAborted(zip.signal);
      zip.throwIfStopped?.();
      entries.add(entry);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (!isZip) throw new AppError('SOURCE_NOT_A_BUILD', { path: zip.path }, { cause: error });
    throw new AppError('ZIP_INVALID', { reason: reasonOf(error) }, { cause: error });
  }
  return entries.finish();
}

type EntryList = { add(entry: Entry): void; finish(): BuildFile[] };

function createEntryList({ fd, findings, leftOut }: ZipListing, fileBytes: number): EntryList {
  const files = new Map<string, BuildFile>();
  const ranges: { start: number; end: number }[] = [];
  const changes = new Set<string>();
  let previousName = '';
  let seen = 0;
  let totalBytes = 0;

  function noteChanges(entry: Entry, name: string): void {
    if (name.endsWith('/')) changes.add('folder entries');
    if (entry.lastModFileDate !== FIXED_DATE || entry.lastModFileTime !== 0) changes.add('dates');
    if ((entry.generalPurposeBitFlag & FLAG_DATA_DESCRIPTOR) !== 0) changes.add('data descriptors');
    if (entry.extraFieldLength > 0) changes.add('extra fields');
    if (compareNames(previousName, name) > 0) changes.add('order');
    previousName = name;
  }

  /** What is wrong with an entry besides its name; nothing when it can be unpacked. */
  function entryProblem(entry: Entry, name: string): boolean {
    const { compressedSize, uncompressedSize, compressionMethod: method } = entry;
    if (entry.versionMadeBy >>> 8 === MADE_BY_UNIX && isLink(entry)) {
      findings.add('ZIP_SYMLINK', name);
    } else if ((entry.generalPurposeBitFlag & FLAG_ENCRYPTED) !== 0) {
      findings.add('ZIP_ENTRY_ENCRYPTED', name);
    } else if (method !== METHOD_STORED && method !== METHOD_DEFLATE) {
      findings.add('ZIP_METHOD_UNSUPPORTED', name, { method });
    } else if (entry.relativeOffsetOfLocalHeader + LOCAL_HEADER_BYTES + compressedSize > fileBytes) {
      findings.add('ZIP_ENTRY_DAMAGED', name, { reason: 'it lies outside of the file' });
    } else if (method === METHOD_STORED && compressedSize !== uncompressedSize) {
      findings.add('ZIP_ENTRY_DAMAGED', name, { reason: 'its sizes contradict each other' });
    } else if (uncompressedSize > BOMB_ENTRY_BYTES && uncompressedSize > compressedSize * BOMB_RATIO) {
      findings.add('ZIP_BOMB', name, { megabytes: Math.round(uncompressedSize / MEGABYTE) });
    } else {
      return false;
    }
    return true;
  }

  return {
    add(entry) {
      seen += 1;
      if (seen > MAXIMUM_FILES) throw new AppError('BUILD_TOO_LARGE', { reason: `> ${MAXIMUM_FILES} files` });
      const name = decodeName(entry);
      if (name === null) {
        findings.add('NAME_NOT_UTF8', entry.fileNameRaw.toString());
        return;
      }
      const refused = refusedName(name);
      if (refused) {
        findings.add(refused.code, name, refused.params);
        return;
      }
      const path = plainName(name) ?? '';
      const kind = path
        .split('/')
        .map(junkKind)
        .find((found) => found !== null);
      if (kind) {
        leftOut.add(kind);
        changes.add('junk');
        return;
      }
      noteChanges(entry, name);
      if (name.endsWith('/') || path === '') return;
      if (path !== name) changes.add('names');
      if (entryProblem(entry, name)) return;
      if (files.has(path)) {
        findings.add('NAME_DUPLICATE', path);
        return;
      }
      for (const problem of nameProblems(path)) findings.add(problem.code, path, problem.params);
      const start = entry.relativeOffsetOfLocalHeader;
      ranges.push({ start, end: start + LOCAL_HEADER_BYTES + entry.compressedSize });
      totalBytes += entry.uncompressedSize;
      files.set(path, {
        path,
        sizeBytes: entry.uncompressedSize,
        source: {
          kind: 'zip-entry',
          fd,
          localHeaderOffset: start,
          method: entry.compressionMethod === METHOD_DEFLATE ? METHOD_DEFLATE : METHOD_STORED,
          compressedBytes: entry.compressedSize,
          crc32: entry.crc32,
        },
      });
    },
    finish() {
      // Entries that share their bytes multiply what a small file unpacks to.
      if (totalBytes > BOMB_TOTAL_BYTES || hasOverlap(ranges)) {
        findings.add('ZIP_BOMB', undefined, { megabytes: Math.round(totalBytes / MEGABYTE) });
      }
      if (changes.size > 0) findings.add('ZIP_REPACKED', undefined, { changes: [...changes].sort().join(', ') });
      return totalBytes > BOMB_TOTAL_BYTES ? [] : [...files.values()];
    },
  };
}

/** Null for a name that is no UTF-8: Android's client dies of it (protocol/clients.md Appendix C row 12). */
function decodeName(entry: Entry): string | null {
  // Java takes names for UTF-8 whether or not the flag says so, and so do most of those who write zips.
  return isUtf8(entry.fileNameRaw) ? entry.fileNameRaw.toString() : null;
}

function isLink(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK) === FILE_TYPE_LINK;
}

function hasOverlap(ranges: { start: number; end: number }[]): boolean {
  const sorted = ranges.toSorted((left, right) => left.start - right.start);
  return sorted.some((range, index) => {
    const next = sorted[index + 1];
    return next !== undefined && next.start < range.end;
  });
}
