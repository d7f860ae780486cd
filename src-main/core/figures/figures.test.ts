import { describe, expect, it } from 'vitest';

import { androidCheck, appEntry, releaseEntry, token } from '#test/helpers/app-entry.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

import type { DeviceRequest } from '../device-gateway.ts';
import { createDeviceGateway } from '../devices/create-device-gateway.ts';
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
import { createFigures, FIGURES_KEPT_MS } from './figures.ts';

const app = appEntry({ releases: [releaseEntry(), releaseEntry({ releaseId: 'r2', version: '1.0.2' })] });
const T = Date.UTC(2026, 10, 24);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A gateway, figures and a clock that a test turns. */
async function openFigures() {
  const folder = await temporaryFolder();
  const database = openDatabase(folder.at('test.sqlite'), folder.path);
  createAppRepository(database).insert({ appId: app.appId, name: app.name, token, createdAtMs: 0 });
  const devices = createDeviceRepository(database);
  const repository = createFigureRepository(database);
  const clock = { nowMs: T, now: () => clock.nowMs };
  const gateway = createDeviceGateway({
    rollouts: { check: () => undefined },
    database,
    devices,
    activity: createActivityRepository(database),
    figures: repository,
    directory: { byToken: () => app, byId: () => app, invalidate: () => undefined },
    releaseFiles: createReleaseFileRepository(database),
    blobs: createBlobStore(folder.at('blobs')),
    events: createEventHub(silentLogger),
    clock,
    logger: silentLogger,
    secret: createFetchBackSecret(),
    onRowAdded: () => undefined,
  });
  const request = (value: unknown, isVirtual: boolean): DeviceRequest => ({
    method: 'POST',
    path: '/Xnh7…/x',
    token,
    origin: 'http://192.168.1.20:8787',
    remoteAddress: '192.168.1.30',
    headers: isVirtual ? { 'x-slipway-virtual': '1' } : {},
    body: { kind: 'json', value },
  });
  return {
    clock,
    repository,
    devices,
    figures: createFigures({ figures: repository, clock, isApp: (appId) => appId === app.appId }),
    phone(device: string, { isVirtual = false } = {}) {
      const facts = { ...androidCheck, device_id: device };
      const self = {
        async check(running = '1.0.0') {
          clock.nowMs += 1000;
          await gateway.checkUpdate(request({ ...facts, version_name: running }, isVirtual));
          return self;
        },
        async stats(version: string | null, ...actions: readonly string[]) {
          for (const action of actions) {
            clock.nowMs += 1000;
            const event = { ...facts, version_name: version ?? undefined, action, timestamp: clock.nowMs };
            await gateway.recordStats(request([event], isVirtual));
          }
          return self;
        },
        async late(version: string, action: string, ageMs: number) {
          const old = { ...facts, version_name: version, action, timestamp: clock.nowMs - ageMs };
          const fresh = { ...facts, action: 'app_moved_to_foreground', timestamp: clock.nowMs };
          await gateway.recordStats(request([old, fresh], isVirtual));
        },
      };
      return self;
    },
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const ask = { appId: app.appId, range: '24h' } as const;

describe('figures of updates', () => {
  it('count each device once per release, as far as it got', async () => {
    await using open = await openFigures();
    const good = await open.phone('d1').check();
    await good.stats('1.0.1', 'download_zip_start', 'download_complete', 'set_next', 'set', 'app_launch_ready');
    await good.check('1.0.1');
    const bad = await open.phone('d2').check();
    await bad.stats('1.0.1', 'download_complete', 'set', 'update_fail');
    await bad.stats('1.0.0', 'set');
    await open.phone('d3').check();
    await (await open.phone('d4').check()).stats(null, 'download_fail');

    const { total, byRelease, byChannel, failures } = open.figures.updates(ask);
    expect(total).toEqual({ offered: 4, downloaded: 2, set: 2, ready: 1, failed: 1, rolledBack: 1 });
    expect(byRelease).toEqual([{ version: '1.0.1', ...total }]);
    expect(byChannel).toEqual([{ channel: 'production', ...total }]);
    expect(failures.map(({ cause, devices, releases }) => [cause, devices, releases])).toEqual([
      ['download_fail', 1, 1],
      ['update_fail', 1, 1],
    ]);
  });

  it('tell the precise cause and not the vague ones after it (clients.md §9.9, wrong checksum)', async () => {
    await using open = await openFigures();
    const phone = await open.phone('d1').check();
    await phone.stats('1.0.1', 'download_zip_complete');
    await phone.stats('1.0.0', 'checksum_fail');
    await phone.stats('1.0.1', 'delete');
    await phone.stats('1.0.0', 'download_fail');
    await phone.stats('1.0.1', 'finish_download_fail');
    expect(open.figures.updates(ask).failures).toMatchObject([{ cause: 'checksum_fail', devices: 1, releases: 1 }]);
  });

  it('count a device that fails at every check once (clients.md §6.5, the iOS wedge)', async () => {
    await using open = await openFigures();
    const phone = open.phone('d1');
    for (let round = 0; round < 3; round += 1) await (await phone.check()).stats('1.0.0', 'download_fail');
    expect(open.figures.updates(ask)).toMatchObject({
      total: { offered: 1, failed: 1 },
      failures: [{ cause: 'download_fail', devices: 1 }],
    });
  });

  it('look back over their range only, and an offer that still stands is within it', async () => {
    await using open = await openFigures();
    const phone = await open.phone('d1').check();
    open.clock.nowMs += 2 * HOUR;
    expect(open.figures.updates({ ...ask, range: '1h' }).total.offered).toBe(0);
    expect(open.figures.updates(ask).total.offered).toBe(1);
    await phone.check();
    expect(open.figures.updates({ ...ask, range: '1h' }).total.offered).toBe(1);
  });

  it('are asked for by release, by channel and without virtual devices', async () => {
    await using open = await openFigures();
    await open.phone('d1').check();
    await open.phone('v1', { isVirtual: true }).check();
    expect(open.figures.updates({ ...ask, isRealOnly: true }).total.offered).toBe(1);
    expect(open.figures.updates({ ...ask, version: '1.0.1' }).total.offered).toBe(2);
    expect(open.figures.updates({ ...ask, version: '1.0.2' }).total.offered).toBe(0);
    expect(open.figures.updates({ ...ask, channel: 'production' }).total.offered).toBe(2);
    expect(open.figures.updates({ ...ask, channel: 'beta' }).total.offered).toBe(0);
  });

  it('count a roll back that was reported days later, at its own time (clients.md §7.2)', async () => {
    await using open = await openFigures();
    const phone = await open.phone('d1').check('1.0.2');
    const before = open.devices.get(app.appId, 'd1')?.progress.state;
    await phone.late('1.0.1', 'update_fail', 3 * DAY);
    expect(open.devices.get(app.appId, 'd1')?.progress.state).toEqual(before);
    expect(open.figures.updates(ask).failures).toEqual([]);
    expect(open.figures.updates({ ...ask, range: '7d' }).failures).toMatchObject([{ cause: 'update_fail' }]);
  });

  it('hold nothing of versions that no release has: devices may name anything', async () => {
    await using open = await openFigures();
    await open.phone('d1').stats('9.9.9', 'download_complete', 'set', 'update_fail');
    const { total, failures } = open.figures.updates(ask);
    expect(total.offered).toBe(0);
    expect(failures).toMatchObject([{ cause: 'update_fail', devices: 1, releases: 0 }]);
  });

  it('go with a device that is forgotten', async () => {
    await using open = await openFigures();
    await (await open.phone('d1').check()).stats(null, 'download_fail');
    open.devices.remove(app.appId, 'd1');
    expect(open.figures.updates(ask)).toMatchObject({ total: { offered: 0 }, failures: [] });
    expect(open.figures.adoption(ask).series).toEqual([]);
  });

  it('of an app that is not there are an error', async () => {
    await using open = await openFigures();
    expect(() => open.figures.updates({ ...ask, appId: 'com.example.none' })).toThrow('APP_NOT_FOUND');
  });
});

describe('figures of adoption', () => {
  it('tell how many devices ran what, at the end of each step', async () => {
    await using open = await openFigures();
    await open.phone('d1').check();
    await open.phone('d2').check();
    open.clock.nowMs += 5 * HOUR;
    await (await open.phone('d1').check()).stats('1.0.1', 'set', 'app_launch_ready');
    open.clock.nowMs += HOUR;
    const { at, series } = open.figures.adoption(ask);
    expect(at).toHaveLength(24);
    expect(Date.parse(at.at(-1) ?? '')).toBe(open.clock.nowMs);
    const [builtin, release] = ['1.0.0', '1.0.1'].map((version) => series.find((each) => each.version === version));
    expect(builtin).toMatchObject({ isOnBuiltin: true });
    expect(builtin?.devices.slice(-8)).toEqual([0, 2, 2, 2, 2, 2, 1, 1]);
    expect(release?.devices.slice(-8)).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  });

  it('know what devices run since before the range', async () => {
    await using open = await openFigures();
    await open.phone('d1').check();
    open.clock.nowMs += 40 * DAY;
    expect(open.figures.adoption({ ...ask, range: '1h' }).series).toMatchObject([{ version: '1.0.0' }]);
    open.repository.prune(open.clock.nowMs - FIGURES_KEPT_MS, 100);
    expect(open.figures.adoption({ ...ask, range: '1h' }).series).toMatchObject([{ version: '1.0.0' }]);
  });
});

it('old figures go, a few rows at a time', async () => {
  await using open = await openFigures();
  for (const device of ['d1', 'd2', 'd3']) {
    await (await open.phone(device).check()).stats('1.0.1', 'set', 'update_fail');
  }
  open.clock.nowMs += 31 * DAY;
  const before = open.clock.nowMs - FIGURES_KEPT_MS;
  expect(open.repository.prune(before, 2)).toBeGreaterThan(0);
  while (open.repository.prune(before, 2) > 0);
  open.clock.nowMs -= 31 * DAY;
  expect(open.figures.updates(ask)).toMatchObject({ total: { offered: 0 }, failures: [] });
  expect(open.figures.adoption(ask).series.map(({ devices }) => devices.at(-1))).toEqual([3]);
});
