import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
  constants,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';

import { AppError, reasonOf } from '../app-error.ts';

/** Clients demand RSA results of exactly 256 bytes. Source: protocol/clients.md §4.4, §4.2. */
const KEY_BITS = 2048;
export const RSA_BYTES = KEY_BITS / 8;

/** A PEM of 2048 bits has about 1.7 KB; an armoured file with comments stays far below this. */
const KEY_TEXT_LIMIT = 64 * 1024;

/** What everybody may know of a key. */
export type PublicKeyMaterial = {
  /** PKCS#1 (`BEGIN RSA PUBLIC KEY`), the only form capacitor.config takes. Source: protocol/clients.md §4.3. */
  readonly publicPem: string;
  /** First 20 characters of the PEM body, as devices report it. Source: protocol/clients.md §4.5. */
  readonly keyId: string;
  /** SHA-256 over the PKCS#1 DER of the public key, lowercase hex. */
  readonly fingerprint: string;
  readonly bits: number;
};

/** A whole key. `privatePem` never leaves the core except by an export that a person asked for. */
export type PrivateKeyMaterial = PublicKeyMaterial & {
  /** PKCS#1 (`BEGIN RSA PRIVATE KEY`), as the official command line keeps it. */
  readonly privatePem: string;
};

export type KeyMaterial =
  | { readonly kind: 'private'; readonly key: PrivateKeyMaterial }
  | { readonly kind: 'public'; readonly key: PublicKeyMaterial };

/** A new RSA-2048 key with exponent 65537, proven by a round trip. */
export async function createKeyMaterial(): Promise<PrivateKeyMaterial> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS, publicExponent: 0x1_00_01 });
  return provenPrivate(pair.privateKey);
}

/**
 * Reads a key as people have them: PKCS#1 or PKCS#8, private or public, with a byte order mark, CRLF line ends,
 * or text around the armour. Every private key is proven by a round trip before it is returned.
 * Throws `KEY_NOT_RECOGNIZED`, `KEY_PASSWORD_PROTECTED`, `KEY_NOT_RSA`, `KEY_WRONG_SIZE`, `KEY_FILE_TOO_LARGE`, `KEY_DAMAGED`.
 */
export function parseKey(text: string): KeyMaterial {
  if (text.length > KEY_TEXT_LIMIT) throw new AppError('KEY_FILE_TOO_LARGE');
  const block = findPemBlock(text);
  if (block.label === 'ENCRYPTED PRIVATE KEY' || /Proc-Type:.*ENCRYPTED/.test(block.pem)) {
    throw new AppError('KEY_PASSWORD_PROTECTED');
  }
  if (block.label.endsWith('PRIVATE KEY')) {
    return { kind: 'private', key: provenPrivate(readKey(createPrivateKey, block.pem)) };
  }
  if (block.label.endsWith('PUBLIC KEY')) {
    return { kind: 'public', key: describePublic(readKey(createPublicKey, block.pem)) };
  }
  throw new AppError('KEY_NOT_RECOGNIZED');
}

/** As `parseKey`, and throws `KEY_IS_PUBLIC` when the private part is missing. */
export function parsePrivateKey(text: string): PrivateKeyMaterial {
  const parsed = parseKey(text);
  if (parsed.kind === 'public') throw new AppError('KEY_IS_PUBLIC');
  return parsed.key;
}

type PemBlock = { readonly label: string; readonly pem: string };

function findPemBlock(text: string): PemBlock {
  const normalized = text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n');
  // capacitor.config holds the key as one string whose line ends are written `\n`.
  const unescaped = normalized.includes('\n') ? normalized : normalized.replaceAll(String.raw`\n`, '\n');
  const openLabels = new Set<string>();
  for (const { 0: begin, 1: label = '', index } of unescaped.matchAll(/-----BEGIN ([A-Z0-9 ]{3,40})-----[ \t]*\n/g)) {
    // Searched for and not matched by one expression: 64 KiB of line breaks would take that ten seconds.
    const from = index + begin.length;
    const end = openLabels.has(label) ? -1 : unescaped.indexOf(`-----END ${label}-----`, from);
    if (end === -1) {
      openLabels.add(label);
      continue;
    }
    const lines = unescaped.slice(from, end).trim().split('\n');
    return {
      label,
      pem: `-----BEGIN ${label}-----\n${lines.map((line) => line.trim()).join('\n')}\n-----END ${label}-----\n`,
    };
  }
  throw new AppError('KEY_NOT_RECOGNIZED');
}

