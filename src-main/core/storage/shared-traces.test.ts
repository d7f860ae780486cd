import { describe, expect, it } from 'vitest';

import type { TraceStep } from '#contract/models/activity.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

import { createActivityRepository, type ActivityRecord } from './activity-repository.ts';
import { openDatabase } from './database.ts';

const check = (deviceId: string, trace: readonly TraceStep[], appId = 'com.example.app'): ActivityRecord => ({
  atMs: 1000,
  kind: 'update',
  outcome: 'up_to_date',
  appId,
  deviceId,
  isVirtual: false,
  action: null,
  version: null,
  summary: '',
  status: 200,
  durationMs: null,
  bytesSent: null,
  bytesTotal: null,
  remoteAddress: null,
  request: { method: 'POST', path: '/', headers: {}, body: null },
  response: { status: 200, body: null },
  trace,
  eventKey: null,
});

const traceOf = (deviceId: string, rule = 'a'): TraceStep[] => [
  { rule, outcome: 'pass', detail: `The device is ${deviceId}.`, values: { device_id: deviceId, on: true } },
];

async function openLog() {
  const folder = await temporaryFolder();
  const database = openDatabase(folder.at('test.sqlite'), folder.path);
  return {
    database,
    activity: createActivityRepository(database),
    stored: () => database.get<{ n: number }>('SELECT count(*) AS n FROM shared_traces')?.n,
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('traces that rows share', () => {
  it('are stored once, and read with each device in its own', async () => {
    await using log = await openLog();
    const ids = ['d-one', 'd-two', 'd-"three"\n'];
    for (const id of ids) log.activity.insert(check(id, traceOf(id)));
    expect(log.stored()).toBe(1);
    expect(log.activity.details({}, { limit: 10 }).map(({ trace }) => trace)).toEqual(ids.map((id) => traceOf(id)));
  });

  it('are stored again after a write that was taken back, whatever took their place', async () => {
    await using log = await openLog();
    const takeBack = () =>
      log.database.transaction(() => {
        log.activity.insert(check('d1', traceOf('d1', 'first')));
        throw new Error('taken back');
      });
    expect(takeBack).toThrow('taken back');
    expect(log.stored()).toBe(0);
    for (const rule of ['second', 'first', 'second']) log.activity.insert(check('d1', traceOf('d1', rule)));
    expect(log.activity.details({}, { limit: 10 }).map(({ trace }) => trace?.[0]?.rule)).toEqual([
      'second',
      'first',
      'second',
    ]);
    expect(log.stored()).toBe(2);
  });

  it('go on after a restart, which knows none of them', async () => {
    await using log = await openLog();
    log.activity.insert(check('d1', traceOf('d1')));
    const later = createActivityRepository(log.database);
    later.insert(check('d2', traceOf('d2', 'b')));
    later.insert(check('d3', traceOf('d3')));
    expect(later.details({}, { limit: 10 }).map(({ trace }) => trace)).toEqual([
      traceOf('d1'),
      traceOf('d2', 'b'),
      traceOf('d3'),
    ]);
  });

  it('are forgotten with the log of their app, and are there again for the next check', async () => {
    await using log = await openLog();
    log.activity.insert(check('d1', traceOf('d1')));
    log.activity.insert(check('d1', traceOf('d1'), 'com.example.other'));
    expect(log.stored()).toBe(2);
    log.activity.clear('com.example.app');
    expect(log.stored()).toBe(1);
    const id = log.activity.insert(check('d2', traceOf('d2'))) ?? 0;
    expect(log.activity.get(id)?.trace).toEqual(traceOf('d2'));
    expect(log.activity.details({ appId: 'com.example.other' }, { limit: 1 })[0]?.trace).toEqual(traceOf('d1'));
  });

  it('go once no row can have them any more', async () => {
    await using log = await openLog();
    log.activity.insert(check('d1', traceOf('d1')));
    log.database.run('UPDATE sqlite_sequence SET seq = 10001');
    log.activity.insert(check('d2', traceOf('d2')));
    expect(log.stored()).toBe(2);
    log.activity.insert(check('d3', traceOf('d3')));
    expect(log.activity.prune({ keep: 1, atMost: 10 })).toBe(2);
    expect(log.stored()).toBe(1);
    expect(log.activity.details({}, { limit: 10 }).map(({ trace }) => trace)).toEqual([traceOf('d3')]);
  });
});
