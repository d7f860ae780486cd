import type { SimulationResult } from '#contract/models/virtual-device.ts';
import { does } from '#contract/texts/simulation-texts.ts';

import type { ReadOffer, ReplyReading } from './classify-reply.ts';
import { builtinName } from './client-profile.ts';
import { hasIndexHtml } from './flatten.ts';
import { fetchBundle } from './install.ts';
import { checkReady } from './ready-check.ts';
import { runningId, runningName, type Session } from './session.ts';
import { checkForUpdate } from './update-check.ts';
import {
  afterNativeUpdate,
  bundleNamed,
  currentBundle,
  withoutDeleted,
  withStatus,
  type VirtualBundle,
} from './virtual-state.ts';

export type End = Pick<SimulationResult, 'outcome' | 'version'>;

/**
 * A start of the app, its check, and what follows from the answer, up to the next start and notifyAppReady or the roll
 * back: clients.md Appendix B, §9.9.
 */
export async function runCycle(session: Session): Promise<End> {
  const { profile, stats, note } = session;
  updateNative(session);
  launch(session);
  const running = runningName(session);
  // Electron's client tells of every notifyAppReady, and rolls nothing back that never called it (clients.md §12.1).
  const callsReady = currentBundle(session.state)?.status !== 'pending';
  if (profile.platform === 'electron' && callsReady) {
    stats.send({ action: 'set', version: running, bundleId: runningId(session) });
  }
  const reading = await checkForUpdate(session, running);
  launched(session, running);
  switch (reading.kind) {
    case 'nothing':
      note('check', reading.sentence);
      return { outcome: 'up_to_date', version: running };
    case 'builtin':
      return backToBuiltin(session, running);
    case 'refused':
      return refused(session, reading, running);
    case 'offer':
      note('check', does('OFFERED', { version: reading.offer.version }));
      return update(session, reading.offer, running);
  }
}

/** The store brought a newer app since the last start: clients.md §9.6. */
function updateNative(session: Session): void {
  const { profile, state, stats, note } = session;
  const before = state.nativeVersion;
  if (before === profile.nativeVersion) return;
  const gone = state.bundles.filter(({ status }) => status !== 'deleted');
  session.state = afterNativeUpdate(state, profile.nativeVersion);
  if (profile.platform === 'electron') return;
  note('launch', does('NATIVE_UPDATED', { before, after: profile.nativeVersion }));
  for (const { version } of gone) stats.send({ action: 'delete', version });
  const builtin = builtinName(profile);
  if (profile.platform === 'android') stats.send({ action: 'reset', version: builtin, oldVersion: before });
}

/** A cold start: clients.md §9.9. Electron reports nothing of it. */
function launch(session: Session): void {
  const { profile, dialect, stats, note } = session;
  const running = runningName(session);
  session.process = { reportedPercent: 0 };
  note('launch', does('STARTS', { version: running }));
  if (profile.platform === 'electron') return;
  if (dialect.hasLaunchStats) {
    const metadata = { launch_started_at: String(Date.now()), source: 'plugin_load' };
    stats.send({ action: 'app_launch_start', version: running, metadata });
  }
  stats.send({ action: 'app_moved_to_foreground', version: running });
}

/** The app called notifyAppReady for the first time in this process. */
function launched({ dialect, stats }: Session, running: string): void {
  if (!dialect.hasLaunchStats) return;
  const metadata = { duration_ms: '350', launch_started_at: String(Date.now() - 350), source: 'notify_app_ready' };
  stats.send({ action: 'app_launch_ready', version: running, metadata });
  for (const action of ['webview_dom_content_loaded', 'webview_page_loaded']) {
    stats.send({ action, version: running, metadata: { duration_ms: '300' } });
  }
}

function refused(
  { stats, note }: Session,
  { refusal, sentences, stat }: Extract<ReplyReading, { kind: 'refused' }>,
  running: string,
): End {
  note('check', ...sentences);
  if (stat !== null) stats.send({ action: stat, version: running });
  return { outcome: refusal, version: running };
}

/** Installed at the next move to the background: clients.md §1.5, §9.9. */
function backToBuiltin(session: Session, running: string): End {
  const { profile, dialect, stats, note } = session;
  const builtin = builtinName(profile);
  note('check', does('SENT_TO_BUILTIN'));
  if (session.state.currentId === null) return { outcome: 'up_to_date', version: running };
  if (dialect.hasSetNext) stats.send({ action: 'set_next', version: builtin, oldVersion: running });
  stats.send({ action: 'app_moved_to_background', version: running });
  stats.send({ action: 'reset', version: builtin, oldVersion: running });
  session.state = { ...session.state, currentId: null };
  note('apply', does('RUNS_BUILTIN', { version: builtin }));
  return { outcome: 'updated', version: builtin };
}

