import { describe, expect, it } from 'vitest';

import { androidCheck, appEntry, token } from '#test/helpers/app-entry.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

import type { DeviceRequest } from '../device-gateway.ts';
import { createEventHub } from '../event-hub.ts';
import { silentLogger } from '../ports.ts';
import { createFetchBackSecret } from '../releases/fetch-back-secret.ts';
import { createActivityRepository } from '../storage/activity-repository.ts';
import { createAppRepository } from '../storage/app-repository.ts';
import { createBlobStore } from '../storage/blob-store.ts';
import { openDatabase } from '../storage/database.ts';
import { createDeviceRepository } from '../storage/device-repository.ts';
import { createFigureRepository } from '../storage/figure-repository.ts';
import { createReleaseFileRepository } from '../storage/release-file-repository.ts';
import { createDeviceGateway } from './create-device-gateway.ts';

const app = appEntry();

/** A gateway on a real database whose queued writes can be made to fail. */
async function openGateway() {
  const folder = await temporaryFolder();
  const database = openDatabase(folder.at('test.sqlite'), folder.path);
  createAppRepository(database).insert({ appId: app.appId, name: app.name, token, createdAtMs: 0 });
  const devices = createDeviceRepository(database);
  const activity = createActivityRepository(database);
  const figures = createFigureRepository(database);
  const control = { isBroken: false, nowMs: Date.UTC(2026, 10, 24) };
  const gateway = createDeviceGateway({
    rollouts: { check: () => undefined },
    database: {
      ...database,
      enqueueWrite: (work) =>
        control.isBroken ? Promise.reject(new Error('disk I/O error')) : database.enqueueWrite(work),
    },
    devices,
    activity,
    figures,
    directory: {
      byToken: (given) => (given === token ? app : undefined),
      byId: () => app,
      invalidate: () => undefined,
    },
    releaseFiles: createReleaseFileRepository(database),
    blobs: createBlobStore(folder.at('blobs')),
    events: createEventHub(silentLogger),
    clock: { now: () => control.nowMs },
    logger: silentLogger,
    secret: createFetchBackSecret(),
    onRowAdded: () => undefined,
  });
  return {
    gateway,
    devices,
    activity,
    figures,
    control,
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const request = (value: unknown, fields: Partial<DeviceRequest> = {}): DeviceRequest => ({
  method: 'POST',
  path: '/Xnh7…/updates',
  token,
  origin: 'http://192.168.1.20:8787',
  remoteAddress: '192.168.1.30',
  headers: { 'user-agent': 'CapacitorUpdater/8.51.14', 'x-slipway-verify': 'secret' },
  body: { kind: 'json', value },
  ...fields,
});

const stat = (action: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  ...androidCheck,
  action,
  ...fields,
});

describe('while nothing can be stored', () => {
  it('stats are not acknowledged, so that the device keeps them (clients.md §7.3)', async () => {
    await using open = await openGateway();
    open.control.isBroken = true;
    const batch = [stat('set', { timestamp: 1, version_name: '1.0.1' })];
    const refused = await open.gateway.recordStats(request(batch));
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ error: 'storage_unavailable' });

    open.control.isBroken = false;
    expect((await open.gateway.recordStats(request(batch))).status).toBe(200);
    expect(open.activity.count({})).toBe(1);
  });

  it('an update check gets its answer all the same', async () => {
    await using open = await openGateway();
    open.control.isBroken = true;
    const { status, body } = await open.gateway.checkUpdate(request(androidCheck));
    expect([status, body]).toMatchObject([200, { version: '1.0.1' }]);
  });
});

it('keeps its own headers out of the log, and marks what a virtual device sent', async () => {
  await using open = await openGateway();
  const headers = { 'user-agent': 'x', 'x-slipway-virtual': '1', 'x-slipway-verify': 'secret' };
  await open.gateway.checkUpdate(request(androidCheck, { headers }));
  const [row] = open.activity.details({}, { limit: 1 });
  expect(row).toMatchObject({ isVirtual: true, request: { headers: { 'user-agent': 'x' } } });
  expect(JSON.stringify(row)).not.toContain('secret');
  expect(open.devices.get(app.appId, androidCheck.device_id)?.isVirtual).toBe(true);
});

it('takes a batch that lay on the device for days without turning the device back (clients.md §7.2)', async () => {
  await using open = await openGateway();
  await open.gateway.checkUpdate(request({ ...androidCheck, version_name: '1.0.1', version_build: '1.0.0' }));
  const dayMs = 86_400_000;
  await open.gateway.recordStats(
    request([
      stat('app_launch_start', { timestamp: dayMs, version_name: '0.9.0', version_build: '0.5.0' }),
      stat('app_launch_start', { timestamp: 3 * dayMs, version_name: '1.0.1' }),
    ]),
  );
  expect(open.devices.get(app.appId, androidCheck.device_id)).toMatchObject({
    bundleVersion: '1.0.1',
    nativeVersion: '1.0.0',
  });
  expect(open.activity.count({})).toBe(3);
});

it('names the bundle of a failure that names none, by what was offered (clients.md §2.4)', async () => {
  await using open = await openGateway();
  await open.gateway.checkUpdate(request(androidCheck));
  const { version_name: _, ...bare } = stat('download_fail', { timestamp: 1 });
  await open.gateway.recordStats(request([bare]));
  expect(open.activity.list({}, { limit: 1 })).toMatchObject([{ action: 'download_fail', version: '1.0.1' }]);
});

describe('download_fail (clients.md §7.4: plugins before 7.17.0 and 6.14.25 send it for "no update" too)', () => {
  const upToDate = { version_name: '1.0.1', version_build: '1.0.0' };
  const stateAfter = async (plugin_version: string, running: Readonly<Record<string, string>>) => {
    await using open = await openGateway();
    const info = { ...androidCheck, ...running, plugin_version };
    await open.gateway.checkUpdate(request(info));
    await open.gateway.recordStats(request({ ...info, action: 'download_fail' }));
    const [row] = open.activity.list({}, { limit: 1 });
    const state = open.devices.get(app.appId, androidCheck.device_id)?.progress.state;
    const causes = open.figures.failures({ appId: app.appId, sinceMs: 0 }).map(({ cause }) => cause);
    return { state: state?.kind, outcome: row?.outcome, causes };
  };

  it.each([
    ['7.16.0', upToDate, { state: 'up_to_date', outcome: 'ok', causes: [] }],
    ['6.14.24', upToDate, { state: 'up_to_date', outcome: 'ok', causes: [] }],
    // An update was offered: that one failed.
    ['7.16.0', {}, { state: 'failed', outcome: 'failed', causes: ['download_fail'] }],
    ['7.17.0', upToDate, { state: 'failed', outcome: 'failed', causes: ['download_fail'] }],
    ['8.51.23', upToDate, { state: 'failed', outcome: 'failed', causes: ['download_fail'] }],
  ])('of plugin %s that was told %j', async (version, running, expected) => {
    expect(await stateAfter(version, running)).toEqual(expected);
  });
});
