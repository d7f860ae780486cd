import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { androidCheck } from '#test/helpers/app-entry.ts';
import { openDeviceHost, type DeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild } from '#test/helpers/trees.ts';

const appId = 'com.example.app';

async function post(url: string, body: unknown, method = 'POST'): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', 'user-agent': 'CapacitorUpdater/8.51.23 (x) android/16' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return response.json();
}

/** Everything a replay must leave alone. */
function stateOf({ core }: DeviceHost) {
  const ask = { appId, range: '24h' } as const;
  return {
    devices: core.devices.list(appId),
    releases: core.releases.list(appId),
    updates: core.figures.updates(ask).total,
    failures: core.figures.updates(ask).failures,
    adoption: core.figures.adoption(ask).series,
  };
}

const newest = ({ core }: DeviceHost) => {
  const [row] = core.activity.export({ limit: 1 });
  if (!row) throw new Error('the log is empty');
  return row;
};

describe('a request that is sent again', () => {
  it('is answered anew, is marked, and leaves device and figures as they are', async () => {
    await using host = await openDeviceHost();
    await host.publish(soundBuild, '1.0.1');
    await post(host.urls.update, androidCheck);
    const original = newest(host);
    await host.publish({ ...soundBuild, 'more.txt': 'x' }, '1.0.2');
    const before = stateOf(host);

    const { row } = await host.core.activity.replay(original.id, 'server');
    expect(row).toMatchObject({
      replayOf: original.id,
      kind: 'update',
      outcome: 'offered',
      deviceId: androidCheck.device_id,
      request: original.request,
      response: { body: { version: '1.0.2' } },
    });
    expect(row.trace?.length).toBeGreaterThan(0);
    expect(original.response.body).toMatchObject({ version: '1.0.1' });
    expect(stateOf(host)).toEqual(before);
    // A replay can be sent again as well.
    const again = await host.core.activity.replay(row.id, 'server');
    expect(again.row.replayOf).toBe(row.id);
  });

  it.each(['update_fail', 'set', 'download_fail', 'app_launch_ready'])(
    'and reports %s is in the log twice and counts once',
    async (action) => {
      await using host = await openDeviceHost();
      await host.publish(soundBuild, '1.0.1');
      await post(host.urls.update, androidCheck);
      await post(host.urls.stats, [{ ...androidCheck, version_name: '1.0.1', action, timestamp: 1000 }]);
      const original = newest(host);
      await post(host.urls.stats, [{ ...androidCheck, version_name: '1.0.1', action: 'set', timestamp: 2000 }]);
      const before = stateOf(host);
      const { row } = await host.core.activity.replay(original.id, 'server');
      expect(row).toMatchObject({ kind: 'stats', action, replayOf: original.id, status: 200 });
      expect(stateOf(host)).toEqual(before);
    },
  );

  it.each(['POST', 'PUT', 'DELETE'])('to the channel with %s chooses nothing for the device', async (method) => {
    await using host = await openDeviceHost();
    // Old plugins leave the channel to the server (clients.md §8.5).
    const info = { ...androidCheck, plugin_version: '6.0.0', channel: 'production' };
    await post(host.urls.channel, info, method);
    const original = newest(host);
    await post(host.urls.channel, info, method === 'DELETE' ? 'POST' : 'DELETE');
    const before = stateOf(host);
    const { row } = await host.core.activity.replay(original.id, 'server');
    expect(row).toMatchObject({ replayOf: original.id, action: original.action, request: original.request });
    expect(stateOf(host)).toEqual(before);
  });

  it('for bytes is served, and the device is not downloading', async () => {
    await using host = await openDeviceHost();
    await host.publish({ ...soundBuild, 'photo.jpg': randomBytes(300_000) }, '1.0.1');
    const { url } = (await post(host.urls.update, androidCheck)) as { url: string };
    await (await fetch(url, { headers: { range: 'bytes=1000-' } })).arrayBuffer();
    await expect.poll(() => newest(host).outcome).toBe('ok');
    const original = newest(host);
    await post(host.urls.update, { ...androidCheck, version_name: '1.0.1' });
    const before = stateOf(host);
    const { row } = await host.core.activity.replay(original.id, 'server');
    expect(row).toMatchObject({ kind: 'download', outcome: 'ok', status: 206, bytesSent: original.bytesSent });
    expect(stateOf(host)).toEqual(before);
  });

  it('that could not be read is refused as before', async () => {
    await using host = await openDeviceHost();
    await post(host.urls.update, '{not json');
    const original = newest(host);
    const { row } = await host.core.activity.replay(original.id, 'server');
    expect(row).toMatchObject({ kind: 'malformed', status: 400, response: original.response });
  });

  it('is told apart from a device that only says so', async () => {
    await using host = await openDeviceHost();
    const headers = { 'x-slipway-replay': 'guessed.1' };
    await fetch(host.urls.update, { method: 'POST', headers, body: JSON.stringify(androidCheck) });
    expect(newest(host).replayOf).toBeNull();
    expect(host.core.devices.list(appId)).toHaveLength(1);
  });

  it('that is not there is an error', async () => {
    await using host = await openDeviceHost();
    await expect(host.core.activity.replay(999, 'server')).rejects.toMatchObject({ code: 'EVENT_NOT_FOUND' });
  });

  it('with a token that no app has is an error', async () => {
    await using host = await openDeviceHost();
    await post(`${host.origin}/nobody_has_this_one/updates`, androidCheck);
    await expect.poll(async () => (await host.core.activity.list({ limit: 1 })).total).toBe(1);
    const { id } = newest(host);
    await expect(host.core.activity.replay(id, 'server')).rejects.toMatchObject({ code: 'REPLAY_NOT_PAIRED' });
  });

  it('that was kept in part is an error', async () => {
    await using host = await openDeviceHost();
    const metadata = { stack: 'x'.repeat(40_000) };
    await post(host.urls.stats, [{ ...androidCheck, action: 'webview_javascript_error', metadata }]);
    const { id } = newest(host);
    await expect(host.core.activity.replay(id, 'server')).rejects.toMatchObject({ code: 'REPLAY_INCOMPLETE' });
  });
});
