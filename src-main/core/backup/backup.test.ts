import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Job } from '#contract/models/job.ts';
import {
  backupResultSchema,
  restoreResultSchema,
  type BackupResult,
  type RestoreResult,
} from '#contract/models/storage.ts';
import { startBundleListener, type BundleListener } from '#test/helpers/bundle-listener.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { createServices, type Services } from '../create-services.ts';
import { silentLogger, systemClock, type Ports, type SecretStore } from '../ports.ts';
import { latestDatabaseVersion } from '../storage/migrate.ts';
import { applyPendingRestore, readPendingRestore } from './pending-restore.ts';
import { createStoredZip } from './stored-zip.ts';

const appId = 'com.example.app';
const passphrase = 'correct horse battery';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let listener: BundleListener;
let services: Services;

/** Seals so that only the store of the same machine opens it. */
function secretsOf(machine: string): SecretStore {
  return {
    kind: machine,
    seal: (plain) => Promise.resolve(Buffer.concat([Buffer.from(`${machine}:`), plain])),
    open(sealed) {
      const bytes = Buffer.from(sealed);
      if (!bytes.toString('latin1').startsWith(`${machine}:`)) return Promise.reject(new Error('not mine'));
      return Promise.resolve(bytes.subarray(machine.length + 1));
    },
  };
}

const ports = (machine: string): Ports => ({
  clock: systemClock,
  logger: silentLogger,
  deviceOrigin: listener.origin,
  network: { interfaces: () => ({}) },
  secrets: secretsOf(machine),
});

async function open(dataDir = 'data', machine = 'here'): Promise<Services> {
  return await createServices(ports(machine), folder.at(dataDir), '1.2.3');
}

async function reopen(dataDir = 'data', machine = 'here'): Promise<void> {
  await services[Symbol.asyncDispose]();
  services = await open(dataDir, machine);
}

