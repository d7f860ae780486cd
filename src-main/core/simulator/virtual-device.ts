import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { AppError, reasonOf, throwIfAborted } from '../app-error.ts';
import { parseKey } from '../crypto/key-material.ts';
import { classifyReply, type RawReply, type ReadOffer, type ReplyReading } from './classify-reply.ts';
import {
  ANDROID_ZIP_AGENT,
  bundleName,
  infoObject,
  isPlugin,
  userAgent,
  type ClientPlatform,
  type ClientProfile,
} from './client-profile.ts';
import { createHttpClient, type HttpClient, type SimulatedRequest } from './http-client.ts';
import { openDownload, type OpenedBundle } from './open-bundle.ts';
import { createStatsSender, type StatsSender } from './stats-sender.ts';
import { unpackBundle, type Unpacked } from './unpack-bundle.ts';

export type VirtualDeviceOptions = {
  readonly updateUrl: string;
  /** Without it nothing is reported, as with an empty `statsUrl` in the config. */
  readonly statsUrl?: string | undefined;
  readonly channelUrl?: string | undefined;
  readonly appId: string;
  readonly platform?: ClientPlatform | undefined;
  readonly nativeVersion?: string | undefined;
  readonly pluginVersion?: string | undefined;
  /** The bundle it runs; without it the one of the store. */
  readonly current?: string | undefined;
  /** `defaultChannel` of its config. */
  readonly channel?: string | undefined;
  readonly customId?: string | undefined;
  /** `publicKey` of its config, as PEM: with it the bundle is decrypted as the client would. */
  readonly publicKey?: string | undefined;
  /** Random without it. */
  readonly deviceId?: string | undefined;
  /** How long it waits for notifyAppReady; the clients' own times without it (clients.md §9.5). */
  readonly readyTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: SimulationStep) => void) | undefined;
};

export type SimulationStep = {
  readonly step: 'launch' | 'check' | 'download' | 'verify' | 'unpack' | 'queue' | 'apply' | 'ready' | 'roll_back';
  /** ISO 8601. */
  readonly at: string;
  readonly detail: string;
};

/** Keys as in design/command-line.md §3, `simulate`. */
export type SimulationResult = {
  readonly outcome: 'updated' | 'up_to_date' | 'blocked' | 'failed';
  /** The bundle it runs in the end. */
  readonly version: string;
  readonly deviceId: string;
  readonly steps: readonly SimulationStep[];
  readonly requests: readonly SimulatedRequest[];
  /** Events as they were sent. */
  readonly stats: readonly Readonly<Record<string, unknown>>[];
  readonly bytes: number;
  /** Bytes that it had already. */
  readonly reused: number;
};

/** Android waits at least 30 s for a new bundle: clients.md §9.5. */
const READY_TIMEOUT_MS = { android: 30_000, ios: 10_000, electron: 10_000 } as const;
/** The plugin versions that virtual devices have unless told: clients.md Appendix C, §12.1. */
const PLUGIN_VERSION = { android: '8.51.23', ios: '8.51.23', electron: '0.0.1' } as const;
/** OkHttp's silence; iOS's wall clock: clients.md §1.1, §2. */
const CHECK_LIMITS = {
  android: { silenceMs: 10_000 },
  ios: { silenceMs: 20_000, wholeMs: 25_000 },
  electron: { silenceMs: 20_000 },
} as const;
const DOWNLOAD_LIMITS = {
  android: { silenceMs: 60_000 },
  ios: { silenceMs: 25_000, wholeMs: 25_000 },
  electron: { silenceMs: 20_000 },
} as const;

/**
 * Runs one update cycle as a real client would: start, check, download, verify, unpack, and, after a move to the
 * background and a new start, notifyAppReady or the roll back (clients.md Appendix B, §9.9). Works against any
 * compatible server. Whether the app gets ready is told from its text, not by running it.
 * Rejects with `CANCELLED`, and with the codes of `parseKey` for a bad public key; everything that goes wrong on the way is an outcome.
 */
