import { describe, expect, it } from 'vitest';

import { told } from '#contract/texts/activity-texts.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

import { createActivityRepository, type ActivityRecord } from './activity-repository.ts';
import { openDatabase } from './database.ts';

const record = (fields: Partial<ActivityRecord> = {}): ActivityRecord => ({
  atMs: 1000,
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
  remoteAddress: '192.168.1.30',
  request: { method: 'POST', path: '/abcd…/stats', headers: {}, body: { action: 'set' } },
  response: { status: 200, body: { status: 'ok' } },
  trace: null,
  eventKey: null,
  ...fields,
});

async function openLog() {
  const folder = await temporaryFolder();
  const database = openDatabase(folder.at('test.sqlite'), folder.path);
  const activity = createActivityRepository(database);
  return {
    activity,
    database,
    add: (count: number, fields: Partial<ActivityRecord> = {}) => {
      for (let index = 0; index < count; index += 1) activity.insert(record(fields));
    },
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('the log', () => {
  it('gives back what went in', async () => {
    await using log = await openLog();
    const trace = [{ rule: 'x', outcome: 'stop', detail: 'y', values: { a: null }, remedy: 'z' }] as const;
    const id = log.activity.insert(record({ trace, isVirtual: true }));
    expect(log.activity.get(id ?? 0)).toEqual({
      id,
      at: '1970-01-01T00:00:01.000Z',
      happenedAt: '1970-01-01T00:00:01.000Z',
      replayOf: null,
      kind: 'stats',
      outcome: 'ok',
      appId: 'com.example.app',
      deviceId: 'd1',
      isVirtual: true,
      action: 'set',
      version: '1.0.1',
      summary: 'Switched to 1.0.1',
      status: 200,
      durationMs: null,
      bytesSent: null,
      bytesTotal: null,
      remoteAddress: '192.168.1.30',
      request: { method: 'POST', path: '/abcd…/stats', headers: {}, body: { action: 'set' } },
      response: { status: 200, body: { status: 'ok' } },
      trace,
    });
    expect(log.activity.get(99)).toBeUndefined();
  });

  it('takes an event once per app, and what has no key each time', async () => {
    await using log = await openLog();
    expect(log.activity.insert(record({ eventKey: 'k' }))).toBe(1);
    expect(log.activity.insert(record({ eventKey: 'k' }))).toBeNull();
    expect(log.activity.insert(record({ eventKey: 'k', appId: 'com.example.other' }))).not.toBeNull();
    log.add(2);
    expect(log.activity.count({})).toBe(4);
  });

  it('is paged back and followed forward, newest last', async () => {
    await using log = await openLog();
    log.add(10);
    const ids = (page: Parameters<typeof log.activity.list>[1]) => log.activity.list({}, page).map(({ id }) => id);
    expect(ids({ limit: 3 })).toEqual([8, 9, 10]);
    expect(ids({ limit: 3, beforeId: 8 })).toEqual([5, 6, 7]);
    expect(ids({ limit: 3, afterId: 4 })).toEqual([5, 6, 7]);
    expect(ids({ limit: 100, afterId: 10 })).toEqual([]);
    expect(ids({ limit: 100, afterId: 2, beforeId: 5 })).toEqual([3, 4]);
  });

  it('is filtered by app, device, kind, outcome and text, where % and _ are only themselves', async () => {
    await using log = await openLog();
    log.add(1, { appId: 'com.example.other' });
    log.add(2, { deviceId: 'd2', kind: 'update', outcome: 'offered' });
    log.add(1, { summary: 'At 41 % of_it' });
    expect(log.activity.count({ appId: 'com.example.app' })).toBe(3);
    expect(log.activity.count({ deviceId: 'd2', kinds: ['update'], outcomes: ['offered', 'failed'] })).toBe(2);
    expect(log.activity.count({ kinds: [] })).toBe(0);
    expect(log.activity.count({ text: '41 % OF_' })).toBe(1);
    expect(log.activity.count({ text: '%' })).toBe(1);
    expect(log.activity.count({ text: '192.168' })).toBe(4);
    expect(log.activity.count({ text: `' OR 1=1 --` })).toBe(0);
  });

  it('tells the status of a download once it has one', async () => {
    await using log = await openLog();
    log.add(1, { status: null, response: { status: null, body: null } });
    const end = { outcome: 'ok', summary: 'Downloaded', durationMs: 1, bytesSent: 2, bytesTotal: 2 } as const;
    log.activity.update(1, { ...end, status: 206 });
    expect(log.activity.get(1)).toMatchObject({ ...end, status: 206, response: { status: 206, body: null } });
  });

  it('forgets the payloads with the rows', async () => {
    await using log = await openLog();
    log.add(4);
    log.activity.prune({ keep: 3, atMost: 10 });
    expect(log.activity.details({}, { limit: 10 })).toHaveLength(3);
    log.activity.clear('com.example.app');
    expect(log.database.get('SELECT activity_id FROM activity_payloads')).toBeUndefined();
  });

  it('keeps the newest rows only, and removes the others a batch at a time', async () => {
    await using log = await openLog();
    log.add(25);
    expect(log.activity.prune({ keep: 10, atMost: 6 })).toBe(6);
    expect(log.activity.prune({ keep: 10, atMost: 100 })).toBe(9);
    expect(log.activity.prune({ keep: 10, atMost: 100 })).toBe(0);
    expect(log.activity.list({}, { limit: 100 }).map(({ id }) => id)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
  });

  it('removes what is older than a time, though there is room', async () => {
    await using log = await openLog();
    log.add(5, { atMs: 1000 });
    log.add(5, { atMs: 2000 });
    expect(log.activity.prune({ keep: 100, beforeMs: 2000, atMost: 3 })).toBe(3);
    expect(log.activity.prune({ keep: 8, beforeMs: 2000, atMost: 100 })).toBe(2);
    expect(log.activity.prune({ keep: 100, beforeMs: 2000, atMost: 100 })).toBe(0);
    expect(log.activity.list({}, { limit: 100 }).map(({ id }) => id)).toEqual([6, 7, 8, 9, 10]);
  });

  it('has the rows of a device in the order in which they happened (clients.md §7.2)', async () => {
    await using log = await openLog();
    const device = { appId: 'com.example.app', deviceId: 'd1' };
    for (const [atMs, happenedAtMs] of [
      [1000, undefined],
      [2000, undefined],
      [3000, 1500],
      [3000, 500],
      [3000, 3000],
      [4000, 1500],
    ] as const) {
      log.add(1, { atMs, happenedAtMs });
    }
    log.add(1, { deviceId: 'd2' });
    expect(log.activity.timeline(device, { limit: 9 }).map(({ id }) => id)).toEqual([5, 2, 6, 3, 1, 4]);
    expect(log.activity.timeline(device, { limit: 2 }).map(({ id }) => id)).toEqual([5, 2]);
    expect(log.activity.timeline(device, { limit: 2, beforeId: 2 }).map(({ id }) => id)).toEqual([6, 3]);
    expect(log.activity.timeline(device, { limit: 9, beforeId: 3 }).map(({ id }) => id)).toEqual([1, 4]);
    expect(log.activity.timeline(device, { limit: 9, beforeId: 99 })).toEqual([]);
  });

  it('ends downloads that a process that died left running', async () => {
    await using log = await openLog();
    log.add(1, { kind: 'download', outcome: 'running' });
    log.add(1, { kind: 'download', outcome: 'ok' });
    const tell = (version: string | null) => ({
      summary: `Slipway ended during the transfer of ${version}`,
      sentence: told('HOST_ENDED', { version: version ?? '' }),
    });
    expect(log.activity.endRunning(tell)).toBe(1);
    expect(log.activity.get(1)).toMatchObject({
      outcome: 'failed',
      summary: 'Slipway ended during the transfer of 1.0.1',
      sentence: { code: 'HOST_ENDED', params: { version: '1.0.1' } },
    });
  });

  it('keeps sentences by their code, and reads rows that have none, or one of a later program', async () => {
    await using log = await openLog();
    const sentences = [
      told('OFFERED', { version: '1.0.1' }),
      told('DEVICE_BLOCKED'),
      told('BROKE_OFF', { version: '1.0.1', percent: 41, sentBytes: 41, totalBytes: 100 }),
    ];
    for (const sentence of sentences) log.add(1, { sentence });
    log.add(1);
    log.add(1, { sentence: told('DEVICE_BLOCKED') });
    log.database.run(`UPDATE activity SET sentence_json = '["SOMETHING_NEW"]' WHERE id = 5`);
    const rows = log.activity.list({}, { limit: 9 });
    expect(rows.map(({ sentence }) => sentence)).toEqual([...sentences, undefined, undefined]);
    expect(rows.map(({ summary }) => summary)).toEqual(Array.from({ length: 5 }, () => 'Switched to 1.0.1'));
  });
});