async function update(session: Session, offer: ReadOffer, running: string): Promise<End> {
  const failed: End = { outcome: 'failed', version: running };
  const bundle = await bundleFor(session, offer, running);
  if (!bundle) return failed;
  if (!hasIndexHtml(bundle.files)) {
    // Silent on phones: downloaded, never set (clients.md §9.9).
    session.note('queue', does('INDEX_MISSING'));
    return failed;
  }
  return apply(session, bundle, running);
}

/** The bundle on the device, else a fetched one; null after a failure, which was reported. */
async function bundleFor(session: Session, offer: ReadOffer, running: string): Promise<VirtualBundle | null> {
  const { profile, stats, note } = session;
  // Electron compares nothing: it fetches what it is offered, also what it has (clients.md §12.1).
  const local = profile.platform === 'electron' ? null : bundleNamed(session.state, offer.version);
  if (!local) return fetchBundle(session, offer, running);
  if (local.status === 'error') {
    // Asks for nothing, at every check: clients.md §9.9, §13.42.
    note('download', does('IN_ERROR_STATE', { version: offer.version }));
    stats.send({ action: 'download_fail', version: running });
    return null;
  }
  // iOS compares once more, Android takes the bundle unseen (clients.md §1.5).
  const isSame = offer.manifest !== null || offer.checksum === '' || offer.checksum === local.checksum;
  const isPlain = session.openingKey === null;
  if (profile.platform === 'ios' && isPlain && !isSame) {
    note('verify', does('CHECKSUM_OTHER', { version: offer.version }));
    stats.send({ action: 'checksum_fail', version: offer.version });
    stats.send({ action: 'delete', version: offer.version });
    stats.send({ action: 'download_fail', version: running });
    session.state = withStatus(session.state, local.id, 'deleted');
    return null;
  }
  note('download', does('ON_DEVICE', { version: offer.version }));
  return local;
}

/** Background, switch, a new start, and the wait for notifyAppReady. */
async function apply(session: Session, bundle: VirtualBundle, running: string): Promise<End> {
  const { profile, dialect, stats, note } = session;
  const { version } = bundle;
  const isElectron = profile.platform === 'electron';
  const before = currentBundle(session.state);
  note('queue', does('QUEUED', { version }));
  if (!isElectron) {
    if (dialect.hasSetNext) stats.send({ action: 'set_next', version, oldVersion: running });
    stats.send({ action: 'app_moved_to_background', version: running });
    stats.send({ action: 'set', version, oldVersion: running });
  }
  session.state = { ...withStatus(session.state, bundle.id, 'pending'), currentId: bundle.id };
  note('apply', does('SWITCHED', { version }));

  // Closed and opened again: within one process a second notifyAppReady is not reported (clients.md §7.4).
  launch(session);
  const ready = await checkReady(session, bundle.files);
  note('ready', ...ready.sentences);
  if (!ready.isReady) return rollBack(session, bundle, before);
  if (isElectron) stats.send({ action: 'set', version, bundleId: bundle.id });
  else if (before) stats.send({ action: 'delete', version: before.version });
  const done = withStatus(session.state, bundle.id, 'success');
  const cleared = before ? withStatus(done, before.id, 'deleted') : done;
  session.state = withoutDeleted({ ...cleared, fallbackId: bundle.id });
  launched(session, version);
  await checkAgain(session, version);
  return { outcome: 'updated', version };
}

/** The check of the second start, which finds nothing new. Electron checks by timer only (clients.md §12.1). */
async function checkAgain(session: Session, version: string): Promise<void> {
  if (session.profile.platform === 'electron') return;
  const reading = await checkForUpdate(session, version);
  if (reading.kind === 'refused' && reading.stat !== null) session.stats.send({ action: reading.stat, version });
}

/** Nothing is remembered of it: the next check that still offers the version fetches it again (clients.md §9.5). */
async function rollBack(session: Session, bundle: VirtualBundle, before: VirtualBundle | null): Promise<End> {
  const { profile, dialect, stats, note, readyTimeoutMs, time } = session;
  const { version } = bundle;
  note('ready', does('WAITS', { seconds: readyTimeoutMs / 1000 }));
  await time.pass(readyTimeoutMs);
  if (profile.platform === 'electron') {
    // Reports it, and reloads without rolling back by itself (clients.md §12.1).
    stats.send({ action: 'set_fail', version, bundleId: bundle.id, message: 'App ready timeout' });
    return { outcome: 'failed', version };
  }
  if (dialect.hasLaunchStats) {
    const metadata = { timeout_ms: String(readyTimeoutMs), launch_started_at: String(Date.now() - readyTimeoutMs) };
    stats.send({ action: 'app_launch_timeout', version, metadata });
  }
  stats.send({ action: 'update_fail', version });
  if (before) stats.send({ action: 'set', version: before.version, oldVersion: builtinName(profile) });
  stats.send({ action: 'delete', version });
  session.state = withoutDeleted({
    ...withStatus(session.state, bundle.id, 'deleted'),
    currentId: before?.id ?? null,
  });
  const back = runningName(session);
  note('roll_back', does('ROLLED_BACK', { version: back }));
  return { outcome: 'failed', version: back };
}
