import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { publishResultSchema, type PublishResult } from '#contract/models/release.ts';
import {
  collectResultSchema,
  verifyResultSchema,
  type CollectResult,
  type VerifyResult,
} from '#contract/models/storage.ts';
import { startBundleListener, type BundleListener } from '#test/helpers/bundle-listener.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { createServices, type Services } from '../create-services.ts';
import { silentLogger, systemClock, type Ports } from '../ports.ts';
import { collectGarbage, GRACE_MS } from './collect-garbage.ts';

const appId = 'com.example.app';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let listener: BundleListener;
let services: Services;
/** Added to the clock: files and releases become older at once. */
let aheadMs: number;

const ports = (): Ports => ({
  clock: { now: () => systemClock.now() + aheadMs },
  logger: silentLogger,
  deviceOrigin: listener.origin,
  network: { interfaces: () => ({}) },
  secrets: { kind: 'none', seal: (plain) => Promise.resolve(plain), open: (sealed) => Promise.resolve(sealed) },
});

beforeEach(async () => {
  aheadMs = 0;
  folder = await temporaryFolder();
  listener = await startBundleListener(() => services);
  services = await createServices(ports(), folder.at('data'));
});
afterEach(async () => {
  await services[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function publish(text: string, id = appId, delta = false): Promise<PublishResult> {
  const path = await writeTree(folder.at(`build-${id}-${text}`), { ...soundBuild, 'data.bin': text.repeat(1000) });
  const jobId = services.releases.publish({ appId: id, source: { kind: 'path', path }, allowWarnings: true, delta });
  return publishResultSchema.parse((await services.jobs.wait(jobId)).result);
}

async function collect(dryRun = false): Promise<CollectResult> {
  return collectResultSchema.parse((await services.jobs.wait(services.housekeeping.collect({ dryRun }))).result);
}

async function verify(id?: string): Promise<VerifyResult> {
  return verifyResultSchema.parse((await services.jobs.wait(services.housekeeping.verify({ appId: id }))).result);
}

/** A file in the store that no release needs. */
async function orphan(name = randomBytes(32).toString('hex')): Promise<string> {
  const path = services.blobs.path(name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'nobody needs this');
  return name;
}

const blobOf = (version: string): string => services.releases.get(appId, version).blobSha256;

describe('the clean-up', () => {
  it('removes what nothing needs once it is old enough, and says so before with a dry run', async () => {
    await publish('one');
    const name = await orphan();
    expect(await collect()).toMatchObject({ removed: 0, tooNew: 1 });
    aheadMs = GRACE_MS + 1000;
    const planned = await collect(true);
    expect(planned).toMatchObject({ dryRun: true, removed: 1, bytes: 17, files: [{ bytes: 17 }] });
    expect(await services.blobs.has(name)).toBe(true);
    expect(await collect()).toMatchObject({ dryRun: false, removed: 1, bytes: 17, tooNew: 0 });
    expect(await services.blobs.has(name)).toBe(false);
    expect((await verify()).ok).toBe(true);
  });

  it('removes nothing that a publish has taken up between the look and the sweep', async () => {
    const { blobs } = services;
    const name = await orphan();
    const path = blobs.path(name);
    await utimes(path, 1, 1);
    let isNeeded = false;
    const result = await collectGarbage(
      {
        blobs,
        releases: { liveBlobs: () => [], isBlobLive: () => isNeeded },
        storeLock: async (work) => {
          isNeeded = true;
          return await work();
        },
        now: () => Date.now(),
      },
      { dryRun: false },
    );
    expect(result.removed).toBe(0);
    expect(await blobs.has(name)).toBe(true);
  });

  it('runs beside publishes and deletions without ever taking a file that a release needs', async () => {
    await publish('base');
    const over = new AbortController();
    aheadMs = 2 * GRACE_MS;
    const cleaning = (async () => {
      let runs = 0;
      while (!over.signal.aborted) {
        await orphan();
        await collect();
        runs += 1;
      }
      return runs;
    })();
    for (let round = 0; round < 6; round += 1) {
      // Equal content under several versions shares its file; deleting one must not take it from the others.
      const [one, two] = await Promise.all([
        publish(`r${round}`, appId, true),
        publish('base', appId, round % 2 === 0),
      ]);
      await services.releases.delete({ appId, release: one.version, force: true });
      expect(await services.blobs.has(blobOf(two.version))).toBe(true);
    }
    over.abort();
    expect(await cleaning).toBeGreaterThan(0);
    const { ok, findings } = await verify();
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(ok).toBe(true);
  });
});

describe('the check of the store', () => {
  it('finds a flipped byte, a missing file, a foreign and an unused one, with what they break', async () => {
    const [good, damaged, missing] = [await publish('good'), await publish('damaged'), await publish('missing')];
    const path = services.blobs.path(blobOf(damaged.version));
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await rm(services.blobs.path(blobOf(missing.version)));
    const name = await orphan();
    await writeFile(join(services.blobs.root, 'notes.txt'), 'mine');

    const { ok, checked, findings } = await verify();
    expect({ ok, checked }).toEqual({ ok: false, checked: 3 });
    expect(findings.map(({ code }) => code).sort()).toEqual([
      'FILE_DAMAGED',
      'FILE_FOREIGN',
      'FILE_MISSING',
      'FILE_UNUSED',
    ]);
    const find = (code: string) => findings.find((each) => each.code === code);
    expect(find('FILE_DAMAGED')?.releases).toMatchObject([{ appId, version: damaged.version }]);
    expect(find('FILE_MISSING')?.releases).toMatchObject([{ appId, version: missing.version }]);
    expect(find('FILE_UNUSED')?.file).toContain(name);
    expect(find('FILE_FOREIGN')?.file).toBe('notes.txt');
    expect(JSON.stringify(findings)).not.toContain(good.releaseId);
  });

  it.each(['rotted', 'gone'])('is passed again once its advice was followed: bodies have %s', async (fate) => {
    const first = await publish('one', appId, true);
    const second = await publish('two', appId, true);
    const shared = services.publishDeps.releases.blobsOf(second.releaseId).find((holder) => {
      return services.publishDeps.releases.blobsOf(first.releaseId).includes(holder);
    });
    const path = services.blobs.path(shared ?? '');
    const bytes = await readFile(path);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await (fate === 'gone' ? rm(path) : writeFile(path, bytes));
    expect((await verify()).findings[0]?.releases.map(({ version }) => version)).toEqual(['1.0.1', '1.0.0']);

    // Publish the build again under a new version, and delete the two.
    const third = await publish('three', appId, true);
    expect(services.publishDeps.releases.blobsOf(third.releaseId)).not.toContain(shared);
    for (const { releaseId: release } of [first, second]) {
      await services.releases.delete({ appId, release, force: false });
    }
    expect(await verify()).toMatchObject({ ok: true, findings: [] });
  });

  it('of one app leaves the others alone', async () => {
    await publish('one');
    const other = await publish('two', 'com.example.other');
    const blob = services.releases.get('com.example.other', other.version).blobSha256;
    await rm(services.blobs.path(blob));
    expect(await verify(appId)).toMatchObject({ ok: true, checked: 1, findings: [] });
    expect(await verify('com.example.other')).toMatchObject({ ok: false, findings: [{ code: 'FILE_MISSING' }] });
    expect(() => services.housekeeping.verify({ appId: 'no.such.app' })).toThrow('APP_NOT_FOUND');
  });

  it('can be stopped', async () => {
    await publish('one');
    const jobId = services.housekeeping.verify({});
    services.jobs.cancel(jobId);
    expect(await services.jobs.wait(jobId)).toMatchObject({ state: 'cancelled' });
  });
});

describe('retention of an app', () => {
  it('is asked first, then takes effect at once and after each publish; what is in use stays', async () => {
    const [one, two, three] = [await publish('one'), await publish('two'), await publish('three')];
    const [channel] = services.channels.list(appId);
    services.publishDeps.channels.pointAtRelease(channel?.id ?? 0, one.releaseId, Date.now());
    const keepOne = { keepCount: 1, keepDays: null };
    expect(services.housekeeping.preview(appId, keepOne)).toMatchObject({
      releases: [{ version: two.version }],
      inUse: 1,
    });
    expect(await services.housekeeping.setRetention(appId, keepOne)).toEqual(keepOne);
    const versions = () => services.releases.list(appId).map(({ version }) => version);
    expect(versions()).toEqual([three.version, one.version]);
    const four = await publish('four');
    await expect.poll(versions).toEqual([four.version]);
    expect((await verify()).ok).toBe(true);
  });
});

it('says how much of the store each app needs, and what it shares', async () => {
  await publish('one');
  await publish('one', 'com.example.other');
  const blob = (await readFile(services.blobs.path(blobOf('1.0.0')))).length;
  await orphan();
  const usage = await services.housekeeping.usage();
  expect(usage.apps).toMatchObject([
    { appId, releases: 1, zipBytes: blob, sharedBytes: blob },
    { appId: 'com.example.other', zipBytes: blob, sharedBytes: blob },
  ]);
  expect(usage).toMatchObject({ storeBytes: blob + 17, unusedBytes: 17 });
  expect(usage.databaseBytes).toBeGreaterThan(0);
  await publish('two', appId, true);
  const [app] = (await services.housekeeping.usage()).apps;
  expect(app?.deltaBytes).toBeGreaterThan(0);
  expect(app?.sharedBytes).toBe(blob);
});
