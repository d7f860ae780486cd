import { randomBytes, type KeyObject } from 'node:crypto';

import { AppError } from '../app-error.ts';
import {
  openWithPublicKey,
  RSA_BYTES,
  sealWithPrivateKey,
  type PrivateKeyMaterial,
  type PublicKeyMaterial,
} from './key-material.ts';

/**
 * How an encrypted checksum is written. `v3`: RSA over the raw digest, hex; for plugins from x.30 on.
 * `v2`: RSA over the hex digits read as if they were base64, base64; for older plugins. Nothing else differs.
 * Source: protocol/clients.md §4.4, protocol/capgo-server-and-cli.md §3.1.
 */
export type EnvelopeFormat = 'v3' | 'v2';

/** AES-128 key and IV of one release: the same pair for its zip and each delta file. */
export type SessionKey = { readonly iv: Buffer; readonly key: Buffer };

const AES_BYTES = 16;
const SHA256_HEX = /^[0-9a-f]{64}$/;

export function createSessionKey(): SessionKey {
  return { iv: randomBytes(AES_BYTES), key: randomBytes(AES_BYTES) };
}

/** `base64(iv):base64(RSA(key))`, 369 characters. Source: protocol/clients.md §4.2. */
export function writeSessionKey(sessionKey: SessionKey, key: PrivateKeyMaterial): string {
  return `${sessionKey.iv.toString('base64')}:${sealWithPrivateKey(key.privatePem, sessionKey.key).toString('base64')}`;
}

/** Throws `SESSION_KEY_INVALID` for a malformed text and `SESSION_KEY_OTHER_KEY` when this key does not open it. */
export function readSessionKey(text: string, key: PublicKeyMaterial): SessionKey {
  const parts = text.trim().split(':');
  const [ivText, sealedText] = parts;
  if (parts.length !== 2 || !ivText || !sealedText) invalidSessionKey('it has no single colon');
  const iv = strictBase64(ivText);
  const sealed = strictBase64(sealedText);
  if (!iv || !sealed) return invalidSessionKey('it is not base64');
  if (iv.length !== AES_BYTES) return invalidSessionKey(`its IV has ${iv.length} bytes instead of ${AES_BYTES}`);
  if (sealed.length !== RSA_BYTES) {
    return invalidSessionKey(`its key part has ${sealed.length} bytes instead of ${RSA_BYTES}`);
  }
  const opened = tryOpen(key, sealed);
  // iOS demands exactly 16 bytes, so anything else is not a session key we or the official tool made.
  if (opened?.length !== AES_BYTES) throw new AppError('SESSION_KEY_OTHER_KEY', { keyId: key.keyId });
  return { iv, key: opened };
}

function invalidSessionKey(reason: string): never {
  throw new AppError('SESSION_KEY_INVALID', { reason });
}

/** The checksum of an offer for an app with a public key. `sha256` is the plain zip's (or file's) digest, lowercase hex. */
export function sealChecksum(sha256: string, key: PrivateKeyMaterial, format: EnvelopeFormat): string {
  return sealSha256(sha256, key.privatePem, format);
}

/** The same with a key that was read before: reading it costs as much as using it. */
export function sealSha256(sha256: string, privateKey: string | KeyObject, format: EnvelopeFormat): string {
  if (!SHA256_HEX.test(sha256)) {
    throw new AppError('CHECKSUM_INVALID', { reason: 'it is not a SHA-256 in lowercase hex' });
  }
  return format === 'v3'
    ? sealWithPrivateKey(privateKey, Buffer.from(sha256, 'hex')).toString('hex')
    : sealWithPrivateKey(privateKey, Buffer.from(sha256, 'base64')).toString('base64');
}

/**
 * Opens an encrypted checksum of either form; also accepts a plain SHA-256, which needs no key.
 * Returns the lowercase hex digest. Throws `CHECKSUM_INVALID` or `CHECKSUM_OTHER_KEY`.
 */
export function openChecksum(
  text: string,
  key: PublicKeyMaterial,
): { readonly sha256: string; readonly format: EnvelopeFormat | 'plain' } {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return { sha256: trimmed.toLowerCase(), format: 'plain' };
  const isHex = /^[0-9a-f]+$/i.test(trimmed) && trimmed.length % 2 === 0;
  const sealed = isHex ? Buffer.from(trimmed, 'hex') : strictBase64(trimmed);
  if (!sealed) throw new AppError('CHECKSUM_INVALID', { reason: 'it is neither hex nor base64' });
  if (sealed.length !== RSA_BYTES) {
    throw new AppError('CHECKSUM_INVALID', { reason: `it has ${sealed.length} bytes instead of ${RSA_BYTES}` });
  }
  const opened = tryOpen(key, sealed);
  if (!opened) throw new AppError('CHECKSUM_OTHER_KEY', { keyId: key.keyId });
  if (opened.length === 32) return { sha256: opened.toString('hex'), format: 'v3' };
  const asText = opened.toString('base64');
  if (SHA256_HEX.test(asText)) return { sha256: asText, format: 'v2' };
  throw new AppError('CHECKSUM_OTHER_KEY', { keyId: key.keyId });
}

function tryOpen(key: PublicKeyMaterial, sealed: Uint8Array): Buffer | null {
  try {
    return openWithPublicKey(key.publicPem, sealed);
  } catch {
    return null;
  }
}

/** Standard alphabet, padded, nothing around it: iOS reads no other. Source: protocol/clients.md §4.2. */
function strictBase64(text: string): Buffer | null {
  if (text.length === 0 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  return Buffer.from(text, 'base64');
}
