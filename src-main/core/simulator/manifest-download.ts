import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { basename } from 'node:path/posix';

import { sha256Pattern } from '#contract/models/common.ts';
import { does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';

import { AppError, throwIfAborted } from '../app-error.ts';
import { decryptBody } from '../crypto/envelope.ts';
import { readSessionKey, type SessionKey } from '../crypto/sealed-values.ts';
import { decodeBrotli } from './brotli-body.ts';
import type { RawManifestEntry, ReadOffer } from './classify-reply.ts';
import { agentHeaders } from './client-profile.ts';
import type { DeviceFile } from './device-files.ts';
import { planManifest, type PlannedFile } from './manifest-plan.ts';
import { reportPercent, type Session } from './session.ts';
import { Trouble, whyOf } from './trouble.ts';
import { type PartialFile, withBundle } from './virtual-state.ts';

/** The most that a device asks for at a time: clients.md §6.4. */
const PARALLEL_FILES = 64;
const PARTIAL_LIFE_MS = 60 * 60 * 1000;
const IOS_FILE_MS = 25_000;

/** Fetches the files of a manifest that the device does not have; null after a failure, which was reported. */
export async function downloadManifest(
  session: Session,
  offer: ReadOffer & { readonly manifest: readonly RawManifestEntry[] },
  running: string,
): Promise<readonly DeviceFile[] | null> {
  const { profile, dialect, stats, note, openingKey } = session;
  const { version, manifest } = offer;
  const isIos = profile.platform === 'ios';
  const report = reporter(session);
  if (dialect.hasStartStats) report('download_manifest_start', version);
  if (isIos) stats.send({ action: 'download_0', version });

  const sessionKey = openSession(session, offer);
  if (sessionKey.kind === 'failed') return fail(session, version, running, [sessionKey.sentence]);
  const plan = planManifest({
    entries: manifest,
    version,
    platform: profile.platform,
    dialect,
    key: openingKey,
    hasSessionKey: sessionKey.key !== null,
  });
  for (const { action, version: named } of plan.problems) if (action !== null) report(action, named);
  const [problem] = plan.problems;
  if (problem) return fail(session, version, running, [problem.sentence]);

  const fetched = await fetchAll(session, plan.files, version, sessionKey.key);
  if (fetched.problem !== null) return fail(session, version, running, fetched.problem);
  if (dialect.hasStartStats) report('download_manifest_complete', version);
  const { sources, bytes } = fetched;
  session.sources = sources;
  note('download', does('FILES_COMPLETE', { count: plan.files.length, version, fetchedBytes: bytes, ...sources }));
  return fetched.files;
}

/** Android's worker posts past the queue, iOS queues (clients.md §6.5). */
function reporter({ profile, stats }: Session): (action: string, version: string) => void {
  return profile.platform === 'android'
    ? (action, version) => stats.sendAtOnce(action, version)
    : (action, version) => stats.send({ action, version });
}

/** On iOS the version is never tried again on this device (clients.md §6.5, §13.42). */
function fail(session: Session, version: string, running: string, sentences: readonly SimulationSentence[]): null {
  const { profile, stats, note } = session;
  note('download', ...sentences);
  if (profile.platform === 'android') {
    stats.send({ action: 'download_fail', version: null });
    return null;
  }
  const broken = { id: `failed-${version}`, version, checksum: '', status: 'error', files: [] } as const;
  session.state = withBundle(session.state, broken);
  stats.send({ action: 'download_fail', version: running });
  return null;
}

type OpenedSession =
  | { readonly kind: 'open'; readonly key: SessionKey | null }
  | { readonly kind: 'failed'; readonly sentence: SimulationSentence };

function openSession({ openingKey }: Session, { sessionKey }: ReadOffer): OpenedSession {
  if (!openingKey || sessionKey === '') return { kind: 'open', key: null };
  try {
    return { kind: 'open', key: readSessionKey(sessionKey, openingKey) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: 'failed', sentence: does('SESSION_KEY_SHUT', { keyId: openingKey.keyId, error: error.code }) };
  }
}

type Fetched = {
  readonly files: readonly DeviceFile[];
  readonly sources: { readonly fetched: number; readonly builtin: number; readonly cache: number };
  readonly bytes: number;
  readonly problem: readonly SimulationSentence[] | null;
};

async function fetchAll(
  session: Session,
  planned: readonly PlannedFile[],
  version: string,
  key: SessionKey | null,
): Promise<Fetched> {
  const { profile, stats } = session;
  const isIos = profile.platform === 'ios';
  const queue = planned.map((file, index) => ({ file, index }));
  const files: DeviceFile[] = [];
  let problem: readonly SimulationSentence[] | null = null;
  const sources = { fetched: 0, builtin: 0, cache: 0 };
  let [done, bytes] = [0, 0];

  async function work(): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      // iOS schedules no more after the first error, Android fetches the rest and fails then (clients.md §6.4).
      if (problem !== null && isIos) return;
      const { file, index } = next;
      const reused = await reuse(session, file);
      if (reused) {
        session.reusedBytes += reused.bytes;
        sources[reused.from] += 1;
        files.push({ path: file.target, sha256: reused.sha256, bytes: reused.bytes });
      } else {
        // One file stands for all: a checksum that fits nothing.
        const isWrong = session.mishaps.hasWrongChecksum && index === 0;
        const got = await fetchFile(session, isWrong ? { ...file, hash: '0'.repeat(64) } : file, index, version, key);
        if (got.kind === 'failed') {
          problem ??= got.sentences;
          continue;
        }
        sources.fetched += 1;
        bytes += got.received;
        files.push(got.file);
      }
      done += 1;
      const percent = Math.floor((done / planned.length) * 100);
      if (!isIos) reportPercent(session, Math.min(70, Math.max(10, percent)), version);
      else {
        // For every file, also when it is the same one again (clients.md §6.5).
        const shown = Math.floor((percent * 60) / 100) + 10;
        if (shown % 10 === 0) stats.send({ action: `download_${shown}`, version });
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(PARALLEL_FILES, planned.length) }, work));
  return { files, sources, bytes, problem };
}

