import { AppError, throwIfAborted } from '../app-error.ts';
import { readBuildFile } from '../bundles/build-file.ts';
import { openBuild } from '../bundles/build-files.ts';
import type { ReportProgress } from '../jobs/progress.ts';
import type { DeviceFile, DeviceFiles } from './device-files.ts';

/** The web build that came with an app. */
export type BuiltinBundle = {
  /** What it was taken from, for people. */
  readonly name: string;
  readonly files: readonly DeviceFile[];
};

export type TakeBuiltin = {
  readonly files: DeviceFiles;
  readonly signal?: AbortSignal | undefined;
  readonly report?: ReportProgress | undefined;
};

/** Larger than what a store takes of an app; a folder beyond it was given by mistake, and would be copied. */
const MAX_BYTES = 1024 ** 3;
const PARALLEL_FILES = 16;

/**
 * Takes a copy of a web build, as building an app does: what becomes of the folder later is not in the app. What never
 * gets into a bundle (links that lead out, names that no phone takes) is left out here too.
 * Rejects with the codes of `openBuild`, and with `BUILTIN_WITHOUT_INDEX` when there is no `index.html` at its root.
 */
export async function readBuiltin(
  path: string,
  name: string,
  { files, signal, report }: TakeBuiltin,
): Promise<BuiltinBundle> {
  await using build = await openBuild(path, { signal });
  // Before anything is copied: a folder of the wrong kind may be someone's whole home.
  if (!build.files.some((file) => file.path === 'index.html')) throw new AppError('BUILTIN_WITHOUT_INDEX', { path });
  if (build.rawBytes > MAX_BYTES) throw new AppError('BUILD_TOO_LARGE', { reason: '> 1 GiB' });
  const found: DeviceFile[] = [];
  const queue = [...build.files];
  let done = 0;
  async function work(): Promise<void> {
    for (let file = queue.pop(); file; file = queue.pop()) {
      throwIfAborted(signal);
      const content = await readBuildFile(file);
      found.push({ path: file.path, sha256: await files.put(content), bytes: content.length });
      done += content.length;
      report?.({ done, total: build.rawBytes, unit: 'bytes' });
    }
  }
  const stopped = Array.from({ length: PARALLEL_FILES }, () =>
    work().catch((error: unknown) => {
      queue.length = 0;
      throw error;
    }),
  );
  // All of them read from the build, which is closed at the end.
  await Promise.allSettled(stopped);
  await Promise.all(stopped);
  return { name, files: found };
}
