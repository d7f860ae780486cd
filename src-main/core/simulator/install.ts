import { randomUUID } from 'node:crypto';

import { describeStep, does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';

import { AppError } from '../app-error.ts';
import { openChecksum } from '../crypto/sealed-values.ts';
import type { ReadOffer } from './classify-reply.ts';
import type { DeviceFile } from './device-files.ts';
import { overlayManifest } from './electron-overlay.ts';
import { flatten } from './flatten.ts';
import { downloadManifest } from './manifest-download.ts';
import { openDownload, type OpenedBundle } from './open-bundle.ts';
import { reportPercent, type Session } from './session.ts';
import { unpackBundle } from './unpack-bundle.ts';
import { withBundle, withStatus, type VirtualBundle } from './virtual-state.ts';
import { downloadZip } from './zip-download.ts';

/** A bundle that is not on the device yet, to be fetched and unpacked; null after a failure, which was reported. */
export async function fetchBundle(session: Session, offer: ReadOffer, running: string): Promise<VirtualBundle | null> {
  if (isRefused(session, offer, running)) return null;
  const { manifest } = offer;
  return manifest === null || session.profile.platform === 'electron'
    ? installZip(session, offer, running)
    : installManifest(session, { ...offer, manifest }, running);
}

/** What the client refuses before it asks for a file: clients.md §3, Appendix C rows 3 and 4. */
function isRefused({ profile, dialect, openingKey, stats, note }: Session, offer: ReadOffer, running: string): boolean {
  const { platform } = profile;
  if (platform === 'electron') return false;
  // Android tells of these with one stat of the running bundle and nothing else.
  const tell = (action: string, sentence: SimulationSentence): true => {
    stats.send({ action, version: platform === 'android' ? running : offer.version });
    if (platform === 'ios') stats.send({ action: 'download_fail', version: running });
    note('download', sentence);
    return true;
  };
  if (dialect.isStrict && openingKey && offer.sessionKey.split(':').length !== 2) {
    return tell('session_key_required', does('SESSION_KEY_REQUIRED'));
  }
  const needsChecksum = dialect.isStrict || (openingKey !== null && platform === 'android');
  if (offer.checksum === '' && offer.manifest === null && needsChecksum) {
    return tell('checksum_required', does('CHECKSUM_REQUIRED'));
  }
  return false;
}

async function installManifest(
  session: Session,
  offer: ReadOffer & { readonly manifest: NonNullable<ReadOffer['manifest']> },
  running: string,
): Promise<VirtualBundle | null> {
  const { profile, dialect, stats, note, openingKey } = session;
  const { version } = offer;
  const isAndroid = profile.platform === 'android';
  const found = await downloadManifest(session, offer, running);
  if (!found) return null;
  // Android flattens as after a zip, iOS does not (clients.md §6.2).
  const files = isAndroid ? flatten(found, 'android') : found;
  if (isAndroid) {
    reportPercent(session, 91, version);
    reportPercent(session, 100, version);
  } else stats.send({ action: 'download_complete', version });
  const bundle = keep(session, version, '', files);
  // iOS opens the checksum of the whole although it compares nothing with it (clients.md §3).
  if (!isAndroid && openingKey && !dialect.isStrict && !opensChecksum(session, offer)) {
    note('verify', does('CHECKSUM_SHUT', { version, keyId: openingKey.keyId }));
    stats.send({ action: 'download_fail', version: running });
    return null;
  }
  return bundle;
}

function opensChecksum({ openingKey }: Session, { checksum }: ReadOffer): boolean {
  try {
    return openingKey !== null && openChecksum(checksum, openingKey).format !== 'plain';
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

async function installZip(session: Session, offer: ReadOffer, running: string): Promise<VirtualBundle | null> {
  const { profile, dialect, stats, note, mishaps } = session;
  const { version } = offer;
  const fetched = await downloadZip(session, offer, running);
  if (fetched.kind === 'failed') return null;

  const opened = await openDownload(session, offer, { path: fetched.path, sha256: fetched.sha256 });
  if ('kind' in opened) {
    note('verify', opened.sentence);
    if (profile.platform === 'electron') failOnElectron(session, version, 'Failed to decrypt bundle');
    else stats.send({ action: 'download_fail', version: running });
    if (profile.platform === 'android') stats.send({ action: 'finish_download_fail', version });
    return null;
  }
  const file: OpenedBundle = mishaps.hasWrongChecksum ? { ...opened, expected: '0'.repeat(64) } : opened;

  // iOS unpacks and reports completion before it compares (clients.md §13.37).
  const isVerifiedFirst = profile.platform !== 'ios';
  if (isVerifiedFirst && !verify(session, file, version, running)) return null;
  const files = await unpack(session, file.path, version, running);
  if (!files) return null;
  if (profile.platform === 'electron') return installOnElectron(session, offer, file.sha256, files);
  const bundle = keep(session, version, file.sha256, files);
  if (!isVerifiedFirst && !verify(session, file, version, running)) {
    session.state = withStatus(session.state, bundle.id, 'deleted');
    return null;
  }
  // The delta cache is also filled from zips (clients.md §6.3).
  if (dialect.manifest !== 'none') fillCache(session, files);
  return bundle;
}

async function installOnElectron(
  session: Session,
  { version, manifest }: ReadOffer,
  checksum: string,
  files: readonly DeviceFile[],
): Promise<VirtualBundle | null> {
  const overlaid = manifest === null ? null : await overlayManifest(session, files, manifest);
  if (overlaid?.kind === 'failed') return failOnElectron(session, version, overlaid.message);
  const bundle = keep(session, version, checksum, overlaid?.files ?? files);
  session.stats.send({ action: 'download_complete', version, bundleId: bundle.id });
  return bundle;
}

/** Its only report of a failed download, with what was thrown (clients.md §12.1). */
function failOnElectron({ stats }: Session, version: string, message: string): null {
  stats.send({ action: 'download_fail', version, message });
  return null;
}

function keep(session: Session, version: string, checksum: string, files: readonly DeviceFile[]): VirtualBundle {
  const bundle: VirtualBundle = { id: randomUUID().slice(0, 10), version, checksum, status: 'pending', files };
  session.state = withBundle(session.state, bundle);
  return bundle;
}

function fillCache(session: Session, files: readonly DeviceFile[]): void {
  const { cache } = session.state;
  const known = new Set(cache.map(({ hash, name }) => `${hash}_${name}`));
  const added = files
    .map(({ path, sha256, bytes }) => ({ hash: sha256, name: path.split('/').at(-1) ?? path, sha256, bytes }))
    .filter(({ hash, name }) => !known.has(`${hash}_${name}`));
  session.state = { ...session.state, cache: [...cache, ...added] };
}

function verify(
  session: Session,
  { sha256, expected: checksum }: OpenedBundle,
  version: string,
  running: string,
): boolean {
  const { profile, stats, note } = session;
  const { platform } = profile;
  if (checksum === '') {
    note('verify', does('CHECKSUM_NONE'));
    return true;
  }
  // Electron alone ignores case (clients.md §3, §12.1).
  const isEqual = platform === 'electron' ? checksum.toLowerCase() === sha256 : checksum === sha256;
  note('verify', isEqual ? does('CHECKSUM_MATCHES') : does('CHECKSUM_DIFFERS', { expected: checksum, found: sha256 }));
  if (isEqual) return true;
  if (platform === 'electron') {
    failOnElectron(session, version, 'Checksum verification failed');
    return false;
  }
  stats.send({ action: 'checksum_fail', version: platform === 'android' ? running : version });
  stats.send({ action: 'delete', version });
  stats.send({ action: 'download_fail', version: running });
  if (platform === 'android') stats.send({ action: 'finish_download_fail', version });
  return false;
}

async function unpack(
  session: Session,
  path: string,
  version: string,
  running: string,
): Promise<readonly DeviceFile[] | null> {
  const { profile, dialect, stats, note } = session;
  const { platform } = profile;
  let iosPercent = 0;
  const found = await unpackBundle(path, {
    ...session,
    onEntry(done, total) {
      const share = Math.floor((done / total) * 100);
      if (platform === 'android') reportPercent(session, 75 + Math.floor((share * 15) / 100), version);
      if (platform !== 'ios') return;
      // 75 to 81, of which only 80 is told (clients.md §2.3).
      const percent = 75 + Math.floor((share * 6) / 100);
      if (percent === 80 && iosPercent !== 80) stats.send({ action: 'download_80', version });
      iosPercent = percent;
    },
  });
  if (found.kind === 'failed') {
    note('unpack', found.sentence);
    if (platform === 'electron') return failOnElectron(session, version, describeStep([found.sentence]));
    if (found.action !== 'unzip_fail') stats.send({ action: found.action, version: running });
    stats.send({ action: 'unzip_fail', version: running });
    stats.send({ action: 'download_fail', version: running });
    if (platform === 'android') stats.send({ action: 'finish_download_fail', version });
    return null;
  }
  note('unpack', does('UNPACKED', { count: found.files.length }));
  if (platform === 'android') {
    reportPercent(session, 91, version);
    reportPercent(session, 100, version);
    return found.files;
  }
  if (platform === 'ios') {
    stats.send({ action: 'download_90', version });
    if (dialect.hasStartStats) stats.send({ action: 'download_zip_complete', version });
    stats.send({ action: 'download_complete', version });
  }
  return found.files;
}
