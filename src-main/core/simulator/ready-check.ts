import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { throwIfAborted } from '../app-error.ts';
import { createCallFinder, pageHasCall } from '../builds/notify-app-ready.ts';
import type { DeviceFile, DeviceFiles } from './device-files.ts';
import type { Session } from './session.ts';

/** Whether an app calls notifyAppReady, and how that was found out. */
export type Readiness = { readonly isReady: boolean; readonly detail: string };

/** By running the app, where there is something to run it in; else by a search of its text. */
export async function checkReady(
  { runner, files, profile, readyTimeoutMs, mishaps, signal }: Session,
  bundle: readonly DeviceFile[],
): Promise<Readiness> {
  if (mishaps.isNeverReady) return { isReady: false, detail: 'The app never calls notifyAppReady (asked for).' };
  const byText = async (why: string): Promise<Readiness> => {
    const isReady = await textCallsReady(bundle, files, signal);
    const found = isReady
      ? 'A script calls notifyAppReady (found in its text; the app was not run'
      : 'No script calls notifyAppReady (looked for in their text; the app was not run';
    return { isReady, detail: `${found}${why}).` };
  };
  if (!runner) return byText('');
  const run = await runner.run({
    files: bundle,
    pathOf: (sha256) => files.pathOf(sha256),
    platform: profile.platform,
    timeoutMs: readyTimeoutMs,
    signal,
  });
  switch (run.kind) {
    case 'ready':
      return {
        isReady: true,
        detail: `The app was run in ${runner.name} and called notifyAppReady after ${(run.afterMs / 1000).toFixed(1)} s.`,
      };
    case 'silent': {
      const problem = run.problems[0] === undefined ? '' : ` Its first error: ${run.problems[0]}`;
      return { isReady: false, detail: `The app was run in ${runner.name} and never called notifyAppReady.${problem}` };
    }
    case 'unavailable':
      return byText(`: ${run.reason}`);
  }
}

async function textCallsReady(
  bundle: readonly DeviceFile[],
  files: DeviceFiles,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const { path, sha256 } of bundle) {
    throwIfAborted(signal);
    if (/\.html?$/i.test(path)) {
      if (pageHasCall(await readFile(files.pathOf(sha256), 'utf8'))) return true;
    } else if (/\.[cm]?js$/i.test(path)) {
      const finder = createCallFinder();
      for await (const chunk of createReadStream(files.pathOf(sha256)) as AsyncIterable<Buffer>) {
        if (finder.feed(chunk)) return true;
      }
      if (finder.end()) return true;
    }
  }
  return false;
}
