import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ReleaseFile, ReleaseFileRepository } from '../storage/release-file-repository.ts';
import { visitInTurns } from '../visit-in-turns.ts';

/** What a device has to fetch to get from one release to another. */
export type MissingFiles = {
  readonly files: number;
  /** Of their bodies. */
  readonly bytes: number;
  /** SHA-256 of the bodies. */
  readonly bodies: ReadonlySet<string>;
};

const PAGE = 250;

/** All files of a release, read a page at a time so that phones are served meanwhile. */
export async function readReleaseFiles(releaseFiles: ReleaseFileRepository, releaseId: string): Promise<ReleaseFile[]> {
  const all: ReleaseFile[] = [];
  for (;;) {
    const page = releaseFiles.page(releaseId, all.at(-1)?.path ?? '', PAGE);
    for (const file of page) all.push(file);
    if (page.length < PAGE) return all;
    await nextTurn();
  }
}

/**
 * Files that a client does not find on the device. It keeps what it unpacked by content and last part of the name, and
 * looks in no other place (protocol/clients.md §6.3): a file that only moved to another folder is found, one that only
 * got another name is not. `before` is empty where it is not known what the device has.
 */
export async function missingFiles(
  before: readonly ReleaseFile[],
  after: readonly ReleaseFile[],
): Promise<MissingFiles> {
  const there = new Set<string>();
  await visitInTurns(before, (file) => there.add(keptName(file)));
  const bodies = new Set<string>();
  let files = 0;
  let bytes = 0;
  await visitInTurns(after, (file) => {
    if (!file.body || there.has(keptName(file))) return;
    files += 1;
    bytes += file.body.sizeBytes;
    bodies.add(file.body.sha256);
  });
  return { files, bytes, bodies };
}

/** What the client's cache calls a file. */
export function keptName({ path, sha256 }: Pick<ReleaseFile, 'path' | 'sha256'>): string {
  return `${sha256}_${path.slice(path.lastIndexOf('/') + 1)}`;
}
