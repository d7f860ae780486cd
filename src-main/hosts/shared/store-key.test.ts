import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createFileSecretStore, type FileSecretStoreOptions } from './file-secret-store.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-store-key-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const plain = Buffer.from('a private key');
const open = (options: FileSecretStoreOptions = {}) => createFileSecretStore(dataDir, options);
const given = (passphrase: string | null): FileSecretStoreOptions => ({
  passphrase: () => Promise.resolve(passphrase),
});

describe('a store under a passphrase', () => {
  it('keeps what was sealed before, and lays no key beside it', async () => {
    const store = open();
    const sealed = await store.seal(plain);
    expect(await store.protection.status()).toEqual({ kind: 'file', backend: null, isLocked: false });
    await store.protection.protect('correct horse');
    expect(await readdir(dataDir)).toEqual(['secrets.box']);
    expect((await stat(join(dataDir, 'secrets.box'))).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await store.open(sealed))).toEqual(plain);

    const next = open();
    expect(await next.protection.status()).toEqual({ kind: 'passphrase', backend: null, isLocked: true });
    await expect(next.open(sealed)).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    await expect(next.seal(plain)).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    await expect(next.protection.protect('another horse')).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    await expect(next.protection.unprotect()).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    await expect(next.protection.unlock('wrong horse')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' });
    await next.protection.unlock('correct horse');
    expect(Buffer.from(await next.open(sealed))).toEqual(plain);
    await next.protection.lock();
    await expect(next.open(sealed)).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
  });

  it('takes another passphrase, and does without one again', async () => {
    const store = open();
    const sealed = await store.seal(plain);
    await store.protection.protect('correct horse');
    await store.protection.protect('another horse');
    await expect(open().protection.unlock('correct horse')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' });
    await store.protection.unprotect();
    expect(await readdir(dataDir)).toEqual(['secrets.key']);
    expect(Buffer.from(await open().open(sealed))).toEqual(plain);
    await expect(store.protection.lock()).rejects.toMatchObject({ code: 'VAULT_NOT_PROTECTED' });
    await expect(store.protection.unlock('another horse')).rejects.toMatchObject({ code: 'VAULT_NOT_PROTECTED' });
  });

  it('is made under the passphrase that was given from outside, and opened with it', async () => {
    const sealed = await open(given('correct horse')).seal(plain);
    expect(await readdir(dataDir)).toEqual(['secrets.box']);
    expect(Buffer.from(await open(given('correct horse')).open(sealed))).toEqual(plain);
    await expect(open(given('wrong horse')).open(sealed)).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' });
    await expect(open(given(null)).open(sealed)).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
  });

  it('refuses a passphrase that is too short, and makes nothing with it', async () => {
    await expect(open(given('short')).seal(plain)).rejects.toMatchObject({ code: 'PASSPHRASE_TOO_SHORT' });
    await expect(open().protection.protect('short')).rejects.toMatchObject({ code: 'PASSPHRASE_TOO_SHORT' });
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('makes one key when several stores begin at once', async () => {
    const stores = [open(given('correct horse')), open(given('correct horse'))];
    const sealed = await Promise.all(stores.map((store) => store.seal(plain)));
    const third = open(given('correct horse'));
    for (const entry of sealed) expect(Buffer.from(await third.open(entry))).toEqual(plain);
  });

  it('counts the sealed key where the program ended between writing it and removing the other', async () => {
    const store = open();
    const sealed = await store.seal(plain);
    const bare = await readFile(join(dataDir, 'secrets.key'));
    await store.protection.protect('correct horse');
    await writeFile(join(dataDir, 'secrets.key'), bare);
    const next = open();
    await expect(next.open(sealed)).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    await next.protection.unlock('correct horse');
    expect(await readdir(dataDir)).toEqual(['secrets.box']);
  });

  it('waits for a choice where there is no keychain, and names what there is', async () => {
    const store = open({ mustChoose: true, backend: 'basic_text' });
    expect(await store.protection.status()).toEqual({ kind: 'undecided', backend: 'basic_text', isLocked: false });
    await expect(store.seal(plain)).rejects.toMatchObject({ code: 'VAULT_UNDECIDED' });
    expect(await readdir(dataDir)).toEqual([]);
    await store.protection.unprotect();
    expect(await store.protection.status()).toMatchObject({ kind: 'file', backend: 'basic_text' });
    await store.protection.protect('correct horse');
    expect(await store.protection.status()).toMatchObject({ kind: 'passphrase', isLocked: false });
    expect(Buffer.from(await store.open(await store.seal(plain)))).toEqual(plain);
  });
});
