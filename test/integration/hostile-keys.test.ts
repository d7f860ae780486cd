import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AppError } from '#core/app-error.ts';
import { encryptBundle } from '#core/crypto/envelope.ts';
import { createKeyMaterial } from '#core/crypto/key-material.ts';

import { openDeviceHost, jobEnd, type DeviceHost } from '../helpers/device-host.ts';
import { temporaryFolder } from '../helpers/trees.ts';

const key = await createKeyMaterial();
const other = await createKeyMaterial();
const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
const locked = rsa(2048).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let host: DeviceHost;
let zip: Buffer;
let sealed: Buffer;
let sessionKey: string;
let checksum: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  host = await openDeviceHost();
  zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(100_000)]);
  await writeFile(folder.at('plain.zip'), zip);
  ({ sessionKey, checksum } = await encryptBundle({
    path: folder.at('plain.zip'),
    out: folder.at('sealed.zip'),
    key,
    format: 'v3',
  }));
  sealed = await readFile(folder.at('sealed.zip'));
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Any line of a PEM gives it away. */
function expectNoKey(text: string): void {
  for (const line of [key, other].flatMap(({ privatePem }) => privatePem.split('\n').slice(1, -2))) {
    expect(text).not.toContain(line);
  }
}

describe('a key file that is none of ours', () => {
  it.each([
    ['not a key', 'hello', 'KEY_NOT_RECOGNIZED'],
    ['random bytes', randomBytes(2000).toString('latin1'), 'KEY_NOT_RECOGNIZED'],
    ['cut short', key.privatePem.slice(0, 700), 'KEY_NOT_RECOGNIZED'],
    ['with a changed line', key.privatePem.replace(/\n(\w{4})/, '\nAAAA'), 'KEY_DAMAGED'],
    ['under a password', locked, 'KEY_PASSWORD_PROTECTED'],
    ['of 4096 bits', rsa(4096).export({ type: 'pkcs1', format: 'pem' }).toString(), 'KEY_WRONG_SIZE'],
    ['of 1024 bits', rsa(1024).export({ type: 'pkcs1', format: 'pem' }).toString(), 'KEY_WRONG_SIZE'],
    ['on a curve', curve, 'KEY_NOT_RSA'],
    ['huge', `${key.privatePem}${' '.repeat(70_000)}`, 'KEY_FILE_TOO_LARGE'],
  ])('%s is refused and nothing is kept', async (_, text, code) => {
    const path = folder.at('hostile.pem');
    await writeFile(path, text);
    const error: unknown = await host.core.keys
      .import('bad', { kind: 'file', path })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code });
    expectNoKey(JSON.stringify((error as AppError).toWire()));
    expect(host.core.keys.list()).toEqual([]);
  });

  it.each([
    ['a byte order mark and CRLF', `\uFEFF${key.privatePem.replaceAll('\n', '\r\n')}`],
    ['old line ends', key.privatePem.replaceAll('\n', '\r')],
    ['words around it', `Key of the shop\n\n${key.privatePem}\n-- end of mail`],
    ['no final newline', key.privatePem.trimEnd()],
  ])('with %s is taken', async (_, text) => {
    const path = folder.at('friendly.pem');
    await writeFile(path, text);
    expect(await host.core.keys.import('good', { kind: 'file', path })).toMatchObject({ keyId: key.keyId });
    host.core.keys.delete('good', true);
  });

  it('is found in the folder of a project, the private one first', async () => {
    const dir = folder.at('project');
    await mkdir(dir);
    const load = () => host.core.keys.import('project', { kind: 'file', path: dir });
    await expect(load()).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', params: { path: `${dir}/.capgo_key_v2` } });
    await writeFile(`${dir}/.capgo_key_v2.pub`, key.publicPem);
    expect(await load()).toMatchObject({ hasPrivate: false });
    await writeFile(`${dir}/.capgo_key_v2`, key.privatePem);
    expect(await load()).toMatchObject({ hasPrivate: true });
    host.core.keys.delete('project', true);
  });
});

