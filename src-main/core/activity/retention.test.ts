import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '#test/helpers/trees.ts';

import { createEventHub } from '../event-hub.ts';
import { silentLogger } from '../ports.ts';
import { createActivityRepository, type ActivityRecord } from '../storage/activity-repository.ts';
import { openDatabase } from '../storage/database.ts';
import { createFigureRepository } from '../storage/figure-repository.ts';
import { createRetention } from './retention.ts';

const DAY = 86_400_000;
const record: Omit<ActivityRecord, 'atMs'> = {
  kind: 'stats',
  outcome: 'ok',
  appId: 'com.example.app',
  deviceId: 'd1',
  isVirtual: false,
  action: 'set',
  version: '1.0.1',
  summary: 'Switched to 1.0.1',
  status: 200,
  durationMs: null,
  bytesSent: null,
  bytesTotal: null,
  remoteAddress: null,
  request: { method: 'POST', path: '/', headers: {}, body: null },
  response: { status: 200, body: null },
  trace: null,
  eventKey: null,
};

async function openRetention({ rows, atMs }: { readonly rows: number; readonly atMs: (index: number) => number }) {
  const folder = await temporaryFolder();
  const database = openDatabase(folder.at('test.sqlite'), folder.path);
  const activity = createActivityRepository(database);
  database.transaction(() => {
    for (let index = 1; index <= rows; index += 1) activity.insert({ ...record, atMs: atMs(index) });
  });
  const events = createEventHub(silentLogger);
  const limits = { maxRows: 100_000, maxDays: 30 };
  const clock = { nowMs: 100 * DAY, now: () => clock.nowMs };
  const steps: number[] = [];
  const retention = createRetention({
    database: {
      ...database,
      async enqueueWrite(work) {
        const value = await database.enqueueWrite(work);
        if (typeof value === 'number' && value > 0) steps.push(value);
        return value;
      },
    },
    activity,
    figures: createFigureRepository(database),
    limits: () => limits,
    events,
    clock,
    logger: silentLogger,
  });
  return {
    activity,
    events,
    limits,
    clock,
    steps,
    retention,
    oldest: () => activity.list({}, { limit: 1, afterId: 0 })[0]?.id,
    add: (count: number) => {
      for (let index = 0; index < count; index += 1) {
        activity.insert({ ...record, atMs: clock.nowMs });
        retention.noteAdded();
      }
    },
    async [Symbol.asyncDispose]() {
      retention[Symbol.dispose]();
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('the log', () => {
  it('loses at the start what is too old, in small steps, oldest first', async () => {
    await using open = await openRetention({ rows: 450, atMs: (index) => (index <= 250 ? 69 : 71) * DAY });
    await expect.poll(() => open.activity.count({})).toBe(200);
    expect(open.steps).toEqual([100, 100, 50]);
    expect(open.oldest()).toBe(251);
  });

  it('loses its oldest rows as new ones come', async () => {
    await using open = await openRetention({ rows: 0, atMs: () => 0 });
    open.limits.maxRows = 300;
    open.add(1_000);
    await expect.poll(() => open.activity.count({})).toBe(300);
    expect(open.oldest()).toBe(701);
  });

  it('follows its limits when they are changed', async () => {
    await using open = await openRetention({ rows: 400, atMs: () => 99 * DAY });
    await open.retention.run();
    expect(open.activity.count({})).toBe(400);
    open.limits.maxRows = 150;
    open.events.emit('settings.changed', {});
    await expect.poll(() => open.activity.count({})).toBe(150);
    open.clock.nowMs += 40 * DAY;
    await expect
      .poll(async () => {
        await open.retention.run();
        return open.activity.count({});
      })
      .toBe(0);
  });

  it('lets other writes between its steps', async () => {
    await using open = await openRetention({ rows: 1_000, atMs: () => 99 * DAY });
    open.limits.maxRows = 100;
    const pruning = open.retention.run();
    await expect.poll(() => open.steps.length).toBeGreaterThan(0);
    open.add(1);
    await pruning;
    expect(open.steps.every((removed) => removed <= 100)).toBe(true);
  });

  it('is left alone once it is closed', async () => {
    await using open = await openRetention({ rows: 300, atMs: () => 0 });
    open.retention[Symbol.dispose]();
    await open.retention.run();
    expect(open.events.listenerCount).toBe(0);
    expect(open.activity.count({})).toBe(300);
  });
});
