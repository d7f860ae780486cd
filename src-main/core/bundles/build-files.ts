import { open, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Finding } from '#contract/models/finding.ts';
import type { CapacitorProject } from '#core/projects/project.ts';
import { findCapacitorProject, findProjectDir, readCapacitorProject } from '#core/projects/read-project.ts';

import { AppError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import type { BuildFile } from './build-file.ts';
import { chooseRoot } from './build-root.ts';
import type { DeflatePool } from './deflate-pool.ts';
import { createFindingList, type FindingList } from './finding-list.ts';
import { createLeftOut, type LeftOut } from './junk.ts';
import { compareNames, findClashes } from './name-rules.ts';
import { walkFolder } from './walk-folder.ts';
import { listZip } from './zip-source.ts';

export type { BuildFile } from './build-file.ts';

/** A build whose files are known and can be read until it is disposed. */
export type OpenBuild = AsyncDisposable & {
  readonly kind: 'folder' | 'zip';
  /** Absolute path of what was given. */
  readonly sourcePath: string;
  /** Folder inside the source that is the bundle's root: `.`, a nested folder, or a project's webDir. */
  readonly root: string;
  /** In bundle order. Junk and files that cannot be published are not among them. */
  readonly files: readonly BuildFile[];
  readonly rawBytes: number;
  /** About names, links and the zip's entries; the content is not looked at yet. */
  readonly findings: readonly Finding[];
  readonly leftOut: { readonly total: number; readonly kinds: string };
  /** The Capacitor project around the build. */
  readonly project: CapacitorProject | null;
  /** A file's path as findings name it: relative to what was given. */
  pathInSource(path: string): string;
};

/** Neither phones nor a review survive more; guards the disk against bombs. */
export const MAXIMUM_RAW_BYTES = 4 * 1024 ** 3;

/**
 * Opens a build: a folder, a zip, or a Capacitor project's folder, of which the `webDir` is taken.
 * Fails with `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, `SOURCE_NOT_A_BUILD`, `ZIP_INVALID`, `BUILD_TOO_LARGE`,
 * `CANCELLED`; what is wrong with single files is in `findings`.
 */
export async function openBuild(sourcePath: string, options: OpenOptions = {}): Promise<OpenBuild> {
  const given = resolve(sourcePath);
  const stats = await statSource(given);
  throwIfAborted(options.signal);
  if (stats === 'folder') return openFolder(given, options);
  return openZip(given, options.signal);
}

export type OpenOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Threads to list a folder in: several times faster for thousands of files. */
  readonly pool?: DeflatePool | undefined;
};

async function statSource(path: string): Promise<'folder' | 'file'> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return 'folder';
    if (stats.isFile()) return 'file';
  } catch (error) {
    throw sourceError(path, error);
  }
  throw new AppError('SOURCE_NOT_A_BUILD', { path });
}

async function openFolder(given: string, { signal, pool }: OpenOptions): Promise<OpenBuild> {
  const findings = createFindingList();
  const leftOut = createLeftOut();
  const realGiven = await realFolder(given);
  const project = await findProject(realGiven, signal);
  const folder = await realFolder(await webFolder(realGiven, project));
  const listed = await walkFolder({ folder, findings, leftOut, signal, pool });
  // A build's own folder has the way '', a project's webDir something like `dist/`.
  const way = relative(realGiven, folder).split(sep).join('/');
  return finish({
    kind: 'folder',
    given,
    wayPrefix: way === '' ? '' : `${way}/`,
    listed,
    findings,
    leftOut,
    project,
    dispose: () => Promise.resolve(),
  });
}

/** A config that cannot be read is only in the way when it would have told where the build is. */
async function findProject(folder: string, signal: AbortSignal | undefined): Promise<CapacitorProject | null> {
  const project = await findCapacitorProject(folder, signal);
  if (project) return project;
  const isProject = (await findProjectDir(folder, signal)) === folder;
  if (!isProject || (await isFile(join(folder, 'index.html')))) return null;
  return await readCapacitorProject(folder, signal);
}