describe('an envelope that was tampered with', () => {
  const flip = (bytes: Buffer, at: number): Buffer => {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  };
  type Parts = { bytes: Buffer; sessionKey: string; checksum: string; pem: string };
  const cases: readonly [string, (parts: Parts) => Partial<Parts>, RegExp][] = [
    ['cut by a block', ({ bytes }) => ({ bytes: bytes.subarray(0, -16) }), /DECRYPT_FAILED|CHECKSUM_MISMATCH/],
    ['cut by a byte', ({ bytes }) => ({ bytes: bytes.subarray(0, -1) }), /DECRYPT_FAILED/],
    ['empty', () => ({ bytes: Buffer.alloc(0) }), /DECRYPT_FAILED/],
    ['longer by a byte', ({ bytes }) => ({ bytes: Buffer.concat([bytes, Buffer.of(0)]) }), /DECRYPT_FAILED/],
    ['with a flipped first bit', ({ bytes }) => ({ bytes: flip(bytes, 0) }), /CHECKSUM_MISMATCH/],
    ['with a flipped bit inside', ({ bytes }) => ({ bytes: flip(bytes, 50_000) }), /CHECKSUM_MISMATCH/],
    [
      'with a wrong padding',
      ({ bytes }) => ({ bytes: flip(bytes, bytes.length - 17) }),
      /DECRYPT_FAILED|CHECKSUM_MISMATCH/,
    ],
    ['opened with another key', () => ({ pem: other.publicPem }), /SESSION_KEY_OTHER_KEY/],
    [
      'with a session key of another',
      ({ sessionKey: text }) => ({ sessionKey: text.replace(/.{4}$/, 'AAAA') }),
      /SESSION_KEY_(OTHER_KEY|INVALID)/,
    ],
    ['with half a session key', ({ sessionKey: text }) => ({ sessionKey: text.slice(0, 100) }), /SESSION_KEY_INVALID/],
    ['with two colons', ({ sessionKey: text }) => ({ sessionKey: `${text}:` }), /SESSION_KEY_INVALID/],
    ['with a checksum of another zip', () => ({ checksum: 'a'.repeat(64) }), /CHECKSUM_MISMATCH/],
    ['with a checksum of another length', ({ checksum: text }) => ({ checksum: text.slice(2) }), /CHECKSUM_INVALID/],
    [
      'with a checksum that no key made',
      ({ checksum: text }) => ({ checksum: text.replace(/^..../, '0000') }),
      /CHECKSUM_OTHER_KEY/,
    ],
    ['opened with no key at all', () => ({ pem: 'hello' }), /KEY_NOT_RECOGNIZED/],
  ];
  it.each(cases)('%s: nothing is written', async (_, change, code) => {
    const parts = { bytes: sealed, sessionKey, checksum, pem: key.publicPem };
    const tampered = { ...parts, ...change(parts) };
    const path = folder.at('tampered.zip');
    await writeFile(path, tampered.bytes);
    const before = await readdir(folder.path);
    const jobId = host.core.keys.decrypt({
      zip: path,
      key: { kind: 'text', pem: tampered.pem },
      sessionKey: tampered.sessionKey,
      checksum: tampered.checksum,
      out: folder.at('never.zip'),
    });
    await expect(jobEnd(host.core, jobId)).rejects.toThrow(code);
    expectNoKey(JSON.stringify(host.core.jobs.get(jobId)));
    expect(await readdir(folder.path)).toEqual(before);
  });

  it('is opened as it was made, so that the cases above mean something', async () => {
    const out = folder.at('back.zip');
    const zipPath = folder.at('sealed.zip');
    const jobId = host.core.keys.decrypt({
      zip: zipPath,
      key: { kind: 'text', pem: key.publicPem },
      sessionKey,
      checksum,
      out,
    });
    expect(await jobEnd(host.core, jobId)).toMatchObject({ verified: true });
    expect((await readFile(out)).equals(zip)).toBe(true);
  });
});