/** Built into the app, or kept from an earlier update: clients.md §6.3. */
async function reuse(
  { profile, dialect, state, files }: Session,
  { fileName, target, hash }: PlannedFile,
): Promise<{ readonly from: 'builtin' | 'cache'; readonly sha256: string; readonly bytes: number } | null> {
  const wanted = profile.platform === 'android' ? hash.toLowerCase() : hash;
  const { builtinNames } = dialect;
  const builtinName = builtinNames === 'none' ? null : builtinNames === 'in_manifest' ? fileName : target;
  const builtin = state.builtin.find(({ path, sha256 }) => path === builtinName && sha256 === wanted);
  const cached = state.cache.find((file) => file.hash === hash && file.name === basename(target));
  for (const [from, found] of [['builtin', builtin] as const, ['cache', cached] as const]) {
    if (found && (await files.has(found.sha256))) return { from, sha256: found.sha256, bytes: found.bytes };
  }
  return null;
}

type FetchedFile =
  | { readonly kind: 'fetched'; readonly file: DeviceFile; readonly received: number }
  | { readonly kind: 'failed'; readonly sentences: readonly SimulationSentence[] };

async function fetchFile(
  session: Session,
  file: PlannedFile,
  index: number,
  version: string,
  key: SessionKey | null,
): Promise<FetchedFile> {
  const { profile, dialect, http, signal, folder, files, note } = session;
  const isAndroid = profile.platform === 'android';
  const { fileName, target } = file;
  const report = reporter(session);
  const failed = (
    sentences: readonly SimulationSentence[],
    ...reports: readonly (readonly [string, string])[]
  ): FetchedFile => {
    if (dialect.hasStartStats) for (const [action, named] of reports) report(action, named);
    return { kind: 'failed', sentences };
  };
  const fileFail = ['download_manifest_file_fail', `${version}:${fileName}`] as const;
  const shown = isAndroid ? `${version}:${basename(target)}` : `${version}:${target}`;

  const path = join(folder, `file-${index}`);
  const name = partialName(file);
  const have = await restorePartial(session, name, path);
  let received = 0;
  /** Whether what came was added to what an earlier try had left. */
  let isJoined = false;
  try {
    const { status, bytes } = await http.download({
      purpose: 'file',
      url: file.downloadUrl,
      intoPath: path,
      rangeStart: have,
      headers: agentHeaders(profile),
      limits: { silenceMs: isAndroid ? dialect.silenceMs : IOS_FILE_MS, wholeMs: dialect.wholeMs },
      redirects: 'any',
      placeAt({ status: answered, contentRange }) {
        if (answered === 206 && dialect.isWary && !startsAt(contentRange, have)) {
          throw new Trouble(does('RANGE_UNSAID', { start: have }));
        }
        if (answered === 206) return have;
        const isTaken = isAndroid ? answered === 200 : answered >= 200 && answered < 300;
        return isTaken ? 0 : null;
      },
      onProgress: () => undefined,
    });
    received = bytes;
    // With a partial, 416 says that it is whole: the hash decides (clients.md §6.4).
    const isWhole = status === 416 && have > 0;
    isJoined = isWhole || (status === 206 && have > 0);
    const resumed = have > 0 ? resumption(status, fileName, have, bytes) : null;
    if (resumed) note('download', resumed);
    if (!isWhole && status !== 206 && !(isAndroid ? status === 200 : status >= 200 && status < 300)) {
      const again = isAndroid ? [['download_manifest_file_fail', shown] as const] : [];
      return failed([does('FILE_STATUS', { file: fileName, status })], ...again, fileFail);
    }
  } catch (error) {
    throwIfAborted(signal);
    await keepPartial(session, name, path);
    return failed([does('FILE_TRANSFER_FAILED', { file: fileName }), whyOf(error)], fileFail);
  }

  // Nothing in a file says which release the part was of (clients.md §6.4).
  const joined = isJoined ? [does('JOINED')] : [];
  dropPartial(session, name);
  const body = await readFile(path);
  let plain: Buffer;
  try {
    plain = key ? decryptFile(body, key, isAndroid ? dialect.isStrict : true) : body;
  } catch (error) {
    return failed(
      [does('FILE_SHUT', { file: fileName }), whyOf(error), ...joined],
      isAndroid ? fileFail : ['decrypt_fail', version],
    );
  }
  let content: Buffer;
  try {
    const isBroken = session.mishaps.hasCorruptZip && index === 0;
    content = file.isBrotli ? await decodeBrotli(isBroken ? plain.subarray(1) : plain) : plain;
  } catch (error) {
    const also = isAndroid ? [fileFail] : [];
    return failed(
      [does('FILE_NO_BROTLI', { file: fileName }), whyOf(error), ...joined],
      ['download_manifest_brotli_fail', shown],
      ...also,
    );
  }
  const found = createHash('sha256').update(content).digest('hex');
  // Android ignores case (clients.md §6.2).
  if (found !== (isAndroid ? file.hash.toLowerCase() : file.hash)) {
    const also = isAndroid ? [fileFail] : [];
    return failed(
      [does('FILE_HASH', { file: fileName, expected: file.hash, found }), ...joined],
      ['download_manifest_checksum_fail', shown],
      ...also,
    );
  }
  const sha256 = await files.put(content);
  keepInCache(session, file, sha256, content.length);
  return { kind: 'fetched', file: { path: target, sha256, bytes: content.length }, received };
}

