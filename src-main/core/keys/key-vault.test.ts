import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createKeyMaterial } from '../crypto/key-material.ts';
import { openWithPassphrase, sealWithPassphrase } from '../crypto/passphrase-box.ts';
import type { SecretStore } from '../ports.ts';
import { openDatabase, type Database } from '../storage/database.ts';
import { createKeyRepository } from '../storage/key-repository.ts';
import { createKeyVault, type KeyVault } from './key-vault.ts';

const storeWith = (passphrase: string): SecretStore => ({
  kind: 'passphrase',
  seal: (plain) => sealWithPassphrase(plain, passphrase, 10),
  open: (sealed) =>
    openWithPassphrase(sealed, passphrase).catch((error: unknown) => {
      throw new Error('not sealed by this store', { cause: error });
    }),
});

let folder = '';
let database: Database;
let vault: KeyVault;
const vaultWith = (secrets: SecretStore): KeyVault =>
  createKeyVault({ keys: createKeyRepository(database), secrets, clock: { now: () => 1_700_000_000_000 } });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
  database = openDatabase(join(folder, 'slipway.sqlite'), folder);
  vault = vaultWith(storeWith('one'));
});
afterEach(async () => {
  database[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('the key vault', () => {
  it('creates a key that comes back whole, and shows no private part', async () => {
    const key = await vault.create('work');
    expect(key).toMatchObject({
      name: 'work',
      bits: 2048,
      hasPrivate: true,
      use: { releases: [], apps: [], devices: [] },
    });
    expect(JSON.stringify(key)).not.toContain('PRIVATE');
    const opened = await vault.openPrivate('WORK');
    expect(opened.fingerprint).toBe(key.fingerprint);
  });

  it('never writes the private part in the clear', async () => {
    await vault.create('work');
    const { privatePem } = await vault.openPrivate('work');
    const canary = privatePem.split('\n')[3] ?? 'no line';
    for (const name of ['slipway.sqlite', 'slipway.sqlite-wal']) {
      expect((await readFile(join(folder, name))).includes(canary)).toBe(false);
    }
  });

  it('imports a public key to verify with, and completes it by its private one', async () => {
    const material = await createKeyMaterial();
    await vault.import('theirs', material.publicPem);
    await expect(vault.openPrivate('theirs')).rejects.toMatchObject({ code: 'KEY_PRIVATE_MISSING' });
    expect(await vault.import('ignored', material.privatePem)).toMatchObject({ name: 'theirs', hasPrivate: true });
    await expect(vault.import('again', material.privatePem)).rejects.toMatchObject({ code: 'KEY_EXISTS' });
    expect(vault.list()).toHaveLength(1);
  });

  it('keeps names apart whatever their case, and refuses odd ones', async () => {
    await vault.create('Work');
    await expect(vault.create('work')).rejects.toMatchObject({ code: 'KEY_EXISTS' });
    for (const name of ['', '   ', 'a/b', 'a\\b', 'a\nb', 'x'.repeat(61)]) {
      await expect(vault.create(name)).rejects.toMatchObject({ code: 'KEY_NAME_INVALID' });
    }
    expect(vault.rename('Work', 'work').name).toBe('work');
    expect(vault.rename('work', 'home').name).toBe('home');
    expect(() => vault.get('work')).toThrow(expect.objectContaining({ code: 'KEY_NOT_FOUND' }));
  });

  it('names who needs a key before it is deleted', async () => {
    const key = await vault.create('work');
    database.run(
      `INSERT INTO apps (app_id, name, token, created_at_ms, key_fingerprint) VALUES ('com.a.b', 'b', 't', 1, ?)`,
      key.fingerprint,
    );
    expect(() => vault.remove('work', { force: false })).toThrow(
      expect.objectContaining({ code: 'KEY_IN_USE', params: { name: 'work', users: ['com.a.b'] } }),
    );
    expect(vault.remove('work', { force: true }).use.apps).toEqual(['com.a.b']);
    expect(vault.list()).toEqual([]);
  });

  it('says so when the private part was sealed by another store', async () => {
    await vault.create('work');
    await expect(vaultWith(storeWith('two')).openPrivate('work')).rejects.toMatchObject({
      code: 'KEY_SEALED_ELSEWHERE',
    });
  });

  it('keeps nothing when the store does not give back what it took', async () => {
    const broken: SecretStore = {
      kind: 'broken',
      seal: async () => Buffer.from('x'),
      open: async () => Buffer.from('y'),
    };
    await expect(vaultWith(broken).create('work')).rejects.toMatchObject({ code: 'KEY_SEALED_ELSEWHERE' });
    expect(vault.list()).toEqual([]);
  });

  it('backs up and restores into another vault, without overwriting', async () => {
    await vault.create('work');
    const publicOnly = await createKeyMaterial();
    await vault.import('theirs', publicOnly.publicPem);
    const { fingerprint } = vault.get('work');
    const sealed = await vault.backup('correct horse');
    expect(sealed.includes('work')).toBe(false);
    vault.remove('work', { force: true });
    await vault.create('work');
    const restored = vaultWith(storeWith('one'));
    await expect(restored.restore(sealed, 'wrong horse')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' });
    expect(await restored.restore(sealed, 'correct horse')).toEqual({ added: ['work 2'], kept: ['theirs'] });
    expect((await restored.openPrivate('work 2')).fingerprint).toBe(fingerprint);
    expect(await restored.restore(sealed, 'correct horse')).toEqual({ added: [], kept: ['theirs', 'work 2'] });
    await expect(vault.backup('short')).rejects.toMatchObject({ code: 'PASSPHRASE_TOO_SHORT' });
  });
});
