import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Activity } from '#contract/models/activity.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

import { createEventHub } from '../event-hub.ts';
import { silentLogger } from '../ports.ts';
import { createActivityRepository, type ActivityRecord } from '../storage/activity-repository.ts';
import { openDatabase } from '../storage/database.ts';
import { createActivityLog } from './activity-log.ts';
import { createStrangers } from './strangers.ts';

const record: ActivityRecord = {
  atMs: 1000,
  kind: 'download',
  outcome: 'running',
  appId: 'com.example.app',
  deviceId: 'd1',
  isVirtual: false,
  action: 'GET',
  version: '1.0.1',
  summary: 'Downloading 1.0.1',
  status: null,
  durationMs: null,
  bytesSent: 0,
  bytesTotal: 100,
  remoteAddress: null,
  request: { method: 'GET', path: '/', headers: {}, body: null },
  response: { status: null, body: null },
  trace: null,
  eventKey: null,
};

async function openLog() {
  const folder = await temporaryFolder();
  const database = openDatabase(folder.at('test.sqlite'), folder.path);
  const activity = createActivityRepository(database);
  const events = createEventHub(silentLogger);
  const batches: (readonly Activity[])[] = [];
  const devices: string[] = [];
  events.subscribe((message) => {
    if (message.name === 'activity.recorded') batches.push(message.payload.rows);
    if (message.name === 'device.changed') devices.push(message.payload.deviceId);
  });
  const log = createActivityLog({ activity, events, onAdded: () => undefined });
  return {
    database,
    activity,
    log,
    batches,
    devices,
    add(): Activity {
      const row = log.add(record);
      if (!row) throw new Error('not added');
      return row;
    },
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('the live log', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('tells the first row at once and the next ones together, each in its last form', async () => {
    await using open = await openLog();
    const first = open.add();
    open.log.announce([first]);
    await vi.advanceTimersByTimeAsync(0);
    expect(open.batches).toHaveLength(1);
    const second = open.add();
    for (const bytesSent of [10, 20, 30]) {
      open.log.announce([open.log.update(second, { ...second, bytesSent })]);
      open.log.announceDevice('com.example.app', 'd1');
    }
    open.log.announce([open.add()]);
    await vi.advanceTimersByTimeAsync(99);
    expect(open.batches).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(open.batches).toHaveLength(2);
    expect(open.batches[1]?.map(({ id, bytesSent }) => [id, bytesSent])).toEqual([
      [2, 30],
      [3, 0],
    ]);
    expect(open.devices).toEqual(['d1']);
    expect(open.activity.get(2)).toMatchObject({ bytesSent: 30 });
  });

  it('speaks at most ten times a second', async () => {
    await using open = await openLog();
    for (let atMs = 0; atMs < 500; atMs += 5) {
      open.log.announce([open.add()]);
      await vi.advanceTimersByTimeAsync(5);
    }
    // The first one at once, and one after each tenth of the half second.
    expect(open.batches).toHaveLength(6);
    expect(open.batches.flat()).toHaveLength(100);
  });
});

describe('requests that fit nothing', () => {
  it('are logged, thinned out under a flood, and counted with the first one after it', async () => {
    await using open = await openLog();
    const clock = { nowMs: 1_000_000, now: () => clock.nowMs };
    const { database, log } = open;
    const note = createStrangers({ database, log, clock, logger: silentLogger });
    const request = { method: 'GET', path: '/x', origin: 'http://a', remoteAddress: '10.0.0.9', headers: {} };
    for (let index = 0; index < 500; index += 1) note(request, 'unknown_path');
    note(request, 'bad_host');
    database.flush();
    expect(open.activity.count({})).toBe(21);
    clock.nowMs += 61_000;
    note(request, 'unknown_path');
    database.flush();
    expect(open.activity.list({}, { limit: 1 })).toMatchObject([
      {
        kind: 'malformed',
        status: 404,
        remoteAddress: '10.0.0.9',
        summary: 'A request for an address that does not exist: GET /x (and 480 more like it before)',
      },
    ]);
  });
});