/** What a server made of a request for the rest; null: it did not send the file. */
function resumption(status: number, file: string, haveBytes: number, receivedBytes: number): SimulationSentence | null {
  if (status === 416) return does('RESUMED_END', { file, haveBytes });
  if (status === 206) return does('RESUMED_REST', { file, haveBytes, receivedBytes });
  return status === 200 ? does('RESUMED_WHOLE', { file, haveBytes, receivedBytes }) : null;
}

function startsAt(contentRange: string | undefined, start: number): boolean {
  return /^\s*bytes (\d+)-\d+\/\d+\s*$/.exec(contentRange ?? '')?.[1] === String(start);
}

/** Empty data is refused on both sides of the cipher: clients.md §4.6. */
function decryptFile(body: Buffer, key: SessionKey, refusesEmpty: boolean): Buffer {
  if (refusesEmpty && body.length === 0) throw new Trouble(does('DATA_EMPTY'));
  const plain = decryptBody(body, key);
  if (refusesEmpty && plain.length === 0) throw new Trouble(does('PLAIN_EMPTY'));
  return plain;
}

function keepInCache(session: Session, { hash, target }: PlannedFile, sha256: string, bytes: number): void {
  if (!sha256Pattern.test(hash)) return;
  const name = basename(target);
  const others = session.state.cache.filter((file) => file.hash !== hash || file.name !== name);
  session.state = { ...session.state, cache: [...others, { hash, name, sha256, bytes }] };
}

/** The same for every bundle with that file: clients.md §6.4. */
function partialName({ hash, fileName }: PlannedFile): string {
  const digest = createHash('sha256').update(fileName).digest('hex');
  return `partial_${hash}_${digest.slice(0, 16)}.tmp`;
}

/** Puts back what is left of an earlier try; returns its length. */
async function restorePartial({ state, dialect, files }: Session, name: string, path: string): Promise<number> {
  const kept = state.partials.find((partial) => partial.name === name && partial.atMs > Date.now() - PARTIAL_LIFE_MS);
  if (!kept || !dialect.resumesFiles || !(await files.has(kept.sha256))) return 0;
  await copyFile(files.pathOf(kept.sha256), path);
  return kept.bytes;
}

function dropPartial(session: Session, name: string): void {
  const { partials } = session.state;
  session.state = { ...session.state, partials: partials.filter((partial) => partial.name !== name) };
}

async function keepPartial(session: Session, name: string, path: string): Promise<void> {
  if (!session.dialect.resumesFiles) return;
  const content = await readFile(path).catch(() => null);
  if (!content || content.length === 0) return;
  const partial: PartialFile = {
    name,
    sha256: await session.files.put(content),
    bytes: content.length,
    atMs: Date.now(),
  };
  dropPartial(session, name);
  session.state = { ...session.state, partials: [...session.state.partials, partial] };
}
