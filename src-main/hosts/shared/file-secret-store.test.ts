import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createFileSecretStore } from './file-secret-store.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

describe('the file secret store', () => {
  const plain = Buffer.from('a private key');

  it('makes nothing until there is a secret', async () => {
    createFileSecretStore(dataDir);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('gives back what it sealed, also in the next process', async () => {
    const sealed = await createFileSecretStore(dataDir).seal(plain);
    expect(Buffer.from(sealed).includes(plain)).toBe(false);
    expect(Buffer.from(await createFileSecretStore(dataDir).open(sealed))).toEqual(plain);
    expect(await readdir(dataDir)).toEqual(['secrets.key']);
  });

  it('seals equal secrets differently', async () => {
    const store = createFileSecretStore(dataDir);
    expect(await store.seal(plain)).not.toEqual(await store.seal(plain));
  });

  it('makes one key when several secrets come at once, also from two stores', async () => {
    const stores = [createFileSecretStore(dataDir), createFileSecretStore(dataDir)];
    const sealed = await Promise.all(stores.flatMap((store) => [store.seal(plain), store.seal(plain)]));
    const third = createFileSecretStore(dataDir);
    for (const entry of sealed) expect(Buffer.from(await third.open(entry))).toEqual(plain);
  });

  it.skipIf(process.platform === 'win32')('keeps its key from other users', async () => {
    await createFileSecretStore(dataDir).seal(plain);
    expect((await stat(join(dataDir, 'secrets.key'))).mode & 0o777).toBe(0o600);
  });

  it('refuses what was changed, cut, or sealed elsewhere', async () => {
    const store = createFileSecretStore(dataDir);
    const sealed = Buffer.from(await store.seal(plain));
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(20) ^ 1, 20);
    await expect(store.open(changed)).rejects.toThrow('unable to authenticate');
    await expect(store.open(sealed.subarray(0, 20))).rejects.toThrow('not sealed by this store');
    await expect(store.open(Buffer.alloc(0))).rejects.toThrow('not sealed by this store');
    await rm(join(dataDir, 'secrets.key'));
    await expect(createFileSecretStore(dataDir).open(sealed)).rejects.toThrow('the key of the store is gone');
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('does not write over a damaged key', async () => {
    await writeFile(join(dataDir, 'secrets.key'), 'short');
    await expect(createFileSecretStore(dataDir).seal(plain)).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
    expect((await stat(join(dataDir, 'secrets.key'))).size).toBe(5);
  });
});
