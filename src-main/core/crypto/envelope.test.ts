import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hasProgram, skipLoudly } from '#test/helpers/programs.ts';

import { AppError } from '../app-error.ts';
import { decryptBundle, encryptBody, encryptBundle } from './envelope.ts';
import { createKeyMaterial } from './key-material.ts';
import { createSessionKey, openChecksum, readSessionKey, sealChecksum, writeSessionKey } from './sealed-values.ts';

const key = await createKeyMaterial();
const otherKey = await createKeyMaterial();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-envelope-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'no error';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

async function encrypted(plain: Uint8Array, format: 'v3' | 'v2' = 'v3') {
  const path = join(folder, `${sha256(randomBytes(8)).slice(0, 8)}.zip`);
  await writeFile(path, plain);
  const out = `${path}.enc`;
  return { path, out, plain, ...(await encryptBundle({ path, out, key, format, wantsEncryptedSha256: true })) };
}

describe('encrypting a bundle (clients.md §4)', () => {
  it('pads as PKCS#7: 2,353 bytes become 2,368 (capgo-server-and-cli.md §3.1)', async () => {
    const bundle = await encrypted(randomBytes(2353));
    expect(bundle.sizeBytes).toBe(2368);
    expect(bundle.encryptedSha256).toBe(sha256(await readFile(bundle.out)));
  });

  it('writes the session key as 24 + 1 + 344 characters and the checksum as 512 hex digits, or 344 of base64 for v2', async () => {
    const v3 = await encrypted(randomBytes(100));
    expect(v3.sessionKey).toMatch(/^[A-Za-z0-9+/=]{24}:[A-Za-z0-9+/=]{344}$/);
    expect(v3.checksum).toMatch(/^[0-9a-f]{512}$/);
    const v2 = await encrypted(randomBytes(100), 'v2');
    expect(v2.checksum).toMatch(/^[A-Za-z0-9+/=]{344}$/);
  });

  it('uses a fresh key and IV each time, while the sealed checksum of equal content is equal', async () => {
    const plain = randomBytes(50);
    const [first, second] = [await encrypted(plain), await encrypted(plain)];
    expect(first.sessionKey).not.toBe(second.sessionKey);
    expect(first.checksum).toBe(second.checksum);
  });

  it('is opened by OpenSSL: the session key, the checksum without DigestInfo, and the file', async (context) => {
    if (!(await hasProgram('openssl', 'version'))) {
      skipLoudly(context, 'OpenSSL opening our envelope (it is not installed)');
    }
    const bundle = await encrypted(randomBytes(5000));
    const publicPath = join(folder, 'public.pem');
    execFileSync('openssl', ['rsa', '-RSAPublicKey_in', '-pubout', '-out', publicPath], {
      input: key.publicPem,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const open = (sealed: Buffer): Buffer =>
      execFileSync('openssl', ['rsautl', '-verify', '-raw', '-pubin', '-inkey', publicPath], {
        input: sealed,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
    const [iv, sealedKey] = bundle.sessionKey.split(':').map((part) => Buffer.from(part, 'base64'));
    if (!iv || !sealedKey) throw new Error('two parts were asserted above');
    const block = open(sealedKey);
    expect(block.subarray(0, 2).toString('hex')).toBe('0001');
    const aes = block.subarray(-16);
    expect(open(Buffer.from(bundle.checksum, 'hex')).subarray(-32).toString('hex')).toBe(sha256(bundle.plain));
    const plain = execFileSync(
      'openssl',
      ['enc', '-d', '-aes-128-cbc', '-K', aes.toString('hex'), '-iv', iv.toString('hex'), '-in', bundle.out],
      { maxBuffer: 1e7 },
    );
    expect(plain.equals(bundle.plain)).toBe(true);
  });

  it('leaves nothing behind when it is cancelled or the source is missing', async () => {
    const path = join(folder, 'cancel.zip');
    await writeFile(path, randomBytes(5_000_000));
    const out = join(folder, 'cancel.enc');
    const controller = new AbortController();
    const report = (): void => controller.abort();
    expect(await codeOf(() => encryptBundle({ path, out, key, format: 'v3', signal: controller.signal, report }))).toBe(
      'CANCELLED',
    );
    expect(await codeOf(() => encryptBundle({ path: join(folder, 'no'), out, key, format: 'v3' }))).toBe(
      'SOURCE_NOT_FOUND',
    );
    expect((await readdir(folder)).filter((name) => name.startsWith('cancel'))).toEqual(['cancel.zip']);
  });
});

describe('decrypting a bundle', () => {
  it('returns every content whole, in both checksum forms (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.constantFrom('v2' as const, 'v3' as const),
        async (plain, format) => {
          const bundle = await encrypted(plain, format);
          const back = join(folder, 'back.zip');
          const { sessionKey, checksum } = bundle;
          const result = await decryptBundle({ path: bundle.out, out: back, key, sessionKey, checksum });
          expect(result).toEqual({ sha256: sha256(plain), sizeBytes: plain.length, isVerified: true });
          expect((await readFile(back)).equals(plain)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('refuses hostile input with a clear error and writes nothing', async () => {
    const bundle = await encrypted(randomBytes(4000));
    const other = await encrypted(randomBytes(4000));
    const { sessionKey, checksum } = bundle;
    const out = join(folder, 'hostile.zip');
    const damaged = async (name: string, change: (bytes: Buffer) => Buffer): Promise<string> => {
      const path = join(folder, name);
      await writeFile(path, change(await readFile(bundle.out)));
      return path;
    };
    const flipped = await damaged('flipped', (bytes) => {
      bytes[1000] = (bytes[1000] ?? 0) ^ 1;
      return bytes;
    });
    const cut = await damaged('cut', (bytes) => bytes.subarray(0, 160));
    const torn = await damaged('torn', (bytes) => bytes.subarray(0, 1001));
    const empty = await damaged('empty', () => Buffer.alloc(0));
    const [iv = '', sealed = ''] = sessionKey.split(':');
    const cases: [string, Partial<Parameters<typeof decryptBundle>[0]>, RegExp][] = [
      ['a flipped bit', { path: flipped }, /^CHECKSUM_MISMATCH$/],
      ['a cut file', { path: cut }, /^(DECRYPT_FAILED|CHECKSUM_MISMATCH)$/],
      ['a length that is no multiple of 16', { path: torn }, /^DECRYPT_FAILED$/],
      ['an empty file', { path: empty }, /^DECRYPT_FAILED$/],
      ['another key', { key: otherKey }, /^SESSION_KEY_OTHER_KEY$/],
      ["another release's session key", { sessionKey: other.sessionKey }, /^(DECRYPT_FAILED|CHECKSUM_MISMATCH)$/],
      ["another release's checksum", { checksum: other.checksum }, /^CHECKSUM_MISMATCH$/],
      ['no colon', { sessionKey: sealed }, /^SESSION_KEY_INVALID$/],
      ['two colons', { sessionKey: `${sessionKey}:x` }, /^SESSION_KEY_INVALID$/],
      ['a short IV', { sessionKey: `${iv.slice(4)}:${sealed}` }, /^SESSION_KEY_INVALID$/],
      ['a url-safe alphabet', { sessionKey: `${iv}:${'-_'.repeat(172)}` }, /^SESSION_KEY_INVALID$/],
      ['a short key part', { sessionKey: `${iv}:AAAA` }, /^SESSION_KEY_INVALID$/],
      [
        'noise as key part',
        { sessionKey: `${iv}:${Buffer.alloc(256, 7).toString('base64')}` },
        /^SESSION_KEY_OTHER_KEY$/,
      ],
      ['a short checksum', { checksum: 'abcd' }, /^CHECKSUM_INVALID$/],
      ['noise as checksum', { checksum: 'ab'.repeat(256) }, /^CHECKSUM_OTHER_KEY$/],
      ['prose as checksum', { checksum: 'none!' }, /^CHECKSUM_INVALID$/],
      ['a folder', { path: folder }, /^SOURCE_UNREADABLE$/],
      ['an unwritable place', { out: join(folder, 'no', 'such', 'x') }, /^OUTPUT_UNWRITABLE$/],
    ];
    for (const [name, change, expected] of cases) {
      const code = await codeOf(() => decryptBundle({ path: bundle.out, out, key, sessionKey, checksum, ...change }));
      expect([name, code]).toEqual([name, expect.stringMatching(expected)]);
    }
    expect((await readdir(folder)).filter((name) => name.includes('hostile'))).toEqual([]);
  });
});

describe('hostile bundles', () => {
  it('are refused in one of the known ways, or opened as nothing but what they were, and leave nothing (property)', async () => {
    const bundle = await encrypted(randomBytes(500));
    const whole = await readFile(bundle.out);
    const [path, out] = [join(folder, 'any.enc'), join(folder, 'any.zip')];
    const files = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, mask]) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ mask;
        return changed;
      }),
      fc.nat(whole.length).map((length) => whole.subarray(0, length)),
      fc.constant(whole),
    );
    const values = (right: string): fc.Arbitrary<string> =>
      fc.oneof(
        { weight: 3, arbitrary: fc.constant(right) },
        {
          weight: 1,
          arbitrary: fc.tuple(fc.nat(right.length), fc.string()).map(([at, text]) => right.slice(0, at) + text),
        },
        {
          weight: 1,
          arbitrary: fc
            .nat(right.length - 1)
            .map((at) => right.slice(0, at) + (right[at] === 'a' ? 'b' : 'a') + right.slice(at + 1)),
        },
      );
    await fc.assert(
      fc.asyncProperty(
        files,
        values(bundle.sessionKey),
        values(bundle.checksum),
        async (file, sessionKey, checksum) => {
          await writeFile(path, file);
          const code = await codeOf(() => decryptBundle({ path, out, key, sessionKey, checksum }));
          expect(code).toMatch(/^(no error|DECRYPT_FAILED|CHECKSUM_[A-Z_]+|SESSION_KEY_[A-Z_]+)$/);
          const left = await readdir(folder).then((names) => names.filter((name) => name.startsWith('any.')));
          expect(left.toSorted()).toEqual(code === 'no error' ? ['any.enc', 'any.zip'] : ['any.enc']);
          if (code !== 'no error') return;
          expect((await readFile(out)).equals(bundle.plain)).toBe(true);
          await rm(out);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('sealed values', () => {
  it('open to what was sealed, whichever form (property)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (digest) => {
        const hex = Buffer.from(digest).toString('hex');
        expect(openChecksum(sealChecksum(hex, key, 'v3'), key)).toEqual({ sha256: hex, format: 'v3' });
        expect(openChecksum(sealChecksum(hex, key, 'v2'), key)).toEqual({ sha256: hex, format: 'v2' });
        expect(openChecksum(hex.toUpperCase(), key)).toEqual({ sha256: hex, format: 'plain' });
      }),
      { numRuns: 20 },
    );
  });

  it('answer noise with an error of their own (property)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[0-9a-f]{512}$/)), async (text) => {
        expect(await codeOf(() => readSessionKey(text, key))).toMatch(/^SESSION_KEY_/);
        expect(await codeOf(() => openChecksum(text, key))).toMatch(/^(CHECKSUM_|no error)/);
      }),
      { numRuns: 100 },
    );
  });

  it('wrap the empty brotli so that a zero-byte file survives an encrypted manifest (clients.md §4.6)', () => {
    const session = createSessionKey();
    expect(readSessionKey(writeSessionKey(session, key), key)).toEqual(session);
    expect(encryptBody(Buffer.from([0x1b, 0x00, 0x06]), session)).toHaveLength(16);
  });
});
