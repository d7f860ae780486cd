import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';

import { AppError } from '../app-error.ts';
import { openBuild } from '../bundles/build-files.ts';
import type { DeflatePool } from '../bundles/deflate-pool.ts';
import { findCapacitorProject } from '../projects/read-project.ts';
import { visitInTurns } from '../visit-in-turns.ts';
import type { Look } from './settle.ts';

export type FolderLook = {
  readonly look: Look;
  /** Absolute paths of the folders that hold its files. */
  readonly folders: readonly string[];
};

/**
 * The folder that is published for a path: a Capacitor project's web folder, whether or not it is there yet, else the
 * path itself. Not left to `openBuild`: while the web folder is away, a project whose source has an index.html of its own
 * (Vite) would be taken for the build.
 */
export async function folderToWatch(path: string, signal?: AbortSignal): Promise<string> {
  const given = resolve(path);
  const project = await findCapacitorProject(given, signal);
  if (!project || project.webDir === null || resolve(project.dir) !== given) return given;
  return resolve(given, project.webDir);
}

/** Looks at what would be published now, by names, sizes and times; contents are not read. Rejects with `CANCELLED`. */
export async function lookAtFolder(
  folder: string,
  options: { readonly pool?: DeflatePool | undefined; readonly signal: AbortSignal },
): Promise<FolderLook> {
  try {
    await using build = await openBuild(folder, options);
    const hash = createHash('sha256').update(build.root);
    const folders = new Set<string>();
    await visitInTurns(build.files, ({ path, sizeBytes, source, identity }) => {
      // Tools that set every date to the same one (reproducible builds, `rsync -a`, `cp -p`) change only the second time.
      // Not the file's number beside it: some mounts give out new ones at every look.
      const modified = source.kind === 'file' ? `${source.modifiedMs} ${identity?.changedMs ?? ''}` : source.crc32;
      hash.update(`${sizeBytes} ${modified} ${path}\0`);
      if (source.kind === 'file') addFolders(dirname(source.absolutePath), folder, folders);
    });
    // What cannot be published counts as well: a file that becomes readable changes the build.
    hash.update(JSON.stringify(build.findings));
    return { look: { kind: 'tree', signature: hash.digest('hex') }, folders: [...folders] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'CANCELLED') throw error;
    if (error.code === 'SOURCE_NOT_FOUND') return { look: { kind: 'missing' }, folders: [] };
    // There, but unreadable or no build: judging it says why.
    return { look: { kind: 'tree', signature: `${error.code} ${JSON.stringify(error.params)}` }, folders: [] };
  }
}

/** The folder and those above it, up to the one that is watched. */
function addFolders(folder: string, root: string, into: Set<string>): void {
  for (let at = folder; at.length > root.length && !into.has(at); at = dirname(at)) into.add(at);
}