function readKey(create: (pem: string) => KeyObject, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = create(pem);
  } catch (error) {
    throw new AppError('KEY_DAMAGED', { reason: shortReason(error) }, { cause: error });
  }
  if (key.asymmetricKeyType !== 'rsa') {
    throw new AppError('KEY_NOT_RSA', { algorithm: key.asymmetricKeyType ?? 'unknown' });
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits !== KEY_BITS) throw new AppError('KEY_WRONG_SIZE', { bits });
  return key;
}

/** OpenSSL's reason without its error number, which means nothing to a person. */
function shortReason(error: unknown): string {
  const text = error instanceof Error ? error.message : reasonOf(error);
  return text.replace(/^error:[0-9A-F]+:/i, '').slice(0, 80) || 'unreadable';
}

function provenPrivate(read: KeyObject): PrivateKeyMaterial {
  const numbers = read.export({ format: 'jwk' });
  // A key file whose numbers do not belong together parses well and fails on every phone, or in the next program: what
  // is damaged in one number OpenSSL makes up for with the others, so a round trip alone proves too little.
  if (!belongTogether(numbers)) throw new AppError('KEY_DAMAGED', { reason: 'its parts do not belong together' });
  // Of the numbers alone, so that nothing else of the file is kept.
  const key = createPrivateKey({ key: numbers, format: 'jwk' });
  const material: PrivateKeyMaterial = {
    ...describePublic(createPublicKey(key)),
    privatePem: String(key.export({ type: 'pkcs1', format: 'pem' })),
  };
  const probe = randomBytes(16);
  let opened: Buffer | undefined;
  try {
    opened = openWithPublicKey(material.publicPem, sealWithPrivateKey(material.privatePem, probe));
  } catch (error) {
    throw new AppError('KEY_DAMAGED', { reason: 'its parts do not belong together' }, { cause: error });
  }
  if (!opened.equals(probe)) throw new AppError('KEY_DAMAGED', { reason: 'its parts do not belong together' });
  return material;
}

/** Whether the numbers of an RSA key fulfil what RFC 8017 §3.2 says of them. */
function belongTogether(jwk: JsonWebKey): boolean {
  const read = (text = ''): bigint => BigInt(`0x0${Buffer.from(text, 'base64url').toString('hex')}`);
  const [n, e, d, p, q, dp, dq, qi] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map(read);
  if (!n || !e || !d || !p || !q || !dp || !dq || !qi || p === 1n || q === 1n) return false;
  return (
    n === p * q &&
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    (qi * q) % p === 1n
  );
}

function describePublic(read: KeyObject): PublicKeyMaterial {
  // Node 24 refuses to export as PKCS#1 what it read from PKCS#1; by way of SPKI it does.
  const key = createPublicKey({ key: read.export({ type: 'spki', format: 'der' }), format: 'der', type: 'spki' });
  const publicPem = String(key.export({ type: 'pkcs1', format: 'pem' }));
  return {
    publicPem,
    keyId: keyIdOf(publicPem),
    fingerprint: createHash('sha256')
      .update(key.export({ type: 'pkcs1', format: 'der' }))
      .digest('hex'),
    bits: key.asymmetricKeyDetails?.modulusLength ?? 0,
  };
}

/** The id that devices report: first 20 characters of the public PEM's body. Source: protocol/clients.md §4.5. */
export function keyIdOf(publicPem: string): string {
  return publicPem
    .replaceAll(/-----[A-Z ]+-----/g, '')
    .replaceAll(/\s/g, '')
    .slice(0, 20);
}

/** RSA with PKCS#1 v1.5 padding of type 1 and no DigestInfo: 256 bytes. Source: protocol/clients.md §4.1. */
export function sealWithPrivateKey(privateKey: string | KeyObject, data: Uint8Array): Buffer {
  return privateEncrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, data);
}

/** The reverse, as every app with the public key does it. Throws when the padding is not ours. */
export function openWithPublicKey(publicPem: string, data: Uint8Array): Buffer {
  return publicDecrypt({ key: publicPem, padding: constants.RSA_PKCS1_PADDING }, data);
}
