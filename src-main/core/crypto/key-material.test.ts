import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hasProgram, skipLoudly } from '#test/helpers/programs.ts';

import { AppError } from '../app-error.ts';
import { createKeyMaterial, parseKey, parsePrivateKey } from './key-material.ts';

const made = await createKeyMaterial();
const pkcs8 = (bits: number): string =>
  generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Of the numbers within the sequence that a PKCS#1 file is: where each one ends. */
function endsOfNumbers(der: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 4; at < der.length;) {
    const short = der[at + 1] ?? 0;
    const lengthBytes = short & 0x80 ? short & 0x7f : 0;
    const length = lengthBytes === 0 ? short : der.readUIntBE(at + 2, lengthBytes);
    at += 2 + lengthBytes + length;
    ends.push(at);
  }
  return ends;
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'no error';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('creating a key', () => {
  it('gives PKCS#1 PEM with 64-column lines and a final newline, as the official command line does (capgo-server-and-cli.md §2)', () => {
    expect(made.privatePem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n[\s\S]+\n-----END RSA PRIVATE KEY-----\n$/);
    expect(made.publicPem).toMatch(/^-----BEGIN RSA PUBLIC KEY-----\n[\s\S]+\n-----END RSA PUBLIC KEY-----\n$/);
    expect(Math.max(...made.publicPem.split('\n').map((line) => line.length))).toBe(64);
  });

  it('names it by the first 20 characters of the PEM body (clients.md §4.5)', () => {
    expect(made.keyId).toMatch(/^MIIBCgKCAQEA[A-Za-z0-9+/]{8}$/);
    expect(made.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(made.bits).toBe(2048);
  });
});

describe('reading a key', () => {
  it.each([
    ['PKCS#1', made.privatePem],
    ['a byte order mark', `\uFEFF${made.privatePem}`],
    ['CRLF line ends', made.privatePem.replaceAll('\n', '\r\n')],
    ['old Mac line ends', made.privatePem.replaceAll('\n', '\r')],
    ['text around the armour', `Bag Attributes\n    friendlyName: x\n${made.privatePem}trailing`],
    ['no final newline', made.privatePem.trimEnd()],
    ['one line with written line ends, as in a config', made.privatePem.replaceAll('\n', String.raw`\n`)],
  ])('takes a private key with %s', (_, text) => {
    expect(parsePrivateKey(text)).toEqual(made);
  });

  it('takes PKCS#8 and SPKI as other tools write them, and gives PKCS#1 back', async (context) => {
    if (!(await hasProgram('openssl', 'version'))) skipLoudly(context, 'keys of OpenSSL (it is not installed)');
    const spki = execFileSync('openssl', ['rsa', '-pubout'], {
      input: made.privatePem,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const other = execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt'], { input: made.privatePem });
    expect(parsePrivateKey(other.toString())).toEqual(made);
    expect(parseKey(spki.toString())).toEqual({
      kind: 'public',
      key: { publicPem: made.publicPem, keyId: made.keyId, fingerprint: made.fingerprint, bits: 2048 },
    });
  });

  it.each([
    ['nothing', '', 'KEY_NOT_RECOGNIZED'],
    ['prose', 'not a key at all', 'KEY_NOT_RECOGNIZED'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'KEY_NOT_RECOGNIZED'],
    ['an armour without an end', made.privatePem.slice(0, 400), 'KEY_NOT_RECOGNIZED'],
    ['a missing line', made.privatePem.split('\n').toSpliced(5, 1).join('\n'), 'KEY_DAMAGED'],
    ['a huge file', 'x'.repeat(70_000), 'KEY_FILE_TOO_LARGE'],
    ['4096 bits', pkcs8(4096), 'KEY_WRONG_SIZE'],
    ['1024 bits', pkcs8(1024), 'KEY_WRONG_SIZE'],
    [
      'an elliptic curve',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'KEY_NOT_RSA',
    ],
    [
      'a password (PKCS#8)',
      generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
      'KEY_PASSWORD_PROTECTED',
    ],
    [
      'a password (PKCS#1)',
      generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
      'KEY_PASSWORD_PROTECTED',
    ],
  ])('refuses %s', (_, text, code) => {
    expect(codeOf(() => parsePrivateKey(text))).toBe(code);
  });

  it.each([
    ['line breaks without an end', `-----BEGIN RSA PRIVATE KEY-----\n${'\n'.repeat(65_000)}`],
    ['beginnings without an end', '-----BEGIN RSA PRIVATE KEY-----\n'.repeat(2000)],
    ['beginnings and line breaks', `-----BEGIN RSA PRIVATE KEY-----\n${'\n'.repeat(200)}`.repeat(280)],
  ])('does not think long about %s', (_, text) => {
    // Such a text held the program for ten seconds once, longer than a test may take.
    expect(codeOf(() => parseKey(text))).toBe('KEY_NOT_RECOGNIZED');
  });

  it('reads a key that stands indented in another text', () => {
    const indented = made.privatePem.replaceAll(/^/gm, '    ');
    expect(parsePrivateKey(`key: |\n${indented}`).keyId).toBe(made.keyId);
  });

  it('wants the private part where it is needed', () => {
    expect(codeOf(() => parsePrivateKey(made.publicPem))).toBe('KEY_IS_PUBLIC');
  });

  it('refuses a private key whose parts were mixed from two keys', async () => {
    const other = await createKeyMaterial();
    const lines = made.privatePem.split('\n');
    const mixed = [...lines.slice(0, 12), ...other.privatePem.split('\n').slice(12)].join('\n');
    expect(codeOf(() => parsePrivateKey(mixed))).toMatch(/^KEY_(DAMAGED|WRONG_SIZE)$/);
  });

  const der = Buffer.from(made.privatePem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  const armoured = (bytes: Buffer): string =>
    `-----BEGIN RSA PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END RSA PRIVATE KEY-----\n`;
  /** In the order of the file (RFC 8017 A.1.2). */
  const numbers = ['version', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'];

  it.each(numbers.slice(1))('refuses a private key with one bit of %s flipped, which OpenSSL makes up for', (name) => {
    const damaged = Buffer.from(der);
    const end = endsOfNumbers(der)[numbers.indexOf(name)] ?? 0;
    damaged[end - 2] = (damaged[end - 2] ?? 0) ^ 0x10;
    expect(codeOf(() => parsePrivateKey(armoured(damaged)))).toBe('KEY_DAMAGED');
  });

  it('takes a file of a private key with any byte changed for the same key or for none (property)', () => {
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const damaged = Buffer.from(der);
        damaged[at] = (damaged[at] ?? 0) ^ mask;
        const code = codeOf(() => expect(parsePrivateKey(armoured(damaged))).toEqual(made));
        expect(code).toMatch(/^(no error|KEY_[A-Z_]+)$/);
      }),
      { numRuns: 300 },
    );
  });

  it('answers any text with a key or one of its own errors, and never with key material in the error', () => {
    const armoured = fc
      .tuple(fc.constantFrom('RSA PRIVATE KEY', 'PRIVATE KEY', 'PUBLIC KEY'), fc.base64String())
      .map(([label, body]) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), armoured), (text) => {
        expect(codeOf(() => parseKey(text))).toMatch(/^(KEY_[A-Z_]+|no error)$/);
      }),
      { numRuns: 300 },
    );
  });
});