export async function runVirtualDevice(options: VirtualDeviceOptions): Promise<SimulationResult> {
  const { signal } = options;
  throwIfAborted(signal);
  const platform = options.platform ?? 'android';
  const profile: ClientProfile = {
    platform,
    appId: options.appId,
    deviceId: (options.deviceId ?? randomUUID()).toLowerCase(),
    nativeVersion: options.nativeVersion ?? '1.0.0',
    pluginVersion: options.pluginVersion ?? PLUGIN_VERSION[platform],
    customId: options.customId ?? '',
    channel: options.channel ?? '',
    publicKey: options.publicKey === undefined ? null : parseKey(options.publicKey).key,
  };
  const requests: SimulatedRequest[] = [];
  const steps: SimulationStep[] = [];
  const sent: Readonly<Record<string, unknown>>[] = [];

  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-virtual-'));
  opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const http = opened.use(createHttpClient({ signal, requests }));
  const stats = createStatsSender({ profile, statsUrl: options.statsUrl ?? '', http, sent, now: Date.now });

  const device: Device = {
    profile,
    http,
    stats,
    signal,
    zipPath: join(folder, 'bundle.zip'),
    updateUrl: options.updateUrl,
    readyTimeoutMs: options.readyTimeoutMs ?? READY_TIMEOUT_MS[platform],
    note(step, detail) {
      const noted = { step, at: new Date().toISOString(), detail };
      steps.push(noted);
      options.onStep?.(noted);
    },
  };
  const end = await runCycle(device, options.current ?? null);
  await stats.flush();
  throwIfAborted(signal);
  const bytes = requests.reduce((sum, request) => sum + (request.bytes ?? 0), 0);
  return { ...end, deviceId: profile.deviceId, steps, requests, stats: sent, bytes, reused: 0 };
}

type Device = {
  readonly profile: ClientProfile;
  readonly http: HttpClient;
  readonly stats: StatsSender;
  readonly signal: AbortSignal | undefined;
  readonly zipPath: string;
  readonly updateUrl: string;
  readonly readyTimeoutMs: number;
  readonly note: (step: SimulationStep['step'], detail: string) => void;
};

type End = Pick<SimulationResult, 'outcome' | 'version'>;

async function runCycle(device: Device, current: string | null): Promise<End> {
  const { profile, stats } = device;
  const running = bundleName(profile, current);
  const isElectron = profile.platform === 'electron';

  launch(device, running);
  if (isElectron) stats.send({ action: 'set', version: running });
  const reading = await check(device, running);
  launched(device, running);

  switch (reading.kind) {
    case 'nothing':
      device.note('check', `${reading.detail}.`);
      return { outcome: 'up_to_date', version: running };
    case 'builtin':
      return backToBuiltin(device, running);
    case 'refused':
      return refused(device, reading, running);
    case 'offer':
      device.note('check', `Offered ${reading.offer.version}.`);
      return update(device, reading.offer, running, current);
  }
}

/** A cold start: clients.md §9.9. Electron reports nothing of it. */
function launch({ profile, stats, note }: Device, running: string): void {
  note('launch', `Starts with ${running}.`);
  if (profile.platform === 'electron') return;
  if (isPlugin(profile, '8.51.0')) {
    const metadata = { launch_started_at: String(Date.now()), source: 'plugin_load' };
    stats.send({ action: 'app_launch_start', version: running, metadata });
  }
  stats.send({ action: 'app_moved_to_foreground', version: running });
}

/** The app called notifyAppReady for the first time in this process. */
function launched({ profile, stats }: Device, running: string): void {
  if (profile.platform === 'electron' || !isPlugin(profile, '8.51.0')) return;
  const metadata = { duration_ms: '350', launch_started_at: String(Date.now() - 350), source: 'notify_app_ready' };
  stats.send({ action: 'app_launch_ready', version: running, metadata });
  for (const action of ['webview_dom_content_loaded', 'webview_page_loaded']) {
    stats.send({ action, version: running, metadata: { duration_ms: '300' } });
  }
}

