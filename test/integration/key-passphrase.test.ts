import { readdir, stat, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { VaultStatus } from '#contract/models/key.ts';

import { runCommand, startHost } from '../helpers/headless-host.ts';
import { soundBuild, temporaryFolder, writeTree } from '../helpers/trees.ts';

const PASSPHRASE = 'correct horse battery';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

type Answer = { readonly error?: { readonly code: string; readonly hint: string } };

/** Exit code, then the document. */
async function slipway(
  dataDir: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly [number, Answer]> {
  const { exitCode, stdout } = await runCommand([...words, '--data-dir', dataDir, '--json'], environment);
  return [exitCode, JSON.parse(stdout) as Answer];
}

const secretFiles = async (dataDir: string): Promise<string[]> =>
  (await readdir(dataDir)).filter((name) => name.startsWith('secrets.'));

describe('a vault without a keychain', () => {
  it('is put under the passphrase that the environment gives, and opens with it only', async () => {
    const dataDir = folder.at('environment');
    const environment = { SLIPWAY_PASSPHRASE: PASSPHRASE };
    expect((await slipway(dataDir, ['key', 'create', 'work'], environment))[0]).toBe(0);
    expect(await secretFiles(dataDir)).toEqual(['secrets.box']);
    expect((await stat(`${dataDir}/secrets.box`)).mode & 0o777).toBe(0o600);

    const build = await writeTree(folder.at('dist'), soundBuild);
    const zip = folder.at('bundle.zip');
    await slipway(dataDir, ['zip', build, '--out', zip]);
    const encrypt = ['encrypt', zip, '--key', 'work', '--out', folder.at('out.zip')];
    expect(await slipway(dataDir, encrypt)).toMatchObject([1, { error: { code: 'VAULT_LOCKED' } }]);
    expect(await slipway(dataDir, encrypt, { SLIPWAY_PASSPHRASE: 'another horse' })).toMatchObject([
      1,
      { error: { code: 'PASSPHRASE_WRONG' } },
    ]);
    expect(await readdir(folder.path)).not.toContain('out.zip');
    // What needs no private part needs no passphrase.
    expect(await slipway(dataDir, ['key', 'show', 'work'])).toMatchObject([0, { hasPrivate: true }]);
    const file = folder.at('passphrase');
    await writeFile(file, `${PASSPHRASE}\r\nnotes`, { mode: 0o600 });
    expect((await slipway(dataDir, encrypt, { SLIPWAY_PASSPHRASE_FILE: file }))[0]).toBe(0);

    const publish = ['publish', build, '--app', 'com.example.locked', '--key', 'work', '--allow-warnings'];
    expect(await slipway(dataDir, publish)).toMatchObject([1, { error: { code: 'VAULT_LOCKED' } }]);
    expect((await slipway(dataDir, publish, environment))[0]).toBe(0);
  });

  it('is protected, changed and opened again by commands', async () => {
    const dataDir = folder.at('commands');
    await slipway(dataDir, ['key', 'create', 'work']);
    expect(await secretFiles(dataDir)).toEqual(['secrets.key']);
    const file = folder.at('first');
    await writeFile(file, PASSPHRASE);
    expect(await slipway(dataDir, ['key', 'protect', '--passphrase-file', file])).toMatchObject([
      0,
      { kind: 'passphrase' },
    ]);
    expect(await secretFiles(dataDir)).toEqual(['secrets.box']);
    const other = folder.at('second');
    await writeFile(other, 'another horse battery');
    expect(await slipway(dataDir, ['key', 'protect', '--passphrase-file', other])).toMatchObject([
      1,
      { error: { code: 'VAULT_LOCKED' } },
    ]);
    const environment = { SLIPWAY_PASSPHRASE: PASSPHRASE };
    expect((await slipway(dataDir, ['key', 'protect', '--passphrase-file', other], environment))[0]).toBe(0);
    expect((await slipway(dataDir, ['key', 'create', 'b'], environment))[1]).toMatchObject({
      error: { code: 'PASSPHRASE_WRONG' },
    });
    expect((await slipway(dataDir, ['key', 'unprotect'], { SLIPWAY_PASSPHRASE_FILE: other }))[0]).toBe(0);
    expect(await secretFiles(dataDir)).toEqual(['secrets.key']);
    expect((await slipway(dataDir, ['key', 'create', 'b']))[0]).toBe(0);
  });

  it('is served locked, and unlocked while it is served', async () => {
    const dataDir = folder.at('served');
    await slipway(dataDir, ['key', 'create', 'work'], { SLIPWAY_PASSPHRASE: PASSPHRASE });
    const file = folder.at('served-passphrase');
    await writeFile(file, PASSPHRASE);
    {
      await using host = await startHost({ dataDir });
      expect(host.log()).toContain('locked');
      expect(await host.api.vault.status({})).toEqual({ kind: 'passphrase', backend: null, isLocked: true });
      expect((await host.api.keys.list({})).map(({ name }) => name)).toEqual(['work']);
      await expect(host.api.keys.create({ name: 'second' })).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
      await expect(host.api.vault.unlock({ passphrase: 'wrong' })).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' });
      const unlocked = await host.command<VaultStatus>('key', 'unlock', '--passphrase-file', file);
      expect(unlocked.isLocked).toBe(false);
      await host.api.keys.create({ name: 'second' });
      await host.command('key', 'lock');
      await expect(host.api.keys.create({ name: 'third' })).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    }
    await using host = await startHost({ dataDir, extra: ['--passphrase-file', file] });
    await host.api.keys.create({ name: 'third' });
    await writeFile(file, 'wrong horse');
    await host.stop();
    await expect(startHost({ dataDir, extra: ['--passphrase-file', file] })).rejects.toThrow('ended with 1');
  });
});
