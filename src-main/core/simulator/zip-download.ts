import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describeStep, does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';

import { throwIfAborted } from '../app-error.ts';
import type { ReadOffer } from './classify-reply.ts';
import { agentHeaders, ANDROID_ZIP_AGENT } from './client-profile.ts';
import type { Download, DownloadHead } from './http-client.ts';
import { reportPercent, type Session } from './session.ts';
import { Trouble, whyOf } from './trouble.ts';

/** A downloaded file; or why there is none, which was reported. */
export type FetchedZip =
  | { readonly kind: 'fetched'; readonly path: string; readonly sha256: string }
  | { readonly kind: 'failed'; /** In the words of Electron's client. */ readonly message?: string };

/** The client's own times: clients.md §2.1, §2.2, §12.1. */
const SILENCE_MS = { android: 60_000, ios: 25_000, electron: 20_000 } as const;
/** WorkManager's linear back-off: Appendix C, row 7. */
const BACK_OFF_MS = 10_000;

const failed = { kind: 'failed' } as const;

/** Fetches the whole zip as the platform's client does, with its reports: clients.md §2. */
export async function downloadZip(session: Session, offer: ReadOffer, running: string): Promise<FetchedZip> {
  switch (session.profile.platform) {
    case 'android':
      return downloadByAndroid(session, offer);
    case 'ios':
      return downloadByIos(session, offer, running);
    case 'electron':
      return downloadByElectron(session, offer);
  }
}

/** What of a run of Android's worker can be mended by the next one. */
class RunAgain extends Error {
  readonly sentences: readonly SimulationSentence[];

  constructor(...sentences: readonly SimulationSentence[]) {
    super('the transfer can be tried again');
    this.sentences = sentences;
  }
}

async function downloadByAndroid(session: Session, { url, version }: ReadOffer): Promise<FetchedZip> {
  const { stats, dialect, note, time, maxZipRuns, signal } = session;
  const path = join(session.folder, 'temp.zip');
  for (let run = 1; ; run += 1) {
    if (dialect.hasStartStats) stats.sendAtOnce('download_zip_start', version);
    try {
      const done = await runWorker(session, url, path, version);
      if (dialect.hasStartStats) stats.sendAtOnce('download_zip_complete', version);
      note('download', does('RECEIVED', { receivedBytes: done.total, version }));
      return { kind: 'fetched', path, sha256: done.sha256 };
    } catch (error) {
      throwIfAborted(signal);
      const problem = error instanceof RunAgain ? error.sentences : [whyOf(error)];
      const isMendable = error instanceof RunAgain && dialect.retriesZip;
      if (!isMendable) {
        note('download', ...problem);
        // The worker's failure carries no version (clients.md §2.4, §13.36).
        stats.send({ action: 'download_fail', version: null });
        return failed;
      }
      if (run >= maxZipRuns) {
        note('download', ...problem, does('QUEUE_STOPPED', { runs: run }));
        return failed;
      }
      const have = await sizeOf(path);
      const rest = have > 0 ? [does('QUEUE_RESUMES', { haveBytes: have })] : [];
      note('download', ...problem, does('QUEUE_AGAIN', { seconds: (BACK_OFF_MS * run) / 1000 }), ...rest);
      await time.pass(BACK_OFF_MS * run);
    }
  }
}

