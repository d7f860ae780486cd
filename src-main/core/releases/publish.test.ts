import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { EventName } from '#contract/events.ts';
import { inspectionSchema } from '#contract/models/finding.ts';
import type { Job } from '#contract/models/job.ts';
import { publishResultSchema, releaseSchema, type PublishResult } from '#contract/models/release.ts';
import { startBundleListener, type BundleListener, type ListenerFault } from '#test/helpers/bundle-listener.ts';
import { temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { AppError } from '../app-error.ts';
import { startBuildCost } from '../compare/weigh-build.ts';
import { createServices, type Services } from '../create-services.ts';
import { silentLogger, systemClock, type Ports } from '../ports.ts';
import type { PublishInput } from './publish.ts';

const appId = 'com.example.app';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let listener: BundleListener;
let services: Services;
let build: string;

const ports = (): Ports => ({
  clock: systemClock,
  logger: silentLogger,
  deviceOrigin: listener.origin,
  network: { interfaces: () => ({}) },
  secrets: { kind: 'none', seal: (plain) => Promise.resolve(plain), open: (sealed) => Promise.resolve(sealed) },
});

beforeEach(async () => {
  folder = await temporaryFolder();
  listener = await startBundleListener(() => services);
  services = await createServices(ports(), folder.at('data'));
  build = await writeTree(folder.at('dist'), goodBuild);
});
afterEach(async () => {
  await services[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const goodBuild = {
  'index.html': '<!doctype html><script type="module" src="app.js"></script>',
  'app.js': 'CapacitorUpdater.notifyAppReady();',
  'data.bin': Buffer.alloc(200_000, 'data'),
};

function publish(input: Partial<PublishInput> = {}): Promise<Job> {
  const jobId = services.releases.publish({
    appId,
    source: { kind: 'path', path: build },
    allowWarnings: false,
    ...input,
  });
  return services.jobs.wait(jobId);
}

async function published(input: Partial<PublishInput> = {}): Promise<PublishResult> {
  const job = await publish(input);
  expect(job.error).toBeNull();
  return publishResultSchema.parse(job.result);
}

/** All that a publish can leave behind. */
async function traces() {
  const list = (name: string) => readdir(folder.at(`data/${name}`), { recursive: true }).catch(() => []);
  const rows = services.database.get<{ n: number }>('SELECT count(*) AS n FROM releases')?.n;
  const blobs = (await list('blobs')).filter((name) => name.length > 60).length;
  return { releases: rows, apps: services.apps.list().length, blobs, staging: await list('staging') };
}
/** Bytes of the files in the store. */
async function storedBytes(): Promise<number> {
  const names = (await readdir(folder.at('data/blobs'), { recursive: true })).filter((name) => name.length > 60);
  const sizes = await Promise.all(names.map(async (name) => (await stat(folder.at(`data/blobs/${name}`))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const nothing = { releases: 0, apps: 0, blobs: 0, staging: [] as string[] };

describe('a publish', () => {
  it('makes an app, a verified release that is live on its default channel, and tells what it did', async () => {
    const result = await published({ version: '1.2.3', notes: 'First.' });

    expect(result).toMatchObject({ appId, version: '1.2.3', channel: 'production', encrypted: false });
    expect(result.delta).toMatchObject({ files: 3 });
    expect(Object.keys(result.timings)).toEqual(['inspect', 'pack', 'delta', 'store', 'verify', 'publish']);
    const blob = await readFile(services.blobs.path(result.checksum));
    expect(createHash('sha256').update(blob).digest('hex')).toBe(result.checksum);
    expect(blob.length).toBe(result.size);

    const app = services.apps.get(appId);
    expect(app).toMatchObject({ name: appId, defaultChannel: 'production', releaseCount: 1, deviceCount: 0 });
    expect(app.token).toMatch(/^[\w-]{22}$/);
    const [release] = services.releases.list(appId);
    expect(releaseSchema.parse(release)).toEqual({
      ...services.releases.get(appId, '1.2.3'),
      releaseId: result.releaseId,
      checksum: result.checksum,
      blobSha256: result.checksum,
      files: 3,
      liveOn: ['production'],
      notes: 'First.',
      downloadPath: `/${app.token}/bundles/${result.checksum}.zip`,
    });
    expect(services.channels.list(appId)).toMatchObject([
      { isDefault: true, target: { kind: 'release', releaseId: result.releaseId, version: '1.2.3' } },
    ]);
    expect((await traces()).staging).toEqual([]);
  });

  it('fetches the release back with a size, a whole download and a range before anybody is offered it', async () => {
    let offeredEarly = false;
    listener.beforeAnswer = () => {
      offeredEarly ||= services.channels.list(appId)[0]?.target.kind === 'release';
      offeredEarly ||= services.releases.list(appId).length > 0;
      return Promise.resolve();
    };
    const { checksum } = await published();
    const url = `/${services.apps.get(appId).token}/bundles/${checksum}.zip`;
    const ofFiles = listener.requests.filter((request) => request.includes('/files/'));
    expect(listener.requests.filter((request) => !ofFiles.includes(request))).toEqual([
      `HEAD ${url}`,
      `GET ${url}`,
      `GET ${url}`,
    ]);
    // The files of the manifest, each of them, meanwhile.
    expect(ofFiles).toHaveLength(3);
    expect(offeredEarly).toBe(false);
  });

  it('announces app, release and channel after they are there', async () => {
    const heard: EventName[] = [];
    let releasesThen = 0;
    services.events.subscribe(({ name }) => {
      if (name === 'release.changed') releasesThen = services.releases.list(appId).length;
      if (name !== 'job.changed') heard.push(name);
    });
    await published();
    expect(releasesThen).toBe(1);
    expect(heard).toEqual(['app.changed', 'release.changed', 'channel.changed', 'app.changed']);
  });

  it('takes the next version by itself: 1.0.0, then the next patch, or the bump that is asked for', async () => {
    expect((await published()).version).toBe('1.0.0');
    expect((await published()).version).toBe('1.0.1');
    expect((await published({ bump: 'minor' })).version).toBe('1.1.0');
    expect(services.releases.list(appId).map(({ version }) => version)).toEqual(['1.1.0', '1.0.1', '1.0.0']);
  });

  it('keeps equal builds once, however many releases hold them', async () => {
    const [first, second] = [await published(), await published()];
    expect(first.checksum).toBe(second.checksum);
    expect(await traces()).toMatchObject({ releases: 2, blobs: 2 });
  });

  it('remembers the build, and gives it its app', async () => {
    await published();
    expect(services.builds.recent()).toMatchObject([{ path: build, appId }]);
  });

  it('publishes what a browser uploaded, and then drops the upload', async () => {
    const { uploadId } = await services.uploads.create({ name: 'dist', files: 3, bytes: 0 });
    for (const [path, content] of Object.entries(goodBuild)) {
      await services.uploads.receive(uploadId, path, Readable.from([Buffer.from(content)]));
    }
    services.uploads.complete(uploadId);
    const source = { kind: 'upload', uploadId } as const;
    await services.jobs.wait(startBuildCost(appId, source, services.publishDeps));
    const fromUpload = await published({ source });
    // Nothing is kept of what cannot be packed again.
    expect(await readdir(folder.at('data/cache')).catch(() => [])).toEqual([]);
    const fromPath = await published();
    expect(fromUpload.checksum).toBe(fromPath.checksum);
    expect(await readdir(folder.at('data/cache'))).toHaveLength(2);
    expect(() => services.uploads.complete(uploadId)).toThrow('UPLOAD_NOT_FOUND');
  });
});

describe('a publish is refused', () => {
  it('for errors in the build, which are in the job beside the refusal', async () => {
    await rm(`${build}/index.html`);
    const job = await publish();
    expect(job).toMatchObject({ state: 'failed', error: { code: 'BUILD_HAS_ERRORS', params: { count: 1 } } });
    expect(inspectionSchema.parse(job.result).findings.map(({ code }) => code)).toContain('INDEX_HTML_MISSING');
    expect(await traces()).toEqual(nothing);
  });

  it('for warnings, unless they are allowed', async () => {
    await writeFile(`${build}/app.js.map`, '{}');
    const job = await publish();
    expect(job.error).toEqual({ code: 'BUILD_HAS_WARNINGS', params: { count: 1 } });
    expect(inspectionSchema.parse(job.result).findings.map(({ code }) => code)).toContain('SOURCE_MAP_INCLUDED');
    expect(await traces()).toEqual(nothing);
    const result = await published({ allowWarnings: true });
    expect(result.findings.map(({ code }) => code)).toContain('SOURCE_MAP_INCLUDED');
  });

  it.each([
    ['an app id that is none', { appId: 'app' }, 'APP_ID_INVALID'],
    ['a version that is none', { version: 'v1.0.0' }, 'VERSION_INVALID'],
    ['a channel that an app to be made will not have', { channel: 'beta' }, 'CHANNEL_NOT_FOUND'],
    ['a relative path', { source: { kind: 'path', path: 'dist' } }, 'BAD_INPUT'],
    ['an unknown upload', { source: { kind: 'upload', uploadId: 'x' } }, 'UPLOAD_NOT_FOUND'],
  ] as const)('at once for %s', async (_, input, code) => {
    expect(() =>
      services.releases.publish({ appId, source: { kind: 'path', path: build }, allowWarnings: false, ...input }),
    ).toThrow(code);
    expect(services.jobs.list()).toEqual([]);
    expect(await traces()).toEqual(nothing);
  });

  it('for a channel that the app does not have', async () => {
    await published();
    expect(() =>
      services.releases.publish({
        appId,
        channel: 'beta',
        source: { kind: 'path', path: build },
        allowWarnings: false,
      }),
    ).toThrow(expect.objectContaining({ code: 'CHANNEL_NOT_FOUND', params: { appId, channel: 'beta' } }) as Error);
  });

  it('for a build that is not there', async () => {
    expect((await publish({ source: { kind: 'path', path: folder.at('missing') } })).error?.code).toBe(
      'SOURCE_NOT_FOUND',
    );
    expect(await traces()).toEqual(nothing);
  });

  it('for a version that was ever used, also by a release that was deleted', async () => {
    await published({ version: '1.0.0' });
    await published({ version: '1.0.1' });
    await services.releases.delete({ appId, release: '1.0.0', force: false });
    for (const version of ['1.0.0', '1.0.1']) {
      expect(() =>
        services.releases.publish({ appId, version, source: { kind: 'path', path: build }, allowWarnings: false }),
      ).toThrow(
        expect.objectContaining({ code: 'VERSION_EXISTS', params: { appId, version, suggested: '1.0.2' } }) as Error,
      );
    }
  });

  it('to one of two that want the same version at once', async () => {
    const jobs = await Promise.all([publish({ version: '2.0.0' }), publish({ version: '2.0.0' })]);
    expect(jobs.map(({ state }) => state).toSorted()).toEqual(['failed', 'succeeded']);
    expect(jobs.find(({ state }) => state === 'failed')?.error?.code).toBe('VERSION_EXISTS');
    expect(await traces()).toMatchObject({ releases: 1, blobs: 2, staging: [] });
  });

  it('to nobody when many want any version at once', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, () => published()));
    expect(new Set(results.map(({ version }) => version)).size).toBe(6);
    expect(await traces()).toMatchObject({ releases: 6, apps: 1, blobs: 2, staging: [] });
  });
});

describe('the fetch-back check', () => {
  it.each<[ListenerFault, RegExp]>([
    ['wrong_length', /Content-Length/],
    ['other_bytes', /SHA-256/],
    ['cut_off', /./],
    ['ignores_ranges', /status is 200 instead of 206/],
    ['wrong_range', /a range differs/],
    ['not_found', /status is 404/],
  ])('notices a listener that goes wrong (%s), and nothing is left', async (fault, reason) => {
    listener.fault = fault;
    const job = await publish();
    expect(job.error?.code).toBe('VERIFY_FAILED');
    expect(String(job.error?.params['reason'])).toMatch(reason);
    expect(await traces()).toEqual(nothing);
    listener.fault = 'none';
    expect((await published()).version).toBe('1.0.0');
  });

  it('notices what has rotted since it was packed before, and packs it anew the next time', async () => {
    // Long enough ago for the next pack to take it as it is.
    await delay(150);
    await published();
    const cacheDir = folder.at('data/cache');
    const name = (await readdir(cacheDir)).find((each) => each.endsWith('.zip')) ?? '';
    const zip = await readFile(join(cacheDir, name));
    const place = zip.indexOf('data.bin') + 'data.bin'.length + 20;
    zip[place] = (zip[place] ?? 0) ^ 1;
    await rm(join(cacheDir, name));
    await writeFile(join(cacheDir, name), zip);
    await writeFile(join(build, 'new.txt'), 'new');

    expect((await publish()).error?.code).toBe('BUNDLE_DAMAGED');
    await published();
  });

  it('is not even tried, nor is anything packed, while the listener is down', async () => {
    const down = new AppError('DEVICE_LISTENER_DOWN');
    await services[Symbol.asyncDispose]();
    const origin = { loopback: () => Promise.reject(down), port: () => null };
    services = await createServices({ ...ports(), deviceOrigin: origin }, folder.at('data'));
    const job = await publish();
    expect(job.error).toEqual({ code: 'DEVICE_LISTENER_DOWN', params: {} });
    expect(job.steps.map(({ state }) => state)).toEqual(['done', ...Array<string>(5).fill('waiting')]);
    expect(await traces()).toEqual(nothing);
  });

  it('says that the listener went away', async () => {
    await listener[Symbol.asyncDispose]();
    const job = await publish();
    expect(job.error).toEqual({ code: 'VERIFY_FAILED', params: { reason: 'ECONNREFUSED' } });
    expect(await traces()).toEqual(nothing);
  });

  it('leaves an app that was there before, its releases and its shared files', async () => {
    await published();
    listener.fault = 'not_found';
    await publish();
    expect(await traces()).toMatchObject({ releases: 1, apps: 1, blobs: 2, staging: [] });
    expect(services.releases.get(appId, '1.0.0').liveOn).toEqual(['production']);
  });
});

describe('a cancelled publish', () => {
  it.each(['inspect', 'pack', 'store', 'verify'])('leaves nothing when it is stopped in "%s"', async (stepName) => {
    const stop = services.events.subscribe(({ name, payload }) => {
      if (name !== 'job.changed' || payload.kind !== 'publish') return;
      const step = services.jobs.get(payload.jobId).steps.find((candidate) => candidate.name === stepName);
      if (step?.state === 'running') services.jobs.cancel(payload.jobId);
    });
    // The events are thinned out: looked at in the meantime as well.
    const jobId = services.releases.publish({ appId, source: { kind: 'path', path: build }, allowWarnings: false });
    const watch = setInterval(() => {
      const isThere = services.jobs
        .get(jobId)
        .steps.some(({ name, state }) => name === stepName && state !== 'waiting');
      if (isThere) services.jobs.cancel(jobId);
    }, 0);
    listener.beforeAnswer = () => new Promise((resolve) => setTimeout(resolve, 30));
    const job = await services.jobs.wait(jobId);
    clearInterval(watch);
    stop();
    expect(job.state).toBe('cancelled');
    expect(await traces()).toEqual(nothing);
  });

  it('is what a closing core makes of those that run', async () => {
    listener.fault = 'silent';
    const jobId = services.releases.publish({ appId, source: { kind: 'path', path: build }, allowWarnings: false });
    while (listener.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await services[Symbol.asyncDispose]();
    services = await createServices(ports(), folder.at('data'));
    expect(services.jobs.get(jobId).state).toBe('cancelled');
    expect(await traces()).toEqual(nothing);
  });
});

describe('deleting a release', () => {
  it('is refused while a channel offers it, unless forced: the channel then offers nothing', async () => {
    const { releaseId } = await published();
    const stored = await storedBytes();
    await expect(services.releases.delete({ appId, release: '1.0.0', force: false })).rejects.toMatchObject({
      code: 'RELEASE_IN_USE',
      params: { version: '1.0.0', users: ['production'] },
    });
    expect(await services.releases.delete({ appId, release: releaseId, force: true })).toEqual({
      releaseId,
      version: '1.0.0',
      freedBytes: stored,
    });
    expect(services.channels.list(appId)[0]?.target).toEqual({ kind: 'none' });
    expect(services.releases.list(appId)).toEqual([]);
    expect(await traces()).toMatchObject({ releases: 1, blobs: 0 });
    await expect(services.releases.delete({ appId, release: releaseId, force: true })).rejects.toThrow(
      'RELEASE_NOT_FOUND',
    );
  });

  it('keeps the file while another release holds it', async () => {
    await published();
    await published();
    expect((await services.releases.delete({ appId, release: '1.0.0', force: false })).freedBytes).toBe(0);
    expect(await traces()).toMatchObject({ blobs: 2 });
  });

  it('takes the file of the removed app with it', async () => {
    await published();
    expect(await services.apps.remove(appId)).toEqual({ appId, releases: 1, devices: 0 });
    expect(await traces()).toEqual(nothing);
    expect(() => services.releases.list(appId)).toThrow('APP_NOT_FOUND');
  });
});

describe('suggesting a version', () => {
  it('works before the app is there', () => {
    expect(services.releases.suggestVersion({ appId, bump: 'patch' })).toEqual({
      version: '1.0.0',
      isValid: true,
      isFree: true,
      latest: null,
      nativeVersion: null,
      warnings: [],
    });
  });

  it('judges a version that was typed', async () => {
    await published({ version: '1.4.0' });
    const judge = (version: string) =>
      services.releases.suggestVersion({ appId, bump: 'patch', version, nativeVersion: '1.5.0' });
    expect(judge('1.4.0')).toMatchObject({ isValid: true, isFree: false });
    expect(judge('1.5.0-beta.1').warnings).toMatchObject([{ code: 'PRERELEASE_BELOW_NATIVE' }]);
    expect(judge('nonsense')).toMatchObject({ isValid: false, isFree: true, warnings: [] });
  });
});