/** The folder to publish: a project's `webDir` when a project's own folder was given. */
async function webFolder(given: string, project: CapacitorProject | null): Promise<string> {
  if (!project || project.webDir === null || project.dir !== given) return given;
  const webDir = resolve(given, project.webDir);
  if (webDir === given) return given;
  // A source folder has an index.html of its own (Vite), so webDir comes first; but a build may hold a copy of the
  // config, whose webDir is not there. What has a package.json is no build: its sources would be published for one
  // that was not made yet, or is emptied just now.
  if (await isFolder(webDir)) return webDir;
  const isBuild = (await isFile(join(given, 'index.html'))) && !(await isFile(join(given, 'package.json')));
  if (isBuild) return given;
  throw new AppError('SOURCE_NOT_FOUND', { path: webDir });
}

async function openZip(given: string, signal: AbortSignal | undefined): Promise<OpenBuild> {
  const findings = createFindingList();
  const leftOut = createLeftOut();
  const project = await findCapacitorProject(dirname(given), signal);
  const handle = await open(given, 'r').catch((error: unknown) => {
    throw sourceError(given, error);
  });
  try {
    const listed = await listZip({ fd: handle.fd, path: given, findings, leftOut, signal });
    return await finish({
      kind: 'zip',
      given,
      wayPrefix: '',
      listed,
      findings,
      leftOut,
      project,
      dispose: () => handle.close(),
    });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Each pass over tens of thousands of names in a turn of its own. */
async function finish(found: {
  readonly kind: 'folder' | 'zip';
  readonly given: string;
  readonly wayPrefix: string;
  readonly listed: readonly BuildFile[];
  readonly findings: FindingList;
  readonly leftOut: LeftOut;
  readonly project: CapacitorProject | null;
  dispose(): Promise<void>;
}): Promise<OpenBuild> {
  const { kind, given, wayPrefix, listed, leftOut, project } = found;
  await nextTurn();
  const root = chooseRoot(listed.map((file) => file.path));
  await nextTurn();
  const rootPrefix = root === '.' ? '' : `${root}/`;
  const files: BuildFile[] = [];
  let rawBytes = 0;
  for (const file of listed) {
    if (!file.path.startsWith(rootPrefix)) {
      leftOut.add(file.path);
      continue;
    }
    files.push(rootPrefix === '' ? file : { ...file, path: file.path.slice(rootPrefix.length) });
    rawBytes += file.sizeBytes;
  }
  if (rawBytes > MAXIMUM_RAW_BYTES) throw new AppError('BUILD_TOO_LARGE', { reason: '> 4 GiB' });
  await nextTurn();
  files.sort((left, right) => compareNames(left.path, right.path));

  const prefix = wayPrefix + rootPrefix;
  const findings = createFindingList();
  for (const { code, path, params } of found.findings.all()) {
    findings.add(code, path === undefined ? undefined : wayPrefix + path, params);
  }
  await nextTurn();
  for (const { code, path, other } of findClashes(files.map((file) => file.path))) {
    findings.add(code, prefix + path, { other: prefix + other });
  }
  return {
    kind,
    sourcePath: given,
    root: prefix === '' ? '.' : prefix.slice(0, -1),
    files,
    rawBytes,
    findings: findings.all(),
    leftOut: { total: leftOut.total, kinds: leftOut.describe() },
    project,
    pathInSource: (path) => prefix + path,
    [Symbol.asyncDispose]: () => found.dispose(),
  };
}

async function realFolder(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw sourceError(path, error);
  }
}

function sourceError(path: string, error: unknown): AppError {
  const code = systemErrorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? new AppError('SOURCE_NOT_FOUND', { path }, { cause: error })
    : new AppError('SOURCE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
