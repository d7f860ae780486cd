import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';

import { throwIfAborted } from '../app-error.ts';
import { createCallFinder, pageHasCall } from '../builds/notify-app-ready.ts';
import type { DeviceFile, DeviceFiles } from './device-files.ts';
import type { Session } from './session.ts';

/** Whether an app calls notifyAppReady, and how that was found out. */
export type Readiness = { readonly isReady: boolean; readonly sentences: readonly SimulationSentence[] };

/** By running the app, where there is something to run it in; else by a search of its text. */
export async function checkReady(
  { runner, files, profile, readyTimeoutMs, mishaps, signal }: Session,
  bundle: readonly DeviceFile[],
): Promise<Readiness> {
  if (mishaps.isNeverReady) return { isReady: false, sentences: [does('NEVER_READY')] };
  const byText = async (reason: string | null): Promise<Readiness> => {
    const isReady = await textCallsReady(bundle, files, signal);
    const sentence =
      reason === null
        ? does(isReady ? 'CALL_FOUND' : 'CALL_MISSING')
        : does(isReady ? 'CALL_FOUND_BECAUSE' : 'CALL_MISSING_BECAUSE', { reason });
    return { isReady, sentences: [sentence] };
  };
  if (!runner) return byText(null);
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
        sentences: [does('RAN_READY', { runner: runner.name, seconds: Math.round(run.afterMs / 100) / 10 })],
      };
    case 'silent': {
      const [error] = run.problems;
      const problem = error === undefined ? [] : [does('FIRST_ERROR', { error })];
      return { isReady: false, sentences: [does('RAN_SILENT', { runner: runner.name }), ...problem] };
    }
    case 'unavailable':
      return byText(run.reason);
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
