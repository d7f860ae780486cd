import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Cost } from '#contract/models/delta.ts';
import type { BuildSource } from '#contract/models/release.ts';

import { asStorageError } from '../app-error.ts';
import { locateBuild } from '../builds/build-source.ts';
import { startWith } from '../builds/builds.ts';
import { mayUseBrotli, needsBrotli } from '../bundles/body-rules.ts';
import { type OpenBuild, openBuild } from '../bundles/build-files.ts';
import { packBundle, type PackedBundle, type PackedEntry, type PackOptions } from '../bundles/pack-bundle.ts';
import type { JobContext } from '../jobs/job-runner.ts';
import { readReleaseFiles } from '../releases/missing-files.ts';
import type { PublishDeps } from '../releases/publish-deps.ts';
import { visitInTurns } from '../visit-in-turns.ts';
import { costOf, type WeighedFile } from './cost.ts';
import { liveVersions } from './live-versions.ts';

/** Brotli beside deflate, on web builds. */
const BROTLI_PER_DEFLATE = 0.87;

/** Starts the job that tells what a build will cost devices; nothing of it is kept. Throws as `locateBuild` does. */
export function startBuildCost(appId: string, source: BuildSource, deps: PublishDeps): string {
  const build = locateBuild(source, deps.uploads);
  const plan = { kind: 'cost', title: build.name, appId, steps: [{ name: 'pack', weight: 1 }] } as const;
  return startWith(build, deps.jobs, plan, (job) =>
    weighBuild(appId, { path: build.path, isUpload: source.kind === 'upload' }, job, deps),
  );
}

async function weighBuild(
  appId: string,
  { path, isUpload }: { readonly path: string; readonly isUpload: boolean },
  job: JobContext,
  deps: PublishDeps,
): Promise<Cost> {
  const { signal } = job;
  const workDir = join(deps.stagingDir, `cost-${job.jobId}`);
  job.onEnd(() => rm(workDir, { recursive: true, force: true }));
  const packed = await job.step('pack', async (report) => {
    await mkdir(workDir, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw asStorageError(error);
    });
    const zipPath = join(workDir, 'bundle.zip');
    const startedMs = Date.now();
    await using build = await openBuild(path, { signal, pool: deps.pool });
    const packed = await packOnce(build, zipPath, { signal, report }, deps);
    // Whoever asks what a folder will cost mostly publishes it next, which then only has to copy. An upload may be
    // thrown away instead, and nobody would miss what was kept of it.
    if (build.kind === 'folder' && !isUpload) {
      await deps.packCache.save(build.sourcePath, { zipPath, startedMs, entries: packed.entries }, build.files);
    }
    return packed;
  });
  const weighed: ReturnType<typeof weighFile>[] = [];
  await visitInTurns(packed.entries, (entry) => weighed.push(weighFile(entry, deps)), { signal });
  const [previous] = deps.releases.list(appId);
  return await costOf({
    version: null,
    files: weighed.map(({ file }) => file),
    zipBytes: packed.sizeBytes,
    hasDelta: true,
    isExact: weighed.every(({ isExact }) => isExact),
    live: await liveVersions(appId, deps),
    previous: previous ? await readReleaseFiles(deps.releaseFiles, previous.releaseId) : [],
  });
}

async function packOnce(
  build: OpenBuild,
  zipPath: string,
  options: Pick<PackOptions, 'signal' | 'report'>,
  { packCache, pool }: PublishDeps,
): Promise<PackedBundle> {
  // Closed before its successor takes its place.
  await using reuse = await packCache.load(build.sourcePath);
  return await packBundle(build, zipPath, { ...options, pool, reuse });
}

function weighFile(
  entry: PackedEntry,
  { releaseFiles }: PublishDeps,
): { readonly file: WeighedFile; readonly isExact: boolean } {
  const { path, sha256, sizeBytes, compressedBytes, storedAt } = entry;
  const weigh = (bodyBytes: number, isExact: boolean) => ({ file: { path, sha256, sizeBytes, bodyBytes }, isExact });
  if (!needsBrotli(entry) && (storedAt !== null || !mayUseBrotli(sizeBytes))) return weigh(sizeBytes, true);
  const known = releaseFiles.plainBodies(sha256).find(({ isBrotli }) => isBrotli || !needsBrotli(entry));
  if (known) return weigh(known.sizeBytes, true);
  return weigh(Math.round(compressedBytes * BROTLI_PER_DEFLATE), false);
}
