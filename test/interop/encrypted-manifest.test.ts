import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { androidCheck } from '../helpers/app-entry.ts';
import { askForUpdate } from '../helpers/delta-phone.ts';
import { openDeviceHost, type DeviceHost } from '../helpers/device-host.ts';
import { hasProgram } from '../helpers/programs.ts';
import { soundBuild, type Tree } from '../helpers/trees.ts';

const hasOpenSsl = await hasProgram('openssl', 'version');
if (!hasOpenSsl) console.warn('SKIPPED: encrypted manifests opened by OpenSSL (it is not installed)');

const tree: Tree = {
  ...soundBuild,
  'empty.txt': '',
  'large.css': '.a{color:red}\n'.repeat(4_000),
  'noise.bin': randomBytes(70_000),
  'sub/x.js.br': 'a file that is itself called so',
  'block.txt': 'b'.repeat(16),
};

let host: DeviceHost;
beforeEach(async () => {
  host = await openDeviceHost();
});
afterEach(() => host[Symbol.asyncDispose]());

/** `c^e mod n` by hand and the padding of type 1 taken off, as the iOS client does it (clients.md §4.2). */
function rsaOpen(publicPem: string, sealed: Buffer): Buffer {
  const { n = '', e = '' } = createPublicKey(publicPem).export({ format: 'jwk' });
  const number = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
  const modulus = number(Buffer.from(n, 'base64url'));
  let exponent = number(Buffer.from(e, 'base64url'));
  let base = number(sealed) % modulus;
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  const block = Buffer.from(result.toString(16).padStart(512, '0'), 'hex');
  const end = block.indexOf(0, 2);
  expect(block.subarray(0, 2).toString('hex')).toBe('0001');
  expect(block.subarray(2, end).every((byte) => byte === 0xff)).toBe(true);
  return block.subarray(end + 1);
}

function aesOpen(body: Buffer, key: Buffer, iv: Buffer): Buffer {
  const words = ['enc', '-d', '-aes-128-cbc', '-K', key.toString('hex'), '-iv', iv.toString('hex')];
  return execFileSync('openssl', words, { input: body });
}

describe.skipIf(!hasOpenSsl)('every body of an encrypted manifest (clients.md §4.6)', () => {
  it.each(['v3', 'v2'] as const)('opens with OpenSSL and arithmetic, in form %s', async (format) => {
    const key = await host.core.keys.create('work');
    await host.publish(tree, '1.0.1', { key: 'work', format });
    const pluginVersion = format === 'v3' ? androidCheck.plugin_version : '7.29.9';
    const offer = await askForUpdate(host.urls.update, { key_id: key.keyId, plugin_version: pluginVersion });
    expect(offer.session_key).toMatch(/^[A-Za-z0-9+/]{22}==:[A-Za-z0-9+/]{342}==$/);
    const [ivText = '', keyText = ''] = (offer.session_key ?? '').split(':');
    const iv = Buffer.from(ivText, 'base64');
    const aes = rsaOpen(key.publicPem, Buffer.from(keyText, 'base64'));
    expect([iv.length, aes.length]).toEqual([16, 16]);
    const digestOf = (sealed: string): string => {
      expect(sealed).toMatch(format === 'v3' ? /^[0-9a-f]{512}$/ : /^[A-Za-z0-9+/]{342}==$/);
      const opened = rsaOpen(key.publicPem, Buffer.from(sealed, format === 'v3' ? 'hex' : 'base64'));
      return opened.toString(format === 'v3' ? 'hex' : 'base64');
    };

    // The checksum goes along with a manifest too: iOS opens it before anything else (clients.md §3).
    const zip = Buffer.from(await (await fetch(offer.url)).arrayBuffer());
    expect(
      createHash('sha256')
        .update(aesOpen(zip, aes, iv))
        .digest('hex'),
    ).toBe(digestOf(offer.checksum));

    const found = new Map<string, Buffer>();
    for (const { file_name: name, file_hash: hash, download_url: url } of offer.manifest ?? []) {
      const body = Buffer.from(await (await fetch(url)).arrayBuffer());
      expect(body.length % 16).toBe(0);
      const opened = aesOpen(body, aes, iv);
      // Clients refuse an empty plaintext.
      expect(opened.length).toBeGreaterThan(0);
      // Clients know the three bytes for an empty file; they are no whole stream (clients.md §6.2).
      const isEmpty = opened.toString('hex') === '1b0006';
      const content = isEmpty ? Buffer.alloc(0) : name.endsWith('.br') ? brotliDecompressSync(opened) : opened;
      expect(createHash('sha256').update(content).digest('hex')).toBe(digestOf(hash));
      expect(isEmpty).toBe(name === 'empty.txt.br');
      found.set(name.replace(/\.br$/, ''), content);
    }
    expect([...found.keys()].toSorted()).toEqual(Object.keys(tree).toSorted());
    for (const [path, content] of Object.entries(tree)) expect(found.get(path)).toEqual(Buffer.from(content));
  });
});
