import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { EventMessage } from '#contract/events.ts';
import { activityDetailSchema } from '#contract/models/activity.ts';
import { deviceSchema } from '#contract/models/device.ts';
import { androidCheck } from '#test/helpers/app-entry.ts';
import { openDeviceHost, type DeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild } from '#test/helpers/trees.ts';

const appId = 'com.example.app';
const deviceId = androidCheck.device_id;

async function post(url: string, body: unknown, method = 'POST'): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { method, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

async function offerOf(host: DeviceHost, fields: Readonly<Record<string, unknown>> = {}): Promise<{ url: string }> {
  return (await post(host.urls.update, { ...androidCheck, ...fields })).body as { url: string };
}

const stat = (fields: Readonly<Record<string, unknown>>) => ({ ...androidCheck, old_version_name: '', ...fields });

const device = (host: DeviceHost) => host.core.devices.get(appId, deviceId);

describe('an update, asked for over HTTP', () => {
  it('is offered with URLs of the very host that the phone used, and logged with its trace', async () => {
    await using host = await openDeviceHost();
    await host.publish(soundBuild, '1.0.1');
    const offer = await offerOf(host);
    expect(offer.url).toMatch(new RegExp(`^${host.origin}${host.app.paths.update.replace('updates', 'bundles')}/`));

    const [row] = host.core.activity.export({ appId, limit: 10 });
    expect(activityDetailSchema.parse(row)).toEqual(row);
    expect(row).toMatchObject({
      kind: 'update',
      outcome: 'offered',
      action: 'offer',
      deviceId,
      version: '1.0.1',
      status: 200,
      request: { method: 'POST', body: androidCheck },
      response: { status: 200, body: { version: '1.0.1' } },
    });
    expect(row?.trace?.at(-1)?.rule).toBe('update.offer');
    expect(JSON.stringify(row)).not.toContain(host.app.token);
    expect(deviceSchema.parse(device(host))).toMatchObject({ state: { kind: 'offered', version: '1.0.1' } });
  });

  it('tells the windows within a quarter of a second', async () => {
    await using host = await openDeviceHost();
    const tellAfterMs = async (): Promise<number> => {
      const { promise, resolve } = Promise.withResolvers<number>();
      const seen: EventMessage['name'][] = [];
      const stop = host.core.events.subscribe(({ name }) => {
        seen.push(name);
        if (seen.includes('activity.recorded') && seen.includes('device.changed')) resolve(performance.now());
      });
      await offerOf(host);
      const answeredMs = performance.now();
      const toldMs = (await promise) - answeredMs;
      stop();
      return toldMs;
    };
    // Not every one: the machine may be busy with something else for as long.
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 10 && fastestMs >= 250; tries += 1) {
      fastestMs = Math.min(fastestMs, await tellAfterMs());
    }
    expect(fastestMs).toBeLessThan(250);
  });

  it('is the same device in either case, and a new one for each id', async () => {
    await using host = await openDeviceHost();
    await offerOf(host);
    await offerOf(host, { device_id: deviceId.toUpperCase() });
    await offerOf(host, { device_id: 'other' });
    expect(host.core.devices.list(appId)).toHaveLength(2);
    expect(host.core.devices.countActive()).toBe(2);
  });

  it('of another app leaves a row but no device, and so do its stats and channel calls', async () => {
    await using host = await openDeviceHost();
    const changed: string[] = [];
    host.core.events.subscribe(({ name }) => changed.push(name));
    await post(host.urls.stats, { ...androidCheck, app_id: 'com.other', action: 'ping' });
    await post(host.urls.channel, { ...androidCheck, app_id: 'com.other' }, 'PUT');
    expect((await post(host.urls.update, { ...androidCheck, app_id: 'com.other' })).body).toMatchObject({
      kind: 'blocked',
    });
    expect(host.core.devices.list(appId)).toEqual([]);
    const { rows } = await host.core.activity.list({ appId, limit: 10 });
    expect(rows.map(({ kind }) => kind)).toEqual(['stats', 'channel', 'update']);
    await expect.poll(() => changed).toContain('activity.recorded');
    expect(changed).not.toContain('device.changed');
  });

  it('says nothing is new once the release is gone from the channel', async () => {
    await using host = await openDeviceHost();
    const { releaseId } = await host.publish(soundBuild, '1.0.1');
    const { url } = await offerOf(host);
    await host.core.releases.delete({ appId, release: releaseId, force: true });
    expect(await offerOf(host)).toMatchObject({ kind: 'up_to_date' });
    expect((await fetch(url)).status).toBe(404);
  });
});

