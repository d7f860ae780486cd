import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { backupResultSchema, collectResultSchema, restoreResultSchema } from '#contract/models/storage.ts';
import { runCommand, startHost } from '#test/helpers/headless-host.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

const appId = 'com.example.store';
const hour = 60 * 60 * 1000;

type Answer = { readonly exitCode: number; readonly document: unknown };

/** A data folder with one release, and the command line on it. */
async function openStore() {
  const folder = await temporaryFolder();
  const dataDir = folder.at('data');
  const on = async (dir: string, ...words: string[]): Promise<Answer> => {
    const { exitCode, stdout, stderr } = await runCommand([...words, '--data-dir', dir, '--json']);
    if (!stdout.endsWith('\n')) throw new Error(`slipway ${words.join(' ')}: ${stdout}\n${stderr}`);
    return { exitCode, document: JSON.parse(stdout) as unknown };
  };
  const slipway = (...words: string[]) => on(dataDir, ...words);
  const build = await writeTree(folder.at('dist'), soundBuild);
  const published = await slipway('publish', build, '--app', appId, '--version', '1.0.1');
  expect(published).toMatchObject({ exitCode: 0 });
  const { checksum } = published.document as { readonly checksum: string };
  const blob = join(dataDir, 'blobs', checksum.slice(0, 2), checksum);
  return {
    folder,
    dataDir,
    build,
    checksum,
    blob,
    slipway,
    on,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const failed = (code: string): object => ({ exitCode: 1, document: { error: { code } } });

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Swaps one bit in the middle, with nothing else that tells. */
async function flipByte(path: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  const content = await readFile(path);
  const middle = content.length >> 1;
  content.writeUInt8(content.readUInt8(middle) ^ 1, middle);
  await writeFile(path, content);
  await utimes(path, atime, mtime);
}

describe('verify (design/command-line.md §3)', () => {
  it('finds a store sound, and one flipped bit in it', async () => {
    await using store = await openStore();
    const sound = await store.slipway('verify');
    expect(sound).toMatchObject({ exitCode: 0, document: { ok: true, findings: [] } });
    const { checked, bytes } = sound.document as { readonly checked: number; readonly bytes: number };
    expect(checked).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThanOrEqual((await stat(store.blob)).size);

    await flipByte(store.blob);
    const broken = {
      exitCode: 1,
      document: {
        ok: false,
        checked,
        findings: [
          {
            code: 'FILE_DAMAGED',
            severity: 'error',
            file: expect.stringContaining(store.checksum) as string,
            releases: [{ appId, version: '1.0.1' }],
            message: expect.any(String) as string,
            fix: expect.any(String) as string,
          },
        ],
      },
    };
    expect(await store.slipway('verify')).toMatchObject(broken);
    expect(await store.slipway('verify', '--app', appId)).toMatchObject(broken);
    const spoken = await runCommand(['verify', '--data-dir', store.dataDir]);
    expect(spoken).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('1 broken') as string });
    expect(await store.slipway('verify', '--app', 'com.example.none')).toMatchObject(failed('APP_NOT_FOUND'));
  }, 120_000);
});

describe('gc', () => {
  it('tells with --dry-run what it would remove, then removes that, and nothing that a release needs', async () => {
    await using store = await openStore();
    const unused = Buffer.from('nothing needs this');
    const name = sha256(unused);
    const path = join(store.dataDir, 'blobs', name.slice(0, 2), name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, unused);
    expect(await store.slipway('gc')).toMatchObject({ exitCode: 0, document: { removed: 0, tooNew: 1, files: [] } });
    const before = new Date(Date.now() - hour);
    await utimes(path, before, before);

    const found = { removed: 1, bytes: unused.length, tooNew: 0, files: [{ bytes: unused.length }] };
    const dry = await store.slipway('gc', '--dry-run');
    expect(dry).toMatchObject({ exitCode: 0, document: { dryRun: true, ...found } });
    expect(collectResultSchema.parse(dry.document).files[0]?.name).toContain(name);
    expect(await readdir(join(path, '..'))).toContain(name);

    expect(await store.slipway('gc')).toMatchObject({ exitCode: 0, document: { dryRun: false, ...found } });
    expect(await readdir(join(path, '..')).catch(() => [])).not.toContain(name);
    expect(await store.slipway('gc')).toMatchObject({ exitCode: 0, document: { removed: 0 } });
    expect(await store.slipway('verify')).toMatchObject({ exitCode: 0, document: { ok: true } });
  }, 120_000);
});