async function check({ profile, http, updateUrl, signal }: Device, running: string): Promise<ReplyReading> {
  let reply: RawReply;
  try {
    reply = await http.send({
      method: 'POST',
      url: updateUrl,
      body: infoObject(profile, running),
      headers: {
        'content-type': profile.platform === 'android' ? 'application/json; charset=utf-8' : 'application/json',
        ...(profile.platform === 'ios' ? { accept: 'application/json' } : {}),
        'user-agent': userAgent(profile),
      },
      limits: CHECK_LIMITS[profile.platform],
    });
  } catch (error) {
    throwIfAborted(signal);
    const code = profile.platform === 'ios' ? 'response_error' : 'network_error';
    return { kind: 'refused', refusal: 'failed', error: code, message: reasonOf(error), version: null };
  }
  return classifyReply(profile.platform, reply, running);
}

function refused(
  { profile, stats, note }: Device,
  { refusal, error, message }: Extract<ReplyReading, { kind: 'refused' }>,
  running: string,
): End {
  note('check', `${message} (${error || refusal}).`);
  if (refusal !== 'failed') return { outcome: refusal, version: running };
  // Electron says nothing about a failed check (clients.md §12.1).
  if (profile.platform !== 'electron') stats.send({ action: 'download_fail', version: running });
  return { outcome: 'failed', version: running };
}

/** Installed at the next move to the background: clients.md §1.5, §9.9. */
function backToBuiltin({ profile, stats, note }: Device, running: string): End {
  const builtin = bundleName(profile, null);
  note('check', 'Sent back to the bundle of the store.');
  if (running === builtin) return { outcome: 'up_to_date', version: running };
  stats.send({ action: 'set_next', version: builtin, oldVersion: running });
  stats.send({ action: 'app_moved_to_background', version: running });
  stats.send({ action: 'reset', version: builtin, oldVersion: running });
  note('apply', `Runs ${builtin}, the bundle of the store.`);
  return { outcome: 'updated', version: builtin };
}

async function update(device: Device, offer: ReadOffer, running: string, current: string | null): Promise<End> {
  const { profile, note } = device;
  const failed: End = { outcome: 'failed', version: running };
  const problem = refuseOffer(device, offer, running);
  if (problem !== null) {
    note('download', problem);
    return failed;
  }
  const file = await download(device, offer, running);
  if (!file) return failed;

  const opened = await openFile(device, offer, file.sha256, running);
  if (!opened) return failed;

  // iOS unpacks and reports completion before it compares (clients.md §13.37).
  const isVerifiedFirst = profile.platform !== 'ios';
  if (isVerifiedFirst && !verify(device, offer, opened, running)) return failed;
  const bundle = await unpack(device, offer, opened.path, running);
  if (!bundle) return failed;
  if (!isVerifiedFirst && !verify(device, offer, opened, running)) return failed;
  if (!bundle.hasIndexHtml) {
    // Silent on phones: downloaded, never set (clients.md §9.9).
    note('queue', 'There is no index.html at the root: it is never applied, and nothing is reported.');
    return failed;
  }
  return apply(device, { offer, bundle, running, current });
}

/** What the client refuses before it asks for the file; null when it goes on. */
function refuseOffer({ profile, stats }: Device, offer: ReadOffer, running: string): string | null {
  if (profile.platform !== 'electron' && offer.hasManifest) {
    stats.send({ action: 'download_fail', version: running });
    return 'The offer carries a manifest, which this virtual device cannot take.';
  }
  // Appendix C, row 3: no event, only this stat. With a key a checksum was always required (clients.md §3).
  const isStrict = profile.publicKey !== null || isPlugin(profile, '8.51.23');
  if (profile.platform === 'android' && offer.checksum === '' && isStrict) {
    stats.send({ action: 'checksum_required', version: running });
    return 'The offer has no checksum, which this version of the client refuses.';
  }
  return null;
}