describe('a device that is forgotten', () => {
  it('stays so while its download goes on, and comes back when it asks', async () => {
    await using host = await openDeviceHost();
    await host.publish({ ...soundBuild, 'media.bin': randomBytes(8_000_000) }, '1.0.1');
    const { url } = await offerOf(host);
    const response = await fetch(url);
    await expect.poll(() => device(host).state.kind).toBe('downloading');
    host.core.devices.forget(appId, deviceId);
    expect((await host.core.activity.list({ appId, limit: 10 })).total).toBe(0);
    await response.arrayBuffer();
    await new Promise((resolve) => void setTimeout(resolve, 300));
    expect(host.core.devices.list(appId)).toEqual([]);
    await offerOf(host);
    expect(host.core.devices.list(appId)).toHaveLength(1);
  });
});

describe('stats over HTTP', () => {
  const batch = [
    stat({ action: 'set_next', version_name: '1.0.1', old_version_name: '1.0.0', timestamp: 1000 }),
    stat({ action: 'app_moved_to_background', timestamp: 1500 }),
    stat({ action: 'set', version_name: '1.0.1', old_version_name: '1.0.0', timestamp: 1501, novelty: { deep: [1] } }),
  ];

  it('are stored before they are acknowledged, with a body that is not empty (clients.md §13.24)', async () => {
    await using host = await openDeviceHost();
    await host.publish(soundBuild, '1.0.1');
    await offerOf(host);
    expect(await post(host.urls.stats, batch)).toEqual({ status: 200, body: { status: 'ok' } });
    const rows = host.core.activity.export({ appId, limit: 10 }).filter(({ kind }) => kind === 'stats');
    expect(rows.map(({ action }) => action)).toEqual(['set_next', 'app_moved_to_background', 'set']);
    expect(rows[2]?.request.body).toEqual(batch[2]);
    expect(device(host)).toMatchObject({
      bundleVersion: '1.0.1',
      isOnBuiltin: false,
      state: { kind: 'waiting_for_ready', version: '1.0.1' },
    });
  });

  it('sent again after a lost answer are counted once (clients.md §13.23)', async () => {
    await using host = await openDeviceHost();
    await post(host.urls.stats, batch);
    await post(host.urls.stats, [
      ...batch,
      stat({ action: 'app_launch_ready', version_name: '1.0.1', timestamp: 2000 }),
    ]);
    await Promise.all([post(host.urls.stats, batch), post(host.urls.stats, batch)]);
    expect((await host.core.activity.list({ appId, kinds: ['stats'], limit: 100 })).total).toBe(4);
    expect(device(host).state).toEqual({ kind: 'ready', version: '1.0.1' });
  });

  it('without a time are each an event of their own', async () => {
    await using host = await openDeviceHost();
    const single = stat({ action: 'download_zip_start', version_name: '1.0.1' });
    await post(host.urls.stats, single);
    await post(host.urls.stats, single);
    expect((await host.core.activity.list({ appId, limit: 100 })).total).toBe(2);
  });

  it('that are no JSON get 400, which drops them for good (clients.md §7.3)', async () => {
    await using host = await openDeviceHost();
    const response = await fetch(host.urls.stats, { method: 'POST', body: '{"action":' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_json_parse_body' });
    expect((await host.core.activity.list({ appId, limit: 10 })).rows).toMatchObject([
      { kind: 'malformed', status: 400 },
    ]);
  });

  it('of a roll back count for the health of the release', async () => {
    await using host = await openDeviceHost();
    await host.publish(soundBuild, '1.0.1');
    await offerOf(host);
    await post(host.urls.stats, [...batch, stat({ action: 'update_fail', version_name: '1.0.1', timestamp: 40_000 })]);
    expect(device(host)).toMatchObject({
      bundleVersion: '1.0.0',
      isOnBuiltin: true,
      state: { kind: 'rolled_back', version: '1.0.1' },
    });
    expect(host.core.releases.list(appId)[0]?.health).toMatchObject({ rolledBack: 1, updated: 0 });
  });

  it('are all kept when each of 200 carries the error of a web page (clients.md §7.2, §13.23)', async () => {
    await using host = await openDeviceHost();
    const metadata = { message: 'm'.repeat(2048), stack: '漢'.repeat(2048), url: 'u'.repeat(2048) };
    const errors = Array.from({ length: 200 }, (_, index) =>
      stat({ action: 'webview_javascript_error', timestamp: index + 1, metadata }),
    );
    expect((await post(host.urls.stats, errors)).status).toBe(200);
    expect((await host.core.activity.list({ appId, kinds: ['stats'], limit: 1 })).total).toBe(200);
  });

  it('in a list that no client sends are refused whole: nothing is acknowledged that is not stored', async () => {
    await using host = await openDeviceHost();
    const many = Array.from({ length: 2001 }, (_, index) => ({ action: `a_${index}`, timestamp: index + 1 }));
    expect(await post(host.urls.stats, many)).toMatchObject({ status: 400, body: { error: 'invalid_json_body' } });
    expect((await host.core.activity.list({ appId, limit: 10 })).rows).toMatchObject([{ kind: 'malformed' }]);
    expect((await post(host.urls.stats, many.slice(1))).status).toBe(200);
    expect((await host.core.activity.list({ appId, kinds: ['stats'], limit: 1 })).total).toBe(2000);
  });

  it('of 200 events and hostile ones are all kept', async () => {
    await using host = await openDeviceHost();
    const many = Array.from({ length: 200 }, (_, index) => stat({ action: `a_${index}`, timestamp: index + 1 }));
    expect((await post(host.urls.stats, many)).status).toBe(200);
    const hostile = [
      { action: { toString: 'x' }, timestamp: 'NaN', device_id: 'x\u0000' },
      stat({ action: 'x'.repeat(5000), metadata: { a: 'm'.repeat(200_000) }, timestamp: -1e300 }),
    ];
    expect((await post(host.urls.stats, hostile)).status).toBe(200);
    const rows = host.core.activity.export({ appId, limit: 500 });
    expect(rows).toHaveLength(202);
    expect(JSON.stringify(rows.at(-1)).length).toBeLessThan(20_000);
  });
});

describe('the channel address', () => {
  it('answers set, get, list and unset, and logs each (clients.md §13.27)', async () => {
    await using host = await openDeviceHost();
    expect(await post(host.urls.channel, { ...androidCheck, channel: 'production' })).toEqual({
      status: 200,
      body: { status: 'ok', unset: true },
    });
    expect((await post(host.urls.channel, { ...androidCheck, channel: 'x' })).status).toBe(400);
    expect((await post(host.urls.channel, androidCheck, 'PUT')).body).toMatchObject({ channel: 'production' });
    const query = new URLSearchParams({ platform: 'ios', device_id: deviceId, is_prod: 'true' });
    const list = await fetch(`${host.urls.channel}?${query.toString()}`);
    expect(await list.json()).toMatchObject([{ id: 1, name: 'production' }]);
    expect((await post(host.urls.channel, androidCheck, 'DELETE')).body).toEqual({ status: 'ok' });
    expect((await fetch(host.urls.channel, { method: 'DELETE' })).status).toBe(200);
    const { rows } = await host.core.activity.list({ appId, kinds: ['channel'], limit: 10 });
    expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'set ok',
      'set failed',
      'get ok',
      'list ok',
      'unset ok',
      'unset ok',
    ]);
  });
});

