import { rm, writeFile } from 'node:fs/promises';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { api } from '#contract/api.ts';
import { ApiError, errorCodes, wireErrorSchema, type ErrorCode, type Reply } from '#contract/errors.ts';
import { events, type EventMessage } from '#contract/events.ts';
import { inspectionSchema } from '#contract/models/finding.ts';
import type { Job } from '#contract/models/job.ts';
import { publishResultSchema, zipResultSchema } from '#contract/models/release.ts';

import { writeTree } from '../helpers/trees.ts';
import { openTransport, transportNames, type OpenTransport } from './transports.ts';

const goodBuild = {
  'index.html': '<!doctype html><script type="module" src="app.js"></script>',
  'app.js': 'CapacitorUpdater.notifyAppReady();',
};

/** The same expectations for every way of calling the core. */
describe.each(transportNames)('the contract %s', (name) => {
  let opened: OpenTransport;
  let client: OpenTransport['client'];
  let build: string;
  const heard: EventMessage[] = [];

  beforeAll(async () => {
    opened = await openTransport(name);
    ({ client } = opened);
    build = await writeTree(opened.folder.at('dist'), goodBuild);
    opened.transport.subscribe((message) => heard.push(message));
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  async function failure(call: Promise<unknown>): Promise<{ code: ErrorCode; params: object }> {
    const error: unknown = await call.then(
      () => new Error('it succeeded'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof ApiError)) throw error;
    return { code: error.code, params: error.params };
  }

  async function heardOf(isWanted: (message: EventMessage) => boolean): Promise<EventMessage> {
    await expect.poll(() => heard.some(isWanted), { interval: 10 }).toBe(true);
    const found = heard.find(isWanted);
    if (!found) throw new Error('nothing was heard of it');
    return found;
  }

  /** A job's end as a client learns of it: by its event. */
  async function endOf(start: Promise<{ jobId: string }>): Promise<Job> {
    const { jobId } = await start;
    await heardOf(
      ({ name, payload }) => name === 'job.changed' && payload.jobId === jobId && payload.state !== 'running',
    );
    return client.jobs.get({ jobId });
  }

  it('has an answer for every procedure, even to nothing at all', async () => {
    const paths = Object.entries(api).flatMap(([domain, procedures]) =>
      Object.keys(procedures).map((call) => `${domain}.${call}`),
    );
    for (const path of paths.filter((path) => path !== 'sample.run')) {
      const reply = await opened.transport.call(path, undefined);
      const code = reply.ok ? 'OK' : reply.error.code;
      expect(['OK', 'BAD_INPUT', 'NOT_AVAILABLE_HERE', 'VAULT_NOT_PROTECTED'], `${path} answered ${code}`).toContain(
        code,
      );
    }
  });

  it.each([
    'nothing',
    '',
    'apps',
    'apps.',
    'apps.list.x',
    'constructor.constructor',
    '__proto__.toString',
    'apps.toString',
    'apps.__proto__',
  ])('does not know %j', async (path) => {
    const reply = await opened.transport.call(path, {});
    expect(reply).toMatchObject({ ok: false, error: { code: 'UNKNOWN_PROCEDURE' } });
  });

  it('names what is wrong with an input, and does not repeat the value', async () => {
    const { code, params } = await failure(client.devices.timeline({ appId: 'a.b', deviceId: 'secret', limit: -1 }));
    expect(code).toBe('BAD_INPUT');
    expect(JSON.stringify(params)).toMatch(/limit/);
    expect(JSON.stringify(params)).not.toMatch(/secret/);
  });

  it('answers every junk with a reply that its contract allows', async () => {
    const paths = Object.entries(api).flatMap(([domain, procedures]) =>
      Object.keys(procedures).map((call) => `${domain}.${call}`),
    );
    const harmless = paths.filter((path) => !/^sample\.run$|restart|reveal|doctor/.test(path));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom(...harmless), fc.string()), fc.jsonValue(), async (path, input) => {
        const reply: Reply = await opened.transport.call(path, input);
        const shape = reply.ok ? reply : wireErrorSchema.parse(reply.error);
        expect(shape).toBeDefined();
        expect(errorCodes.filter((code) => !reply.ok && reply.error.code === code && code === 'INTERNAL')).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps apps: added, listed, renamed, given a new token, removed', async () => {
    const appId = 'com.example.kept';
    const added = await client.apps.add({ appId, name: '  Kept ' });
    expect(added).toMatchObject({ appId, name: 'Kept', defaultChannel: 'production', releaseCount: 0, deviceCount: 0 });
    expect(added.paths.update).toBe(`/${added.token}/updates`);
    expect(added.endpoints[0]?.updateUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/updates$/);
    await heardOf(({ name, payload }) => name === 'app.changed' && payload.appId === appId);

    expect(await failure(client.apps.add({ appId }))).toEqual({ code: 'APP_EXISTS', params: { appId } });
    expect((await failure(client.apps.add({ appId: 'not an id' }))).code).toBe('APP_ID_INVALID');
    expect((await client.apps.rename({ appId, name: 'Other' })).name).toBe('Other');
    const rotated = await client.apps.rotateToken({ appId });
    expect(rotated.token).not.toBe(added.token);
    expect(await client.apps.list({})).toContainEqual(rotated);
    expect(await client.channels.list({ appId })).toMatchObject([
      { name: 'production', isDefault: true, target: { kind: 'none' } },
    ]);

    expect(await client.apps.remove({ appId })).toEqual({ appId, releases: 0, devices: 0 });
    expect(await failure(client.apps.get({ appId }))).toEqual({ code: 'APP_NOT_FOUND', params: { appId } });
  });

  it('publishes a build, and every step of it is heard', async () => {
    const appId = 'com.example.published';
    const job = await endOf(
      client.releases.publish({ appId, source: { kind: 'path', path: build }, version: '1.2.3' }),
    );
    expect(job).toMatchObject({ state: 'succeeded', progress: 1, appId, error: null });
    const result = publishResultSchema.parse(job.result);
    await heardOf(({ name, payload }) => name === 'release.changed' && payload.releaseId === result.releaseId);

    const [release] = await client.releases.list({ appId });
    expect(release).toMatchObject({ version: '1.2.3', checksum: result.checksum, liveOn: ['production'] });
    expect(await client.releases.get({ appId, release: '1.2.3' })).toEqual(release);
    expect(await client.releases.suggestVersion({ appId })).toMatchObject({
      version: '1.2.4',
      latest: '1.2.3',
      isFree: true,
    });
    expect((await client.builds.recent({}))[0]).toMatchObject({ path: build, appId });
    expect((await client.jobs.list({}))[0]?.jobId).toBe(job.jobId);
    expect(
      await failure(client.releases.publish({ appId, source: { kind: 'path', path: build }, version: '1.2.3' })),
    ).toEqual({
      code: 'VERSION_EXISTS',
      params: { appId, version: '1.2.3', suggested: '1.2.4' },
    });
    expect(await failure(client.releases.delete({ appId, release: '1.2.3' }))).toEqual({
      code: 'RELEASE_IN_USE',
      params: { version: '1.2.3', users: ['production'] },
    });
    const deleted = await client.releases.delete({ appId, release: '1.2.3', force: true });
    expect(deleted).toMatchObject({ releaseId: result.releaseId, version: '1.2.3' });
    // The zip goes; of the delta's files those that no other release shares.
    expect(deleted.freedBytes).toBeGreaterThanOrEqual(result.size);
    expect(deleted.freedBytes).toBeLessThanOrEqual(result.size + (result.delta?.bytes ?? 0));
    expect((await failure(client.releases.get({ appId, release: '1.2.3' }))).code).toBe('RELEASE_NOT_FOUND');
  });

  it('serves what was published to a device, byte for byte', async () => {
    const appId = 'com.example.served';
    const job = await endOf(client.releases.publish({ appId, source: { kind: 'path', path: build } }));
    const { checksum, size } = publishResultSchema.parse(job.result);
    const { token } = await client.apps.get({ appId });
    const port = opened.host.services.deviceListener.status().port;
    const response = await fetch(`http://127.0.0.1:${port}/${token}/bundles/${checksum}.zip`);
    const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
    expect(Buffer.from(digest).toString('hex')).toBe(checksum);
    expect(response.headers.get('content-length')).toBe(String(size));
  });

  it('keeps its own fetch-back check out of the log and the devices', async () => {
    const appId = 'com.example.quiet';
    await endOf(client.releases.publish({ appId, source: { kind: 'path', path: build } }));
    expect((await client.activity.list({ appId })).rows).toEqual([]);
    expect(await client.devices.list({ appId })).toEqual([]);
  });

  it('tells why a build is refused, with its findings', async () => {
    const bad = await writeTree(opened.folder.at('bad'), { 'index.html': '<p>no script</p>' });
    const job = await endOf(client.releases.publish({ appId: 'com.example.bad', source: { kind: 'path', path: bad } }));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'BUILD_HAS_ERRORS' } });
    expect(inspectionSchema.parse(job.result).findings.map(({ code }) => code)).toContain('NOTIFY_APP_READY_MISSING');
    const inspected = await endOf(client.builds.inspect({ source: { kind: 'path', path: bad } }));
    expect(inspectionSchema.parse(inspected.result)).toMatchObject({ isPublishable: false });
  });

  it('makes a zip, and does not overwrite one unasked', async () => {
    const out = opened.folder.at(`${name}.zip`);
    const source = { kind: 'path', path: build } as const;
    const made = zipResultSchema.parse((await endOf(client.builds.zip({ source, out }))).result);
    expect(made).toMatchObject({ path: out, files: 2 });
    const again = await endOf(client.builds.zip({ source, out, overwrite: false }));
    expect(again.error).toEqual({ code: 'OUTPUT_EXISTS', params: { path: out } });
    expect((await failure(client.builds.zip({ source, out: 'relative.zip' }))).code).toBe('BAD_INPUT');
  });

  it('knows what is wrong with uploads', async () => {
    const { uploadId } = await client.uploads.create({ name: 'dist', files: 2, bytes: 10 });
    expect(await failure(client.uploads.complete({ uploadId }))).toEqual({
      code: 'UPLOAD_INCOMPLETE',
      params: { received: 0, expected: 2 },
    });
    await client.uploads.discard({ uploadId });
    expect((await failure(client.uploads.complete({ uploadId }))).code).toBe('UPLOAD_NOT_FOUND');
  });

  it('changes settings, keeps them and says so', async () => {
    const before = await client.settings.get({});
    const updated = await client.settings.update({ appearance: 'dark' });
    expect(updated).toEqual({ ...before, appearance: 'dark' });
    expect(await client.settings.get({})).toEqual(updated);
    await heardOf(({ name }) => name === 'settings.changed');
    expect((await failure(client.settings.update({ device: { port: 70_000 } }))).code).toBe('BAD_INPUT');
  });

  it('cancels jobs, and does not know unknown ones', async () => {
    const big = await writeTree(opened.folder.at('big'), goodBuild);
    for (let index = 0; index < 30; index += 1) {
      await writeFile(`${big}/${index}.bin`, Buffer.alloc(1_000_000, `${index}`));
    }
    const { jobId } = await client.builds.zip({
      source: { kind: 'path', path: big },
      out: opened.folder.at('big.zip'),
    });
    await client.jobs.cancel({ jobId });
    await heardOf(
      ({ name, payload }) => name === 'job.changed' && payload.jobId === jobId && payload.state !== 'running',
    );
    expect((await client.jobs.get({ jobId })).state).toBe('cancelled');
    expect((await failure(client.jobs.cancel({ jobId: 'x' }))).code).toBe('JOB_NOT_FOUND');
    await rm(big, { recursive: true });
  });

  it('gives the config fragment of an app', async () => {
    const appId = 'com.example.config';
    const { token } = await client.apps.add({ appId });
    const { config, text } = await client.projects.config({ appId });
    expect(JSON.parse(text)).toEqual(config);
    expect(text).toContain(`/${token}/updates`);
    const named = await client.projects.config({ appId, address: 'my-mac.local', format: 'ts' });
    expect(named.text).toMatch(/http:\/\/my-mac\.local:\d+\//);
    for (const address of ['x/../y', '999.1.1.1', 'fe80::1%eth0', 'a b']) {
      expect(await failure(client.projects.config({ appId, address }))).toMatchObject({ code: 'BAD_INPUT' });
    }
    expect((await failure(client.projects.preview({ appId, dir: opened.folder.at('nowhere') }))).code).toBe(
      'PROJECT_NOT_FOUND',
    );
  });

  it('tells how the host stands', async () => {
    const status = await client.server.status({});
    expect(status).toMatchObject({ hostKind: 'headless', dataDir: opened.host.dataDir, device: { state: 'running' } });
    const { checks } = await client.server.doctor({});
    expect(checks.map(({ id }) => id)).toContain('database');
  });

  it('sends only events that its contract knows', () => {
    expect(heard.length).toBeGreaterThan(0);
    for (const { name, payload } of heard) expect(events[name].safeParse(payload).success).toBe(true);
  });
});