async function download(
  device: Device,
  { url, version }: ReadOffer,
  running: string,
): Promise<{ readonly sha256: string } | null> {
  const { profile, http, stats, note, zipPath, signal } = device;
  const { platform } = profile;
  if (platform === 'android') stats.sendAtOnce('download_zip_start', version);
  if (platform === 'ios') {
    stats.send({ action: 'download_zip_start', version });
    stats.send({ action: 'download_0', version });
  }
  let reported = 0;
  let problem: string;
  try {
    const { status, bytes, sha256 } = await http.download({
      url,
      intoPath: zipPath,
      headers:
        platform === 'android'
          ? { 'user-agent': ANDROID_ZIP_AGENT, 'accept-encoding': 'gzip' }
          : platform === 'ios'
            ? { 'user-agent': userAgent(profile) }
            : {},
      limits: DOWNLOAD_LIMITS[platform],
      onProgress(done, total) {
        if (platform !== 'android' || total === null) return;
        // 10 to 70 while bytes come in, by tens; steps may be left out (clients.md §2.3).
        const percent = Math.floor((10 + (done / total) * 60) / 10) * 10;
        if (percent <= reported) return;
        reported = percent;
        stats.send({ action: `download_${percent}`, version });
      },
    });
    const isAccepted = platform === 'ios' ? status >= 200 && status < 300 : status === 200 || status === 206;
    if (isAccepted && sha256 !== '') {
      note('download', `Received ${bytes} bytes of ${version}.`);
      if (platform === 'android') stats.sendAtOnce('download_zip_complete', version);
      return { sha256 };
    }
    problem = `The file was answered with HTTP ${status}.`;
  } catch (error) {
    throwIfAborted(signal);
    problem = `The transfer failed: ${reasonOf(error)}.`;
  }
  note('download', problem);
  // Android's worker leaves the version out (clients.md §2.4), Electron names the new one.
  const named = { android: null, ios: running, electron: version }[platform];
  stats.send({ action: 'download_fail', version: named });
  return null;
}

/** Decrypts where the client would; null after a failure, which is reported in the client's way (clients.md §3). */
async function openFile(
  { profile, stats, note, zipPath, signal }: Device,
  offer: ReadOffer,
  sha256: string,
  running: string,
): Promise<OpenedBundle | null> {
  const opened = await openDownload(profile, offer, { path: zipPath, sha256 }, signal);
  if (!('kind' in opened)) return opened;
  note('verify', `${opened.detail}.`);
  stats.send({ action: 'download_fail', version: running });
  if (profile.platform === 'android') stats.send({ action: 'finish_download_fail', version: offer.version });
  return null;
}

function verify({ profile, stats, note }: Device, offer: ReadOffer, opened: OpenedBundle, running: string): boolean {
  const { version } = offer;
  const { sha256, expected: checksum } = opened;
  const { platform } = profile;
  if (checksum === '') {
    note('verify', 'The offer has no checksum, nothing is compared.');
    return true;
  }
  // Electron alone ignores case (clients.md §3, §12.1).
  const isEqual = platform === 'electron' ? checksum.toLowerCase() === sha256 : checksum === sha256;
  note('verify', isEqual ? 'The checksum matches.' : `The checksum is ${checksum}, the file's is ${sha256}.`);
  if (isEqual) return true;
  if (platform === 'electron') {
    stats.send({ action: 'download_fail', version });
    return false;
  }
  stats.send({ action: 'checksum_fail', version: platform === 'android' ? running : version });
  stats.send({ action: 'delete', version });
  stats.send({ action: 'download_fail', version: running });
  if (platform === 'android') stats.send({ action: 'finish_download_fail', version });
  return false;
}

type Bundle = Extract<Unpacked, { kind: 'unpacked' }>;

