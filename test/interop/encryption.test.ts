import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { decryptBundle, encryptBundle } from '#core/crypto/envelope.ts';
import { createKeyMaterial, parseKey, parsePrivateKey } from '#core/crypto/key-material.ts';

import { installOfficialCli, writeCapacitorProject } from '../helpers/official-cli.ts';

const official = await installOfficialCli();
if (!official) console.warn('SKIPPED: encryption against the official command line (it could not be installed)');

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Source of the thresholds: protocol/capgo-server-and-cli.md §3.4. */
describe.skipIf(!official).each([
  { format: 'v3', pluginVersion: '8.51.23' },
  { format: 'v3', pluginVersion: '7.30.0' },
  { format: 'v2', pluginVersion: '7.29.9' },
  { format: 'v2', pluginVersion: '6.29.9' },
] as const)('$format with plugin $pluginVersion and the official command line', ({ format, pluginVersion }) => {
  let folder = '';
  const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(20_001)]);
  const cli = official as NonNullable<typeof official>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-interop-'));
    await writeCapacitorProject(folder, pluginVersion);
    await writeFile(join(folder, 'plain.zip'), zip);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('decrypts what we encrypt, with a key that we made', async () => {
    const key = await createKeyMaterial();
    await writeFile(join(folder, 'ours.pub'), key.publicPem);
    const out = join(folder, 'ours.zip');
    const { sessionKey, checksum } = await encryptBundle({ path: join(folder, 'plain.zip'), out, key, format });
    const told = await cli.run(
      folder,
      'bundle',
      'decrypt',
      'ours.zip',
      sessionKey,
      '--key',
      'ours.pub',
      '--checksum',
      checksum,
    );
    expect(told.stdout + told.stderr).toContain('Checksum matches');
    expect((await readFile(join(folder, 'ours.zip_decrypted.zip'))).equals(zip)).toBe(true);
  });

  it('encrypts what we decrypt, with a key that it made', async () => {
    await cli.tryRun(folder, 'key', 'create', '--force');
    const key = parsePrivateKey(await readFile(join(folder, '.capgo_key_v2'), 'utf8'));
    const publicKey = parseKey(await readFile(join(folder, '.capgo_key_v2.pub'), 'utf8'));
    expect(publicKey).toMatchObject({ kind: 'public', key: { publicPem: key.publicPem, keyId: key.keyId } });
    const { stdout } = await cli.run(folder, 'bundle', 'encrypt', 'plain.zip', sha256(zip), '--json');
    const told = JSON.parse(stdout) as { checksum: string; filename: string; ivSessionKey: string };
    const out = join(folder, 'back.zip');
    const { ivSessionKey: sessionKey, checksum } = told;
    const result = await decryptBundle({
      path: join(folder, told.filename),
      out,
      key: publicKey.key,
      sessionKey,
      checksum,
    });
    expect(result).toEqual({ sha256: sha256(zip), sizeBytes: zip.length, isVerified: true });
    expect((await readFile(out)).equals(zip)).toBe(true);
    expect(checksum).toHaveLength(format === 'v3' ? 512 : 344);
  });

  it('works with our private key, and we with its own', async () => {
    const ours = await createKeyMaterial();
    await writeFile(join(folder, 'ours.key'), ours.privatePem);
    const { stdout } = await cli.run(
      folder,
      'bundle',
      'encrypt',
      'plain.zip',
      sha256(zip),
      '--key',
      'ours.key',
      '--json',
    );
    const told = JSON.parse(stdout) as { checksum: string; filename: string; ivSessionKey: string };
    const path = join(folder, told.filename);
    const { ivSessionKey: sessionKey, checksum } = told;
    const opened = await decryptBundle({ path, out: join(folder, 'b.zip'), key: ours, sessionKey, checksum });
    expect(opened.isVerified).toBe(true);

    await cli.tryRun(folder, 'key', 'create', '--force');
    const key = parsePrivateKey(await readFile(join(folder, '.capgo_key_v2'), 'utf8'));
    const made = await encryptBundle({ path: join(folder, 'plain.zip'), out: join(folder, 'c.zip'), key, format });
    const words = ['bundle', 'decrypt', 'c.zip', made.sessionKey, '--key', '.capgo_key_v2.pub'];
    const answer = await cli.run(folder, ...words, '--checksum', made.checksum);
    expect(answer.stdout + answer.stderr).toContain('Checksum matches');
  });

  it('refuses what we encrypted with another key', async () => {
    const [key, other] = [await createKeyMaterial(), await createKeyMaterial()];
    await writeFile(join(folder, 'other.pub'), other.publicPem);
    const out = join(folder, 'foreign.zip');
    const { sessionKey } = await encryptBundle({ path: join(folder, 'plain.zip'), out, key, format });
    const { code } = await cli.tryRun(folder, 'bundle', 'decrypt', 'foreign.zip', sessionKey, '--key', 'other.pub');
    expect(code).not.toBe(0);
  });
});
