import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { createFigures } from '#core/figures/figures.ts';
import { createActivityRepository } from '#core/storage/activity-repository.ts';
import { createAppRepository } from '#core/storage/app-repository.ts';
import { openDatabase } from '#core/storage/database.ts';
import { createDeviceRepository } from '#core/storage/device-repository.ts';
import { createFigureRepository } from '#core/storage/figure-repository.ts';

import { activityRow, BENCH_APP, BENCH_NOW, deviceRecord } from './rows.ts';

/** How long questions about a full log take: figures, search, a device's timeline, and removing old rows. */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    devices: { type: 'string', default: '1000' },
    releases: { type: 'string', default: '20' },
  },
});
const ROWS = Number(values.rows);
const DEVICES = Number(values.devices);
const RELEASES = Number(values.releases);
const APP = BENCH_APP;
const NOW = BENCH_NOW;
const DAY_MS = 86_400_000;

function millisecondsOf(work: () => unknown, rounds = 10): number {
  const times = Array.from({ length: rounds }, () => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  }).toSorted((left, right) => left - right);
  return Number((times[Math.floor(rounds / 2)] ?? 0).toFixed(2));
}

const folder = await mkdtemp(join(tmpdir(), 'slipway-figures-'));
try {
  using database = openDatabase(join(folder, 'bench.sqlite'), folder);
  createAppRepository(database).insert({ appId: APP, name: 'App', token: 't', createdAtMs: 0 });
  const activity = createActivityRepository(database);
  const devices = createDeviceRepository(database);
  const repository = createFigureRepository(database);
  database.transaction(() => {
    for (let index = 0; index < DEVICES; index += 1) devices.save(deviceRecord(index));
    for (let index = 0; index < DEVICES * RELEASES; index += 1) {
      const deviceId = `device-${index % DEVICES}`;
      const version = `1.0.${Math.floor(index / DEVICES)}`;
      const at = { atMs: NOW - (index % 2_500) * 1_000_000, channel: index % 3 === 0 ? 'beta' : 'production' };
      repository.saveAttempt({ appId: APP, version, deviceId }, { step: index % 7 === 0 ? 1 : 4, trouble: null }, at);
      if (index % 7 === 0) repository.addFailure({ appId: APP, version, deviceId }, `cause_${index % 9}_fail`, at);
      repository.addBundle({ appId: APP, deviceId }, { version, isOnBuiltin: false, atMs: at.atMs });
    }
  });
  const of = { rows: ROWS, devices: DEVICES, releases: RELEASES };
  const writeStartMs = performance.now();
  for (let start = 0; start < ROWS; start += 1000) {
    database.transaction(() => {
      for (let index = start; index < start + 1000; index += 1) activity.insert(activityRow(index, of));
    });
  }
  const insertMicroseconds = Math.round(((performance.now() - writeStartMs) / ROWS) * 1000);
  const figures = createFigures({ figures: repository, clock: { now: () => NOW }, isApp: () => true });
  const month = { appId: APP, range: '30d' } as const;
  const measured = {
    rows: ROWS,
    devices: DEVICES,
    updates: DEVICES * RELEASES,
    insertMicroseconds,
    millisecondsPerAnswer: {
      'figures.updates 1h': millisecondsOf(() => figures.updates({ ...month, range: '1h' })),
      'figures.updates 30d': millisecondsOf(() => figures.updates(month)),
      'figures.updates 30d, one release': millisecondsOf(() => figures.updates({ ...month, version: '1.0.3' })),
      'figures.updates 30d, real devices': millisecondsOf(() => figures.updates({ ...month, isRealOnly: true })),
      'figures.adoption 1h': millisecondsOf(() => figures.adoption({ ...month, range: '1h' })),
      'figures.adoption 30d': millisecondsOf(() => figures.adoption(month)),
      'activity.list newest 1000': millisecondsOf(() => activity.list({ appId: APP }, { limit: 1000 })),
      'activity.list text, found nowhere': millisecondsOf(() => activity.list({ text: 'nowhere' }, { limit: 200 })),
      'activity.count': millisecondsOf(() => activity.count({})),
      'devices.timeline': millisecondsOf(() => activity.timeline({ appId: APP, deviceId: 'device-7' }, { limit: 200 })),
      'activity.prune 500 of them': millisecondsOf(() => activity.prune({ keep: 1000, atMost: 500 })),
      'activity.prune by age': millisecondsOf(() =>
        activity.prune({ keep: ROWS, beforeMs: NOW - DAY_MS, atMost: 500 }),
      ),
      'activity.prune, nothing to do': millisecondsOf(() => activity.prune({ keep: ROWS, atMost: 500 })),
      'figures.prune, nothing to do': millisecondsOf(() => repository.prune(NOW - 60 * DAY_MS, 500)),
      'figures.prune 500': millisecondsOf(() => repository.prune(NOW - 5 * DAY_MS, 500)),
    },
  };
  console.log(JSON.stringify(measured, null, 2));
} finally {
  await rm(folder, { recursive: true, force: true });
}
