import type { Cost, FileDiff, ReleaseDiff } from '#contract/models/delta.ts';
import type { BuildSource } from '#contract/models/release.ts';

import { AppError } from '../app-error.ts';
import { readReleaseFiles } from '../releases/missing-files.ts';
import type { PublishDeps } from '../releases/publish-deps.ts';
import type { ReleaseFile } from '../storage/release-file-repository.ts';
import type { ReleaseRecord } from '../storage/release-repository.ts';
import { visitInTurns } from '../visit-in-turns.ts';
import { costOf, type WeighedFile } from './cost.ts';
import { diffFile, DIFF_LIMIT_BYTES } from './diff-file.ts';
import { diffReleases, type DiffedRelease } from './diff-releases.ts';
import { liveVersions } from './live-versions.ts';
import { readReleaseFile } from './release-content.ts';
import { startBuildCost } from './weigh-build.ts';

export type ComparisonService = {
  /** What devices fetch of a release. Rejects with `APP_NOT_FOUND`, `RELEASE_NOT_FOUND`, `RELEASE_FILES_UNKNOWN`. */
  cost(appId: string, release: string): Promise<Cost>;
  /** Starts a job that tells the same of a build before it is published; its result is a `Cost`. */
  buildCost(appId: string, source: BuildSource): string;
  /** Rejects as `cost` does. */
  diff(appId: string, from: string, to: string): Promise<ReleaseDiff>;
  /** One file of both. Rejects as `cost` does, and with `RELEASE_DAMAGED`. */
  diffFile(appId: string, from: string, to: string, path: string): Promise<FileDiff>;
};

export function createComparisons(deps: PublishDeps): ComparisonService {
  const { apps, releases, releaseFiles } = deps;

  function find(appId: string, release: string): ReleaseRecord {
    if (!apps.get(appId)) throw new AppError('APP_NOT_FOUND', { appId });
    const record = releases.find(appId, release);
    if (!record) throw new AppError('RELEASE_NOT_FOUND', { appId, release });
    return record;
  }

  async function filesOf({ releaseId, version }: ReleaseRecord): Promise<ReleaseFile[]> {
    const files = await readReleaseFiles(releaseFiles, releaseId);
    if (files.length === 0) throw new AppError('RELEASE_FILES_UNKNOWN', { version });
    return files;
  }

  async function diffed(record: ReleaseRecord): Promise<DiffedRelease> {
    const { releaseId, version, sizeBytes: zipBytes, deltaFiles } = record;
    return { releaseId, version, zipBytes, hasDelta: deltaFiles !== null, files: await filesOf(record) };
  }

  /** The one published before it. */
  async function previousOf(record: ReleaseRecord): Promise<ReleaseFile[]> {
    const all = releases.list(record.appId);
    const index = all.findIndex(({ releaseId }) => releaseId === record.releaseId);
    const before = all[index + 1];
    return before ? readReleaseFiles(releaseFiles, before.releaseId) : [];
  }

  return {
    async cost(appId, release) {
      const record = find(appId, release);
      const files: WeighedFile[] = [];
      await visitInTurns(await filesOf(record), ({ path, sha256, sizeBytes, body }) => {
        files.push({ path, sha256, sizeBytes, bodyBytes: body && body.sizeBytes });
      });
      return await costOf({
        version: record.version,
        files,
        zipBytes: record.sizeBytes,
        hasDelta: record.deltaFiles !== null,
        isExact: true,
        live: await liveVersions(appId, deps),
        previous: await previousOf(record),
      });
    },
    buildCost: (appId, source) => startBuildCost(appId, source, deps),
    async diff(appId, from, to) {
      const [left, right] = [find(appId, from), find(appId, to)];
      return await diffReleases(await diffed(left), await diffed(right));
    },
    async diffFile(appId, from, to, path) {
      const sides = [find(appId, from), find(appId, to)];
      const contents: (Uint8Array | null)[] = [];
      for (const record of sides) {
        const file = releaseFiles.get(record.releaseId, path);
        if (!file && !releaseFiles.page(record.releaseId, '', 1)[0]) {
          throw new AppError('RELEASE_FILES_UNKNOWN', { version: record.version });
        }
        if (file && file.sizeBytes > DIFF_LIMIT_BYTES) return { kind: 'too_large', limitBytes: DIFF_LIMIT_BYTES };
        const content = file ? await readReleaseFile(record, file, deps) : null;
        if (file && !content) return { kind: 'sealed' };
        contents.push(content);
      }
      return diffFile(path, contents[0] ?? null, contents[1] ?? null);
    },
  };
}
