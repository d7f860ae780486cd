import { isAbsolute } from 'node:path';

import type { BuildSource } from '#contract/models/release.ts';

import { AppError } from '../app-error.ts';
import type { DeflatePool } from '../bundles/deflate-pool.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { Clock } from '../ports.ts';
import type { RecentBuildRepository } from '../storage/recent-build-repository.ts';
import { toTimestamp } from '../storage/time.ts';
import type { UploadService } from '../uploads/uploads.ts';
import { locateBuild, type LocatedBuild } from './build-source.ts';
import { inspectBuild } from './inspect-build.ts';
import { makeZip } from './make-zip.ts';

const KEPT_RECENT_BUILDS = 20;

export type BuildService = {
  /** Starts a job whose result is an `Inspection`. */
  inspect(source: BuildSource): string;
  /** Starts a job whose result is a `ZipResult`. Throws `BAD_INPUT` for a relative `out`. */
  zip(input: { readonly source: BuildSource; readonly out: string; readonly overwrite: boolean }): string;
  /** Newest first. */
  recent(): { readonly path: string; readonly appId: string | null; readonly usedAt: string }[];
  /** Puts a build on top of the recent ones. */
  remember(path: string, appId: string | null): void;
  forgetRecent(path: string): void;
};

export function createBuilds({
  jobs,
  uploads,
  recentBuilds,
  pool,
  clock,
}: {
  readonly jobs: JobRunner;
  readonly uploads: UploadService;
  readonly recentBuilds: RecentBuildRepository;
  readonly pool: DeflatePool;
  readonly clock: Clock;
}): BuildService {
  function remember(path: string, appId: string | null): void {
    recentBuilds.touch({ path, appId, usedAtMs: clock.now() }, KEPT_RECENT_BUILDS);
  }

  return {
    inspect(source) {
      const build = locateBuild(source, uploads);
      const plan = { kind: 'inspect', title: build.name, steps: [{ name: 'inspect', weight: 1 }] } as const;
      return startWith(build, jobs, plan, async ({ step, signal }) => {
        const inspection = await step('inspect', (report) => inspectBuild(build.path, { signal, report, pool }));
        if (source.kind === 'path') remember(build.path, inspection.project?.appId ?? null);
        return inspection;
      });
    },
    zip({ source, out, overwrite }) {
      if (!isAbsolute(out) || out.includes('\0')) {
        throw new AppError('BAD_INPUT', { reason: 'the path of the zip must be absolute' });
      }
      const build = locateBuild(source, uploads);
      const plan = { kind: 'zip', title: build.name, steps: [{ name: 'pack', weight: 1 }] } as const;
      return startWith(build, jobs, plan, ({ step, signal }) =>
        step('pack', (report) => makeZip({ sourcePath: build.path, out, overwrite, pool, signal, report })),
      );
    },
    recent: () =>
      recentBuilds.list().map(({ path, appId, usedAtMs }) => ({ path, appId, usedAt: toTimestamp(usedAtMs) })),
    remember,
    forgetRecent: (path) => recentBuilds.forget(path),
  };
}

/**
 * Starts a job that holds a resource to its end, and releases it too when the job cannot start. `told` says what failed
 * in the words of who gave the resource.
 */
export function startWith(
  resource: Disposable & Partial<Pick<LocatedBuild, 'told'>>,
  jobs: JobRunner,
  ...[plan, work]: Parameters<JobRunner['start']>
): string {
  try {
    return jobs.start(plan, async (job) => {
      job.onEnd(() => resource[Symbol.dispose]());
      try {
        return await work(job);
      } catch (error) {
        throw resource.told?.(error) ?? error;
      }
    });
  } catch (error) {
    resource[Symbol.dispose]();
    throw error;
  }
}
