import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { z } from 'zod';

import type { Inspection } from '#contract/models/finding.ts';
import { type BuildFile, contentError, readBuildFile, streamBuildFile } from '#core/bundles/build-file.ts';
import { type OpenBuild, openBuild, type OpenOptions } from '#core/bundles/build-files.ts';
import { ContentDamagedError } from '#core/bundles/content.ts';
import { createFindingList, type FindingList } from '#core/bundles/finding-list.ts';
import { createZipContentReader, inZipOrder } from '#core/bundles/zip-content.ts';
import type { ReportProgress } from '#core/jobs/progress.ts';
import { projectKeyId } from '#core/projects/project-key.ts';

import { AppError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import { visitInTurns } from '../visit-in-turns.ts';
import { createCallFinder, pageHasCall } from './notify-app-ready.ts';
import { checkReferences, type PageReferences, readReferences } from './references.ts';
import { SECRET_CONTENT_BYTES, secretHint } from './secrets.ts';

export type InspectOptions = {
  readonly signal?: AbortSignal | undefined;
  /** In files. */
  readonly report?: ReportProgress | undefined;
};

const MEGABYTE = 1024 * 1024;
/** The official command line warns above this as well; iOS gives a download 25 s (protocol/clients.md §2.2). */
const LARGE_BUILD_MEGABYTES = 20;
const LARGE_FILE_BYTES = 10 * MEGABYTE;
const MANY_FILES = 10_000;
const INDEX = 'index.html';
const MANIFEST = 'package.json';
/** Pages above this are data, not pages. */
const PAGE_BYTES = 8 * MEGABYTE;
/** Larger files are read piece by piece. */
const WHOLE_BYTES = 4 * MEGABYTE;
const READERS = 8;

/**
 * Finds what would break an update on real devices; changes nothing. Fails with what `openBuild` fails with, and with
 * `SOURCE_CHANGED` when the build is being written.
 */
export async function inspectBuild(
  sourcePath: string,
  options: InspectOptions & Pick<OpenOptions, 'pool'> = {},
): Promise<Inspection> {
  await using build = await openBuild(sourcePath, options);
  return await inspectOpenBuild(build, options);
}

/** The same for a build that is open already, so that what was checked is what is packed. */
export async function inspectOpenBuild(build: OpenBuild, options: InspectOptions = {}): Promise<Inspection> {
  const findings = createFindingList(build.findings);
  const seen = await readContents(build, findings, options);
  // Each of these looks at tens of thousands of names.
  await nextTurn();
  checkContents(build, seen, findings);
  await nextTurn();
  checkFiles(build, findings);
  checkProject(build, findings);
  await nextTurn();
  const all = findings.all();
  return {
    isPublishable: all.every((finding) => finding.severity !== 'error'),
    findings: all,
    summary: {
      files: build.files.length,
      bytes: build.rawBytes,
      root: build.root,
      leftOut: build.leftOut.total,
      source: build.kind,
    },
    largest: build.files
      .toSorted((left, right) => right.sizeBytes - left.sizeBytes)
      .slice(0, 10)
      .map((file) => ({ path: build.pathInSource(file.path), bytes: file.sizeBytes })),
    project: build.project && {
      configPath: build.project.configPath,
      appId: build.project.appId,
      name: build.project.name,
      webDir: build.project.webDir,
      packageVersion: build.project.packageVersion,
      nativeVersion: build.project.nativeVersion,
      pluginVersion: build.project.pluginVersion,
      keyId: projectKeyId(build.project),
    },
  };
}

/** What reading the contents showed. */
type Seen = { index: PageReferences | null; hasCall: boolean };

/** Looks at the content of one file: pieces, then the end. `isDone` tells that the rest does not matter. */
type Watcher = { readonly isDone: () => boolean; feed(piece: Uint8Array): void; end(): void };

async function readContents(build: OpenBuild, findings: FindingList, options: InspectOptions): Promise<Seen> {
  const seen: Seen = { index: null, hasCall: false };
  const watch = (file: BuildFile): Watcher | null => watcherFor(file, build, seen, findings);
  if (build.kind === 'zip') await readZip(build, watch, findings, options);
  else await readFolder(build, watch, findings, options);
  return seen;
}

function watcherFor(file: BuildFile, build: OpenBuild, seen: Seen, findings: FindingList): Watcher | null {
  const { path, sizeBytes } = file;
  const hint = secretHint(path);
  if (hint && !hint.content) findings.add('SECRET_INCLUDED', build.pathInSource(path), { kind: hint.kind });
  if (hint?.content && sizeBytes <= SECRET_CONTENT_BYTES) {
    const { content, kind } = hint;
    return collect((text) => {
      if (content.test(text)) findings.add('SECRET_INCLUDED', build.pathInSource(path), { kind });
    });
  }
  if (path === MANIFEST && sizeBytes <= PAGE_BYTES) {
    return collect((text) => {
      if (hasBuildScript(text)) findings.add('PROJECT_SOURCES', build.pathInSource(path));
    });
  }
  if (/\.html?$/i.test(path) && sizeBytes <= PAGE_BYTES) {
    return collect((text) => {
      if (path === INDEX) seen.index = readReferences(text);
      seen.hasCall ||= pageHasCall(text);
    });
  }
  if (/\.[cm]?js$/i.test(path)) {
    const finder = createCallFinder();
    return {
      isDone: () => seen.hasCall,
      feed(piece) {
        seen.hasCall ||= finder.feed(piece);
      },
      end() {
        seen.hasCall ||= finder.end();
      },
    };
  }
  return null;
}

/** A package that is its own build, such as one from a registry, has a package.json too, but nothing to build. */
function hasBuildScript(text: string): boolean {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

const manifestSchema = z.object({ scripts: z.object({ build: z.string().min(1) }) });

function collect(use: (text: string) => void): Watcher {
  const pieces: Uint8Array[] = [];
  return {
    isDone: () => false,
    // A piece may be a view of a buffer that is read into again.
    feed: (piece) => void pieces.push(Buffer.from(piece)),
    end: () => use(Buffer.concat(pieces).toString('utf8')),
  };
}

/** Reads what there is something to look for in, most telling files first. */
async function readFolder(
  build: OpenBuild,
  watch: (file: BuildFile) => Watcher | null,
  findings: FindingList,
  { signal, report }: InspectOptions,
): Promise<void> {
  const watched: { readonly file: BuildFile; readonly watcher: Watcher }[] = [];
  await visitInTurns(build.files, (file) => {
    const watcher = watch(file);
    if (watcher) watched.push({ file, watcher });
  });
  // Pages first; then scripts at the root, where entries mostly are.
  const rank = ({ path }: BuildFile): number => (/\.html?$/i.test(path) ? 0 : path.split('/').length);
  watched.sort((left, right) => rank(left.file) - rank(right.file));

  const queue = watched.values();
  let done = 0;
  const reader = async (): Promise<void> => {
    for (const { file, watcher } of queue) {
      throwIfAborted(signal);
      if (!watcher.isDone()) await readFile(file, watcher, build, findings);
      done += 1;
      report?.({ done, total: watched.length, unit: 'files' });
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
}

async function readFile(file: BuildFile, watcher: Watcher, build: OpenBuild, findings: FindingList): Promise<void> {
  try {
    if (file.sizeBytes <= WHOLE_BYTES) {
      watcher.feed(await readBuildFile(file));
    } else {
      for await (const piece of streamBuildFile(file) as AsyncIterable<Buffer>) {
        watcher.feed(piece);
        if (watcher.isDone()) return;
      }
    }
    watcher.end();
  } catch (error) {
    const failure = contentError(file, error);
    if (!(failure instanceof AppError) || failure.code !== 'SOURCE_UNREADABLE') throw failure;
    findings.add('FILE_UNREADABLE', build.pathInSource(file.path), { reason: String(failure.params['reason']) });
  }
}

/** Unpacks every entry: a damaged one breaks the update on the phone, whatever it holds. */
async function readZip(
  build: OpenBuild,
  watch: (file: BuildFile) => Watcher | null,
  findings: FindingList,
  { signal, report }: InspectOptions,
): Promise<void> {
  const [first] = build.files;
  if (first?.source.kind !== 'zip-entry') return;
  const reader = createZipContentReader(first.source.fd);
  let done = 0;
  for (const file of inZipOrder(build.files)) {
    throwIfAborted(signal);
    const watcher = watch(file);
    try {
      await reader.check(file, (piece) => {
        throwIfAborted(signal);
        watcher?.feed(piece);
      });
      watcher?.end();
    } catch (error) {
      if (error instanceof AppError) throw error;
      findings.add('ZIP_ENTRY_DAMAGED', build.pathInSource(file.path), { reason: damageOf(error) });
    }
    done += 1;
    report?.({ done, total: build.files.length, unit: 'files' });
  }
}

function damageOf(error: unknown): string {
  if (error instanceof ContentDamagedError) return error.message;
  return systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE' ? 'unpacks to more than it claims' : reasonOf(error);
}

function checkContents(build: OpenBuild, seen: Seen, findings: FindingList): void {
  if (build.files.length === 0) {
    findings.add('BUILD_EMPTY');
    return;
  }
  const paths = build.files.map((file) => file.path);
  if (!paths.includes(INDEX)) {
    // Names the page that was perhaps meant, the one nearest to the root.
    const [nearest] = paths
      .filter((path) => basename(path) === INDEX)
      .sort((left, right) => left.split('/').length - right.split('/').length);
    findings.add('INDEX_HTML_MISSING', nearest === undefined ? undefined : build.pathInSource(nearest));
  } else if (build.root !== '.') {
    findings.add('INDEX_HTML_NESTED', build.pathInSource(INDEX), { root: build.root });
  }
  if (!seen.hasCall) findings.add('NOTIFY_APP_READY_MISSING');
  if (!seen.index) return;
  for (const { code, ...params } of checkReferences(seen.index, paths)) {
    findings.add(code, build.pathInSource(INDEX), params);
  }
}

function checkFiles(build: OpenBuild, findings: FindingList): void {
  const megabytes = toMegabytes(build.rawBytes);
  if (build.rawBytes > LARGE_BUILD_MEGABYTES * MEGABYTE) {
    findings.add('BUILD_LARGE', undefined, { megabytes, limitMegabytes: LARGE_BUILD_MEGABYTES });
  }
  if (build.files.length > MANY_FILES) findings.add('TOO_MANY_FILES', undefined, { count: build.files.length });
  for (const file of build.files) {
    if (file.sizeBytes <= LARGE_FILE_BYTES) continue;
    findings.add('FILE_LARGE', build.pathInSource(file.path), { megabytes: toMegabytes(file.sizeBytes) });
  }
  const maps = build.files.filter((file) => /\.([cm]?js|css|wasm)\.map$/i.test(file.path));
  const [firstMap] = maps;
  if (firstMap) {
    const bytes = maps.reduce((sum, file) => sum + file.sizeBytes, 0);
    findings.add('SOURCE_MAP_INCLUDED', build.pathInSource(firstMap.path), {
      count: maps.length,
      megabytes: toMegabytes(bytes),
    });
  }
  if (build.leftOut.total > 0) {
    findings.add('JUNK_LEFT_OUT', undefined, { count: build.leftOut.total, kinds: build.leftOut.kinds });
  }
}

function checkProject({ project }: OpenBuild, findings: FindingList): void {
  if (!project) return;
  const { serverUrl } = project;
  if (serverUrl !== null) findings.add('SERVER_URL_SET', basename(project.configPath), { url: serverUrl });
  if (project.isPluginStray) {
    findings.add('PLUGIN_VERSION_STRAY', 'package.json', { version: project.pluginVersion ?? '10.0.0' });
  }
}

/** With one decimal below 10, so that small ones do not read as 0. */
function toMegabytes(bytes: number): number {
  const megabytes = bytes / MEGABYTE;
  return megabytes < 10 ? Math.round(megabytes * 10) / 10 : Math.round(megabytes);
}