describe('backup and restore', () => {
  it('bring back the folder elsewhere, whose release is then served byte for byte', async () => {
    await using store = await openStore();
    expect(await store.slipway('key', 'create', 'work')).toMatchObject({ exitCode: 0 });
    const out = store.folder.at('slipway.backup');
    const saved = await store.slipway('backup', '--out', out);
    expect(saved).toMatchObject({ exitCode: 0, document: { path: out, releases: 1, keys: 1, leftOut: 0 } });
    expect(backupResultSchema.parse(saved.document).bytes).toBe((await stat(out)).size);

    const other = store.folder.at('other');
    const restored = await store.on(other, 'restore', out);
    expect(restored).toMatchObject({ exitCode: 0, document: { isWaitingForRestart: false, apps: 1, releases: 1 } });
    expect(restoreResultSchema.parse(restored.document).aside).toBeNull();
    expect(await store.on(other, 'verify')).toMatchObject({ exitCode: 0, document: { ok: true } });

    await using host = await startHost({ dataDir: other });
    const { paths } = await host.command<{ paths: { update: string } }>('app', 'show', appId);
    const check = { platform: 'android', device_id: '0f0c6a7e-5f7b-4c0e-9f6e-1b7d1a2c3d4e', app_id: appId };
    const versions = { version_build: '1.0.0', version_name: 'builtin', plugin_version: '8.51.23' };
    const reply = await fetch(host.deviceOrigin + paths.update, {
      method: 'POST',
      body: JSON.stringify({ ...check, ...versions }),
    });
    const offer = (await reply.json()) as { version: string; url: string; checksum: string };
    expect(offer).toMatchObject({ version: '1.0.1', checksum: store.checksum });
    const body = await fetch(offer.url);
    expect(sha256(Buffer.from(await body.arrayBuffer()))).toBe(store.checksum);
  }, 120_000);

  it('go over what is there only by force, and move it aside', async () => {
    await using store = await openStore();
    const out = store.folder.at('slipway.backup');
    expect(await store.slipway('backup', '--out', out)).toMatchObject({ exitCode: 0 });
    await store.slipway('publish', store.build, '--app', appId, '--version', '1.0.2');
    const versions = async () =>
      ((await store.slipway('releases', '--app', appId)).document as { version: string }[]).map(
        ({ version }) => version,
      );
    expect(await store.slipway('restore', out)).toMatchObject(failed('RESTORE_NOT_EMPTY'));
    expect(await versions()).toEqual(['1.0.2', '1.0.1']);

    const forced = await store.slipway('restore', out, '--force');
    expect(forced).toMatchObject({ exitCode: 0, document: { isWaitingForRestart: false } });
    const { aside } = restoreResultSchema.parse(forced.document);
    expect(await versions()).toEqual(['1.0.1']);
    expect(await readdir(aside ?? '')).toContain('blobs');

    await flipByte(out);
    expect(await store.slipway('restore', out, '--force')).toMatchObject(failed('BACKUP_DAMAGED'));
    expect(await store.slipway('restore', store.folder.at('none'), '--force')).toMatchObject(
      failed('SOURCE_NOT_FOUND'),
    );
    expect(await versions()).toEqual(['1.0.1']);
  }, 120_000);

  it('leave no data folder behind where a restore is refused', async () => {
    await using store = await openStore();
    const out = store.folder.at('slipway.backup');
    const right = store.folder.at('right');
    const wrong = store.folder.at('wrong');
    await writeFile(right, 'correct horse battery\n');
    await writeFile(wrong, 'wrong horse battery\n');
    expect(await store.slipway('key', 'create', 'work')).toMatchObject({ exitCode: 0 });
    const backup = ['backup', '--out', out, '--with-keys', '--passphrase-file', right];
    expect(await store.slipway(...backup)).toMatchObject({ exitCode: 0 });

    const other = store.folder.at('other');
    expect(await store.on(other, 'restore', store.blob)).toMatchObject(failed('BACKUP_DAMAGED'));
    expect(await store.on(other, 'restore', store.folder.at('none'))).toMatchObject(failed('SOURCE_NOT_FOUND'));
    const refused = await store.on(other, 'restore', out, '--with-keys', '--passphrase-file', wrong);
    expect(refused).toMatchObject(failed('PASSPHRASE_WRONG'));
    await expect(stat(other)).rejects.toMatchObject({ code: 'ENOENT' });
  }, 120_000);

  it('wait, with a running host, for its next start', async () => {
    await using store = await openStore();
    const out = store.folder.at('slipway.backup');
    {
      await using host = await startHost({ dataDir: store.dataDir });
      await host.command('backup', '--out', out);
      await host.command('app', 'add', 'com.example.later');
      expect(await host.command('restore', out, '--force')).toMatchObject({ isWaitingForRestart: true });
      expect(await host.command('app', 'list')).toHaveLength(2);
    }
    await using host = await startHost({ dataDir: store.dataDir });
    expect(await host.command('app', 'list')).toMatchObject([{ appId }]);
    expect(await host.command('verify')).toMatchObject({ ok: true });
  }, 120_000);
});