beforeEach(async () => {
  folder = await temporaryFolder();
  listener = await startBundleListener(() => services);
  services = await open();
});
afterEach(async () => {
  await services[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function publish(text: string): Promise<string> {
  const path = await writeTree(folder.at(`build-${text}`), { ...soundBuild, 'data.bin': text.repeat(1000) });
  const input = { appId, source: { kind: 'path', path }, allowWarnings: true } as const;
  const { result } = await services.jobs.wait(services.releases.publish(input));
  return (result as { version: string }).version;
}

const waitFor = (jobId: string): Promise<Job> => services.jobs.wait(jobId);

async function backup(name = 'one.backup', sealedWith: string | null = null): Promise<BackupResult> {
  const job = await waitFor(services.backups.backup({ out: folder.at(name), passphrase: sealedWith }));
  return backupResultSchema.parse(job.result);
}

function restoreJob(name = 'one.backup', options: { force?: boolean; passphrase?: string } = {}): Promise<Job> {
  const { force = false, passphrase: given = null } = options;
  return waitFor(services.backups.restore({ path: folder.at(name), passphrase: given, force }));
}

async function restore(...input: Parameters<typeof restoreJob>): Promise<RestoreResult> {
  const job = await restoreJob(...input);
  expect(job.error).toBeNull();
  return restoreResultSchema.parse(job.result);
}

const versions = (): string[] => services.releases.list(appId).map(({ version }) => version);

async function expectSound(): Promise<void> {
  const { result } = await waitFor(services.housekeeping.verify({}));
  expect(result).toMatchObject({ ok: true, findings: [] });
}

describe('a backup', () => {
  it('brings everything back into an empty data folder, byte for byte', async () => {
    await publish('one');
    await publish('two');
    const before = services.releases.list(appId);
    const saved = await backup();
    expect(saved).toMatchObject({ releases: 2, keys: 0, leftOut: 0, hasPrivateKeys: false });
    expect((await stat(saved.path)).mode & 0o077).toBe(0);
    await reopen('other');
    const restored = await restore();
    expect(restored).toMatchObject({ isWaitingForRestart: true, apps: 1, releases: 2, aside: null });
    // Nothing has changed until the next start.
    expect(services.apps.list()).toEqual([]);
    await reopen('other');
    expect(services.releases.list(appId)).toEqual(before);
    await expectSound();
    expect(await readPendingRestore(folder.at('other'))).toBeNull();
    await publish('three');
    expect(versions()).toHaveLength(3);
  });

  it('holds together although releases are made and deleted meanwhile', async () => {
    await publish('one');
    const jobs = [0, 1, 2].map((index) => services.backups.backup({ out: folder.at(`b${index}`), passphrase: null }));
    const two = await publish('two');
    await services.releases.delete({ appId, release: two, force: true });
    for (const jobId of jobs) expect(await waitFor(jobId)).toMatchObject({ state: 'succeeded' });
    await reopen('other');
    await restore('b1');
    await reopen('other');
    await expectSound();
  });

  it('leaves out what is damaged here, and says so', async () => {
    await publish('one');
    const { blobSha256 } = services.releases.get(appId, '1.0.0');
    await writeFile(services.blobs.path(blobSha256), 'rotten');
    expect(await backup()).toMatchObject({ leftOut: 1 });
    await reopen('other');
    await restore();
    await reopen('other');
    const { result } = await waitFor(services.housekeeping.verify({}));
    expect(result).toMatchObject({ ok: false, findings: [{ code: 'FILE_MISSING' }] });
  });

  it('is never written over another file, and leaves nothing when it is cancelled', async () => {
    await publish('one');
    await writeFile(folder.at('mine'), 'mine');
    const refused = await waitFor(services.backups.backup({ out: folder.at('mine'), passphrase: null }));
    expect(refused.error).toMatchObject({ code: 'OUTPUT_EXISTS' });
    await symlink(folder.at('data'), folder.at('elsewhere'));
    for (const out of ['data/mine', 'elsewhere/staging/mine']) {
      const inside = await waitFor(services.backups.backup({ out: folder.at(out), passphrase: null }));
      expect(inside.error).toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    }
    const jobId = services.backups.backup({ out: folder.at('cancelled'), passphrase: null });
    services.jobs.cancel(jobId);
    expect(await waitFor(jobId)).toMatchObject({ state: 'cancelled' });
    expect((await readdir(folder.path)).filter((name) => /cancelled|part/.test(name))).toEqual([]);
    expect(await readdir(folder.at('data/staging'))).toEqual([]);
    expect(await readFile(folder.at('mine'), 'utf8')).toBe('mine');
  });
});

describe('private keys', () => {
  it('open again on the same machine, and are named where they do not', async () => {
    await services.vault.create('work');
    expect(await backup()).toMatchObject({ keys: 1, hasPrivateKeys: false });
    await reopen('same');
    expect(await restore()).toMatchObject({ keysOpen: ['work'], keysSealed: [] });
    await reopen('elsewhere', 'there');
    expect(await restore()).toMatchObject({ keysOpen: [], keysSealed: ['work'] });
    await reopen('elsewhere', 'there');
    await expect(services.vault.openPrivate('work')).rejects.toMatchObject({ code: 'KEY_SEALED_ELSEWHERE' });
  });

  it('move to another machine with a passphrase, and are nowhere in the file in the clear', async () => {
    await services.vault.create('work');
    const { privatePem } = await services.vault.openPrivate('work');
    await backup('sealed', passphrase);
    await reopen('elsewhere', 'there');
    expect((await restoreJob('sealed', { passphrase: 'wrong one' })).error).toMatchObject({ code: 'PASSPHRASE_WRONG' });
    expect(await restore('sealed', { passphrase })).toMatchObject({ keysOpen: ['work'], keysSealed: [] });
    await reopen('elsewhere', 'there');
    expect((await services.vault.openPrivate('work')).privatePem).toBe(privatePem);
  });
});

describe('restoring over what is there', () => {
  beforeEach(async () => {
    await publish('one');
    await backup();
    await publish('two');
  });

  it('is refused unless it is meant; what was there lies aside then, whole', async () => {
    expect((await restoreJob()).error).toMatchObject({ code: 'RESTORE_NOT_EMPTY' });
    const { aside } = await restore('one.backup', { force: true });
    expect(versions()).toEqual(['1.0.1', '1.0.0']);
    await reopen();
    expect(versions()).toEqual(['1.0.0']);
    await expectSound();
    // The folder that was moved aside is a data folder itself.
    await services[Symbol.asyncDispose]();
    services = await createServices(ports('here'), aside ?? '');
    expect(versions()).toEqual(['1.0.1', '1.0.0']);
    await expectSound();
  });

  it('can be called off until the next start', async () => {
    await restore('one.backup', { force: true });
    expect(await services.backups.pending()).not.toBeNull();
    await services.backups.dropPending();
    await reopen();
    expect(versions()).toEqual(['1.0.1', '1.0.0']);
    expect((await readdir(folder.at('data'))).filter((name) => name.includes('restore'))).toEqual([]);
  });

  it('goes on at the next start wherever it was killed', async () => {
    // Every state that the moves pass through, from none to all of them.
    for (let moves = 0; moves <= 4; moves += 1) {
      await rm(folder.at('copy'), { recursive: true, force: true });
      await restore('one.backup', { force: true });
      await services[Symbol.asyncDispose]();
      const data = folder.at('data');
      const pending = await readPendingRestore(data);
      const staged = join(data, pending?.staged ?? '');
      const aside = join(data, pending?.aside ?? '');
      await mkdir(aside, { recursive: true });
      const steps = [
        () => rename(join(data, 'blobs'), join(aside, 'blobs')),
        () => rename(join(data, 'slipway.sqlite'), join(aside, 'slipway.sqlite')),
        () => rename(join(staged, 'blobs'), join(data, 'blobs')),
        () => rename(join(staged, 'slipway.sqlite'), join(data, 'slipway.sqlite')),
      ];
      for (const step of steps.slice(0, moves)) await step();
      services = await open();
      expect(versions()).toEqual(['1.0.0']);
      await expectSound();
      expect(await readdir(aside)).toEqual(expect.arrayContaining(['blobs', 'slipway.sqlite']));
      await publish(`again-${moves}`);
    }
  });

  it('removes what a killed preparation left, at the next start', async () => {
    const half = folder.at('data/restore-00000000-0000-0000-0000-000000000000');
    await mkdir(half);
    await writeFile(join(half, 'slipway.sqlite'), 'half');
    expect(await applyPendingRestore(folder.at('data'))).toBe(false);
    expect(await stat(half).catch(() => null)).toBeNull();
  });
});

describe('a hostile or broken backup', () => {
  /** A backup with its parts changed: entries by name, null for none. */
  async function forge(change: (parts: Map<string, Buffer>, manifest: Record<string, unknown>) => void): Promise<void> {
    await publish('one');
    await backup();
    const { listen } = await readParts(folder.at('one.backup'));
    const manifest = JSON.parse(listen.get('manifest.json')?.toString() ?? '') as Record<string, unknown>;
    change(listen, manifest);
    await using zip = await createStoredZip(folder.at('forged'));
    for (const [name, content] of listen) {
      await zip.addBytes(name, name === 'manifest.json' ? Buffer.from(JSON.stringify(manifest)) : content);
    }
    await zip.finish();
    await reopen('other');
  }

  /** The code of the refusal, which left everything as it was. */
  async function refusal(): Promise<string | undefined> {
    const before = await readdir(folder.at('other'));
    const job = await restoreJob('forged');
    expect((await readdir(folder.at('other'))).sort()).toEqual(before.sort());
    expect(await readPendingRestore(folder.at('other'))).toBeNull();
    return job.error?.code;
  }

  it.each(['../evil', '/etc/passwd', 'blobs/../../evil', 'C:\\evil', 'blobs/xyz', 'secrets.key'])(
    'with an entry %j is refused before anything is written',
    async (name) => {
      await forge((parts) => parts.set(name, Buffer.from('evil')));
      expect(await refusal()).toBe('BACKUP_DAMAGED');
      expect(await stat(folder.at('evil')).catch(() => null)).toBeNull();
    },
  );

  it('with other bytes than their digest is refused', async () => {
    await forge((parts) => {
      const [name, content] = [...parts].find(([each]) => each.startsWith('blobs/')) ?? ['', Buffer.alloc(0)];
      const changed = Buffer.from(content);
      changed[0] = (changed[0] ?? 0) ^ 1;
      parts.set(name, changed);
    });
    expect(await refusal()).toBe('BACKUP_DAMAGED');
  });

  it('with a database that is none, or another one, is refused', async () => {
    await forge((parts) => parts.set('database.sqlite', randomBytes(parts.get('database.sqlite')?.length ?? 0)));
    expect(await refusal()).toBe('BACKUP_DAMAGED');
  });

  it('that lacks a file which its database needs is refused', async () => {
    await forge((parts, manifest) => {
      const name = [...parts.keys()].find((each) => each.startsWith('blobs/')) ?? '';
      parts.delete(name);
      manifest['blobs'] = (manifest['blobs'] as { sha256: string }[]).filter(
        ({ sha256 }) => `blobs/${sha256}` !== name,
      );
    });
    expect(await refusal()).toBe('BACKUP_DAMAGED');
  });

  it('of a newer program is refused, whatever else it says', async () => {
    await forge((_, manifest) => {
      manifest['databaseVersion'] = latestDatabaseVersion + 1;
      manifest['somethingNew'] = true;
    });
    expect(await refusal()).toBe('BACKUP_TOO_NEW');
  });

  it.each([
    ['no zip', () => randomBytes(5000)],
    ['empty', () => Buffer.alloc(0)],
  ])('that is %s is refused', async (_, content) => {
    await reopen('other');
    await writeFile(folder.at('forged'), content());
    expect(await refusal()).toBe('BACKUP_DAMAGED');
  });

  it('that is cut off anywhere is refused', async () => {
    await publish('one');
    await backup();
    const whole = await readFile(folder.at('one.backup'));
    await reopen('other');
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      await writeFile(folder.at('forged'), whole.subarray(0, Math.floor(whole.length * share)));
      expect(await refusal()).toBe('BACKUP_DAMAGED');
    }
  });
});

/** The entries of a backup as they are. */
async function readParts(path: string): Promise<{ listen: Map<string, Buffer> }> {
  const bytes = await readFile(path);
  const listen = new Map<string, Buffer>();
  for (let at = 0; bytes.readUInt32LE(at) === 0x04034b50;) {
    const [size, nameBytes, extraBytes] = [
      bytes.readUInt32LE(at + 22),
      bytes.readUInt16LE(at + 26),
      bytes.readUInt16LE(at + 28),
    ];
    const start = at + 30 + nameBytes + extraBytes;
    listen.set(bytes.toString('utf8', at + 30, at + 30 + nameBytes), Buffer.from(bytes.subarray(start, start + size)));
    at = start + size;
  }
  return { listen };
}