describe('a pairing token', () => {
  it('that is unknown gets 404 JSON everywhere, and few rows under a flood', async () => {
    await using host = await openDeviceHost();
    const made = `${host.origin}/AAAAAAAAAAAAAAAAAAAAAA`;
    for (const [method, path] of [
      ['POST', 'updates'],
      ['GET', 'updates'],
      ['POST', 'stats'],
      ['POST', 'channel_self'],
      ['GET', 'channel_self'],
      ['POST', 'updates/manifest_size'],
      ['GET', `bundles/${'a'.repeat(64)}.zip`],
    ] as const) {
      const response = await fetch(`${made}/${path}`, { method, ...(method === 'POST' ? { body: '{}' } : {}) });
      expect([response.status, await response.json()]).toMatchObject([404, { error: 'not_found' }]);
    }
    await Promise.all(Array.from({ length: 100 }, () => fetch(`${made}/updates`, { method: 'POST', body: '{}' })));
    const { rows, total } = await host.core.activity.list({ kinds: ['unpaired'], limit: 100 });
    expect(total).toBe(20);
    expect(rows[0]).toMatchObject({ appId: null, outcome: 'failed', status: 404 });
    expect(JSON.stringify(rows)).not.toContain('AAAAAAAAAAAAAAAAAAAAAA');
  });

  it('stops working when it is replaced', async () => {
    await using host = await openDeviceHost();
    await host.publish(soundBuild, '1.0.1');
    const { url } = await offerOf(host);
    host.core.apps.rotateToken(appId);
    expect((await post(host.urls.update, androidCheck)).status).toBe(404);
    expect((await fetch(url)).status).toBe(404);
  });
});

describe('a file that is gone from the disk', () => {
  it('is 404 JSON and a row that says so', async () => {
    await using host = await openDeviceHost();
    await host.publish(soundBuild, '1.0.1');
    const { url } = await offerOf(host);
    await rm(join(host.dataDir, 'blobs'), { recursive: true });
    const response = await fetch(url);
    expect([response.status, await response.json()]).toMatchObject([404, { error: 'not_found' }]);
    await expect
      .poll(async () => (await host.core.activity.list({ appId, kinds: ['download'], limit: 10 })).rows)
      .toMatchObject([{ outcome: 'failed', summary: 'The file of 1.0.1 is missing or damaged' }]);
  });
});
