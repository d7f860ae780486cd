import { createHash } from 'node:crypto';

import type { FileBody, FileRun, ReleaseFile, RunFile } from '../storage/release-file-repository.ts';

/** A run ends before a path that hashes to a multiple of it: about so many files, and the same cuts in each release. */
const AVERAGE_FILES = 256;
const MAXIMUM_FILES = 512;

/**
 * Cuts a release's files into runs. What they are cut at is in their names alone, so that a file which comes, goes or
 * changes touches its own run and no other.
 * @param files in the order of their paths' bytes, as a bundle has them
 */
export function* runsOf(files: readonly ReleaseFile[], bundleSha256: string): Generator<FileRun> {
  let run: ReleaseFile[] = [];
  for (const file of files) {
    if (run.length >= MAXIMUM_FILES || (run.length > 0 && isCut(file.path))) {
      yield toRun(run, bundleSha256);
      run = [];
    }
    run.push(file);
  }
  if (run.length > 0) yield toRun(run, bundleSha256);
}

/** FNV-1a. */
function isCut(path: string): boolean {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < path.length; index += 1) {
    hash = Math.imul(hash ^ path.charCodeAt(index), 0x01_00_01_93);
  }
  return (hash >>> 0) % AVERAGE_FILES === 0;
}

function toRun(files: readonly ReleaseFile[], bundleSha256: string): FileRun {
  const inBundle = files.flatMap(({ body }) => (body?.holderSha256 === bundleSha256 ? [body.holderOffset] : []));
  // What is before the run in the bundle may be longer or shorter in another release.
  const bundleOffset = inBundle.length === 0 ? 0 : Math.min(...inBundle);
  const rows = files.map((file) => toRunFile(file, bundleSha256, bundleOffset));
  const digest = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  return { firstPath: rows[0]?.path ?? '', bundleOffset, digest, files: rows };
}

function toRunFile(file: ReleaseFile, bundleSha256: string, bundleOffset: number): RunFile {
  const { path, sha256, sizeBytes, body } = file;
  return { path, sha256, sizeBytes, body: body && toRunBody(body, bundleSha256, bundleOffset) };
}

/** Its fields one by one: equal rows are to be equal texts, wherever they were made. */
function toRunBody(
  { sha256, sizeBytes, isBrotli, holderSha256, holderOffset, sealedHash }: FileBody,
  bundleSha256: string,
  bundleOffset: number,
): RunFile['body'] {
  const isInBundle = holderSha256 === bundleSha256;
  return {
    sha256,
    sizeBytes,
    isBrotli,
    holderSha256: isInBundle ? null : holderSha256,
    holderOffset: isInBundle ? holderOffset - bundleOffset : holderOffset,
    sealedHash,
  };
}
