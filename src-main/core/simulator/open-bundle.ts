import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

import { AppError } from '../app-error.ts';
import { decryptBundle } from '../crypto/envelope.ts';
import type { PublicKeyMaterial } from '../crypto/key-material.ts';
import { openChecksum } from '../crypto/sealed-values.ts';
import type { ReadOffer } from './classify-reply.ts';
import { isPlugin, type ClientProfile } from './client-profile.ts';

/** A downloaded file as the client goes on with it: the plain zip, and the digest it is to have. */
export type OpenedBundle = {
  readonly path: string;
  /** Lowercase SHA-256 of the file at `path`. */
  readonly sha256: string;
  /** Empty: nothing is compared. */
  readonly expected: string;
};

export type OpeningFailure = { readonly kind: 'failed'; readonly detail: string };

/**
 * Decrypts a download as the client does when its app has a public key, and reads the checksum it will compare with.
 * What each platform does with the odd combinations: clients.md §3, Appendix C row 4.
 */
export async function openDownload(
  profile: ClientProfile,
  offer: ReadOffer,
  file: { readonly path: string; readonly sha256: string },
  signal: AbortSignal | undefined,
): Promise<OpenedBundle | OpeningFailure> {
  const key = profile.publicKey;
  // Electron compares the file as it came (clients.md §12.1); without a key nobody decrypts anything.
  if (!key || profile.platform === 'electron') return { ...file, expected: offer.checksum };
  const hasSessionKey = offer.sessionKey.split(':').length === 2;
  if (!hasSessionKey && isRefusedPlain(profile)) {
    return { kind: 'failed', detail: 'The app has a public key, and the offer has no session key' };
  }
  try {
    const expected = expectedDigest(profile, offer, key);
    if (!hasSessionKey) return { ...file, expected };
    const path = `${file.path}.opened`;
    await decryptBundle({
      path: file.path,
      out: path,
      key,
      sessionKey: offer.sessionKey,
      ...(signal ? { signal } : {}),
    });
    return { path, sha256: await digestOf(path), expected };
  } catch (error) {
    if (error instanceof AppError && error.code !== 'CANCELLED') {
      return { kind: 'failed', detail: `The bundle does not open with key ${key.keyId} (${error.code})` };
    }
    throw error;
  }
}

/** Current Android clients refuse a plain bundle once they have a key; older ones install it. */
function isRefusedPlain(profile: ClientProfile): boolean {
  return profile.platform === 'android' && isPlugin(profile, '8.51.23');
}

/** iOS opens every checksum with the key; Android also takes a plain one, for a plain bundle (clients.md §3). */
function expectedDigest({ platform, pluginVersion }: ClientProfile, offer: ReadOffer, key: PublicKeyMaterial): string {
  const { sha256, format } = openChecksum(offer.checksum, key);
  if (format === 'plain' && (platform === 'ios' || offer.sessionKey !== '')) {
    throw new AppError('CHECKSUM_INVALID', { reason: 'a plain checksum for an app with a key' });
  }
  // Each generation of clients reads one of the two forms only (clients.md §4.4).
  const read = isPlugin({ pluginVersion }, '7.30.0') ? 'v3' : 'v2';
  if (format !== 'plain' && format !== read) {
    throw new AppError('CHECKSUM_INVALID', { reason: `form ${format} for a plugin that reads ${read}` });
  }
  return sha256;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}
