import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

import { does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';

import { AppError } from '../app-error.ts';
import { decryptBundle } from '../crypto/envelope.ts';
import type { PublicKeyMaterial } from '../crypto/key-material.ts';
import { openChecksum } from '../crypto/sealed-values.ts';
import type { ReadOffer } from './classify-reply.ts';
import type { ClientPlatform } from './client-profile.ts';
import type { Dialect } from './dialect.ts';
import type { Session } from './session.ts';

/** A downloaded file as the client goes on with it: the plain zip, and the digest it is to have. */
export type OpenedBundle = {
  readonly path: string;
  /** Lowercase SHA-256 that the client computes: of the file at `path`, on Electron of what it was before. */
  readonly sha256: string;
  /** Empty: nothing is compared. */
  readonly expected: string;
};

export type OpeningFailure = { readonly kind: 'failed'; readonly sentence: SimulationSentence };

/**
 * Decrypts a download as the client does when its app has a public key, and reads the checksum it will compare with.
 * What each platform does with the odd combinations: clients.md §3, Appendix C row 4.
 */
export async function openDownload(
  session: Pick<Session, 'profile' | 'dialect' | 'openingKey' | 'mishaps' | 'signal'>,
  offer: ReadOffer,
  file: { readonly path: string; readonly sha256: string },
): Promise<OpenedBundle | OpeningFailure> {
  const opened = await decrypt(session, offer, file);
  if ('kind' in opened || !session.mishaps.hasCorruptZip) return opened;
  await breakZip(opened.path);
  const sha256 = await digestOf(opened.path);
  return { path: opened.path, sha256, expected: opened.expected === '' ? '' : sha256 };
}

async function decrypt(
  { profile, dialect, openingKey: key, signal }: Pick<Session, 'profile' | 'dialect' | 'openingKey' | 'signal'>,
  offer: ReadOffer,
  file: { readonly path: string; readonly sha256: string },
): Promise<OpenedBundle | OpeningFailure> {
  const isElectron = profile.platform === 'electron';
  // Electron compares the file as it came, and opens it only if it is the right one (clients.md §12.1).
  const isOther = offer.checksum !== '' && offer.checksum.toLowerCase() !== file.sha256;
  if (isElectron && isOther) return { ...file, expected: offer.checksum };
  const hasSessionKey = offer.sessionKey.split(':').length === 2;
  if (isElectron && offer.sessionKey !== '' && !(key && hasSessionKey)) {
    return { kind: 'failed', sentence: key ? does('SESSION_KEY_MALFORMED') : does('KEY_NONE') };
  }
  // Without a key no phone decrypts anything.
  if (!key) return { ...file, expected: offer.checksum };
  try {
    const expected = isElectron ? offer.checksum : expectedDigest(profile.platform, dialect, offer, key);
    if (!hasSessionKey) return { ...file, expected };
    const path = `${file.path}.opened`;
    await decryptBundle({
      path: file.path,
      out: path,
      key,
      sessionKey: offer.sessionKey,
      ...(signal ? { signal } : {}),
    });
    return { path, sha256: isElectron ? file.sha256 : await digestOf(path), expected };
  } catch (error) {
    if (error instanceof AppError && error.code !== 'CANCELLED') {
      return { kind: 'failed', sentence: does('BUNDLE_SHUT', { keyId: key.keyId, error: error.code }) };
    }
    throw error;
  }
}

/** iOS opens every checksum with the key; Android also takes a plain one, for a plain bundle (clients.md §3). */
function expectedDigest(platform: ClientPlatform, dialect: Dialect, offer: ReadOffer, key: PublicKeyMaterial): string {
  const { sha256, format } = openChecksum(offer.checksum, key);
  if (format === 'plain' && (platform === 'ios' || offer.sessionKey !== '')) {
    throw new AppError('CHECKSUM_INVALID', { reason: 'a plain checksum for an app with a key' });
  }
  // Each generation of clients reads one of the two forms only (clients.md §4.4).
  if (format !== 'plain' && format !== dialect.sealedForm) {
    throw new AppError('CHECKSUM_INVALID', { reason: `form ${format} for a plugin that reads ${dialect.sealedForm}` });
  }
  return sha256;
}

/** Neither the directory at its end nor the header at its start can be read any more. */
async function breakZip(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const zeros = Buffer.alloc(Math.min(size, 1024));
  await file.write(zeros, 0, zeros.length, 0);
  await file.write(zeros, 0, zeros.length, size - zeros.length);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}