async function runWorker(
  session: Session,
  url: string,
  path: string,
  version: string,
): Promise<{ readonly sha256: string; readonly total: number }> {
  const { http, signal } = session;
  const have = await sizeOf(path);
  let reported = 0;
  let place = 0;
  let done: Download;
  try {
    done = await http.download({
      purpose: 'zip',
      url,
      intoPath: path,
      rangeStart: have,
      headers: { 'user-agent': ANDROID_ZIP_AGENT, 'accept-encoding': 'gzip' },
      limits: { silenceMs: SILENCE_MS.android },
      redirects: 'same-scheme',
      placeAt(head) {
        const planned = placeOnAndroid(head, have);
        place = planned ?? 0;
        return planned;
      },
      onProgress(bytes, total) {
        if (total === null) return;
        const percent = Math.min(70, Math.max(10, Math.floor((bytes / total) * 100)));
        if (percent < reported + 10) return;
        reported = Math.floor(percent / 10) * 10;
        reportPercent(session, reported, version);
      },
    });
  } catch (error) {
    throwIfAborted(signal);
    throw error instanceof RunAgain ? error : new RunAgain(does('TRANSFER_FAILED'), whyOf(error));
  }
  const { status, bytes } = done;
  if (status !== 200 && status !== 206) {
    const problem = does('ZIP_STATUS', { status });
    // Appendix C, rows 6 and 7.
    throw status >= 500 || status === 408 || status === 429 ? new RunAgain(problem) : new Trouble(problem);
  }
  const total = place + bytes;
  if (status === 206 && totalIn(done.contentRange) !== total) {
    throw new RunAgain(does('RANGE_UNFIT'));
  }
  return { sha256: place > 0 ? await digestOf(path) : done.sha256, total };
}

/** Where the body goes; null for a status without one. */
function placeOnAndroid({ status, contentRange }: DownloadHead, have: number): number | null {
  if (status === 200) return 0;
  if (status !== 206) return null;
  const start = startIn(contentRange);
  if (start === have || start === 0) return start;
  throw new RunAgain(does('RANGE_OTHER', { start: start ?? '?', wanted: have }));
}

const CONTENT_RANGE = /^\s*bytes (\d+)-(\d+)\/(\d+)\s*$/;

function startIn(contentRange: string | undefined): number | null {
  const match = CONTENT_RANGE.exec(contentRange ?? '');
  return match ? Number(match[1]) : null;
}

function totalIn(contentRange: string | undefined): number | null {
  const match = CONTENT_RANGE.exec(contentRange ?? '');
  return match ? Number(match[3]) : null;
}

/** One try; ids are random for each, so nothing is ever resumed (clients.md §2.2). */
async function downloadByIos(session: Session, { url, version }: ReadOffer, running: string): Promise<FetchedZip> {
  const { stats, dialect, profile } = session;
  if (dialect.hasStartStats) stats.send({ action: 'download_zip_start', version });
  stats.send({ action: 'download_0', version });
  const fetched = await fetchOnce(session, url, version, {
    headers: agentHeaders(profile),
    isAccepted: (status) => status >= 200 && status < 300,
  });
  if (fetched.kind === 'failed') stats.send({ action: 'download_fail', version: running });
  else stats.send({ action: 'download_70', version });
  return fetched;
}

async function downloadByElectron(session: Session, { url, version }: ReadOffer): Promise<FetchedZip> {
  const fetched = await fetchOnce(session, url, version, { headers: {}, isAccepted: (status) => status === 200 });
  if (fetched.kind === 'failed') {
    const { message } = fetched;
    session.stats.send({ action: 'download_fail', version, ...(message === undefined ? {} : { message }) });
  }
  return fetched;
}

async function fetchOnce(
  { http, dialect, profile, note, folder, signal }: Session,
  url: string,
  version: string,
  rules: { readonly headers: Readonly<Record<string, string>>; readonly isAccepted: (status: number) => boolean },
): Promise<FetchedZip> {
  const path = join(folder, 'temp.zip');
  try {
    const { status, bytes, sha256 } = await http.download({
      purpose: 'zip',
      url,
      intoPath: path,
      rangeStart: 0,
      headers: rules.headers,
      limits: { silenceMs: SILENCE_MS[profile.platform], wholeMs: dialect.wholeMs },
      redirects: 'any',
      placeAt: ({ status }) => (rules.isAccepted(status) ? 0 : null),
      onProgress: () => undefined,
    });
    if (rules.isAccepted(status)) {
      note('download', does('RECEIVED', { receivedBytes: bytes, version }));
      return { kind: 'fetched', path, sha256 };
    }
    note('download', does('ZIP_STATUS', { status }));
    return { kind: 'failed', message: `Download failed with status ${status}` };
  } catch (error) {
    throwIfAborted(signal);
    const why = whyOf(error);
    note('download', does('TRANSFER_FAILED'), why);
    return { kind: 'failed', message: describeStep([why]) };
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}