async function unpack(device: Device, { version }: ReadOffer, path: string, running: string): Promise<Bundle | null> {
  const { profile, stats, note, signal } = device;
  const { platform } = profile;
  if (platform === 'ios') stats.send({ action: 'download_70', version });
  const found = await unpackBundle(path, platform, { signal });
  if (found.kind === 'failed') {
    note('unpack', `${found.detail}.`);
    if (platform === 'electron') {
      stats.send({ action: 'download_fail', version });
      return null;
    }
    if (found.action !== 'unzip_fail') stats.send({ action: found.action, version: running });
    stats.send({ action: 'unzip_fail', version: running });
    stats.send({ action: 'download_fail', version: running });
    if (platform === 'android') stats.send({ action: 'finish_download_fail', version });
    return null;
  }
  note('unpack', `Unpacked ${found.files} files.`);
  if (platform === 'android') stats.send({ action: 'download_80', version });
  if (platform !== 'electron') stats.send({ action: 'download_90', version });
  if (platform === 'ios') stats.send({ action: 'download_zip_complete', version });
  stats.send({ action: 'download_complete', version });
  return found;
}

/** Background, switch, a new start, and the wait for notifyAppReady. */
async function apply(
  device: Device,
  update: {
    readonly offer: ReadOffer;
    readonly bundle: Bundle;
    readonly running: string;
    readonly current: string | null;
  },
): Promise<End> {
  const { profile, stats, note } = device;
  const { version } = update.offer;
  const { running } = update;
  const isElectron = profile.platform === 'electron';
  note('queue', `${version} is queued for the next move to the background.`);
  if (!isElectron) {
    if (isPlugin(profile, '8.44.0')) stats.send({ action: 'set_next', version, oldVersion: running });
    stats.send({ action: 'app_moved_to_background', version: running });
    stats.send({ action: 'set', version, oldVersion: running });
  }
  note('apply', `Switched to ${version}.`);

  // Closed and opened again: within one process a second notifyAppReady is not reported (clients.md §7.4).
  launch(device, version);
  if (!update.bundle.callsReady) return rollBack(device, update);
  note('ready', 'A script calls notifyAppReady (found in its text; the app was not run).');
  if (isElectron) stats.send({ action: 'set', version });
  else if (update.current !== null) stats.send({ action: 'delete', version: update.current });
  launched(device, version);
  await checkAgain(device, version);
  return { outcome: 'updated', version };
}

/** The check of the second start, which finds nothing new. Electron checks by timer only (clients.md §12.1). */
async function checkAgain(device: Device, version: string): Promise<void> {
  if (device.profile.platform === 'electron') return;
  const reading = await check(device, version);
  if (reading.kind === 'refused' && reading.refusal === 'failed') {
    device.stats.send({ action: 'download_fail', version });
  }
}

async function rollBack(
  { profile, stats, note, readyTimeoutMs, signal }: Device,
  { offer, running, current }: { readonly offer: ReadOffer; readonly running: string; readonly current: string | null },
): Promise<End> {
  const { version } = offer;
  note('ready', `No script calls notifyAppReady: waits ${readyTimeoutMs / 1000} s.`);
  try {
    await delay(readyTimeoutMs, undefined, { signal });
  } catch (error) {
    throw new AppError('CANCELLED', {}, { cause: error });
  }
  if (profile.platform === 'electron') {
    // Reports it, and reloads without rolling back by itself (clients.md §12.1).
    stats.send({ action: 'set_fail', version });
    return { outcome: 'failed', version };
  }
  if (isPlugin(profile, '8.51.0')) stats.send({ action: 'app_launch_timeout', version });
  stats.send({ action: 'update_fail', version });
  if (current !== null) stats.send({ action: 'set', version: running, oldVersion: bundleName(profile, null) });
  stats.send({ action: 'delete', version });
  note('roll_back', `Rolled back to ${running}.`);
  return { outcome: 'failed', version: running };
}
