import { describe, expect, it } from 'vitest';

import { runVirtualDevice, type VirtualDeviceOptions } from '#core/simulator/virtual-device.ts';
import { openDeviceHost, type DeviceHost } from '#test/helpers/device-host.ts';
import { openFakeUpdateServer } from '#test/helpers/fake-update-server.ts';
import { soundBuild } from '#test/helpers/trees.ts';
import { buildZip } from '#test/helpers/zip-builder.ts';

const appId = 'com.example.app';

function simulate(host: DeviceHost, options: Partial<VirtualDeviceOptions> = {}) {
  return runVirtualDevice({
    updateUrl: host.urls.update,
    statsUrl: host.urls.stats,
    channelUrl: host.urls.channel,
    appId,
    ...options,
  });
}

const actions = (stats: readonly Readonly<Record<string, unknown>>[]) => stats.map(({ action }) => action);

describe('a virtual device', () => {
  it('updates as Android does, with its requests and stats in order (clients.md §9.9)', async () => {
    await using host = await openDeviceHost();
    await host.publish(soundBuild, '1.0.1', { delta: false });
    const result = await simulate(host);
    expect(result).toMatchObject({ outcome: 'updated', version: '1.0.1', reused: 0 });
    expect(actions(result.stats)).toEqual([
      'app_launch_start',
      'app_moved_to_foreground',
      'app_launch_ready',
      'webview_dom_content_loaded',
      'webview_page_loaded',
      'download_zip_start',
      'download_70',
      'download_zip_complete',
      'download_80',
      'download_90',
      'download_complete',
      'set_next',
      'app_moved_to_background',
      'set',
      'app_launch_start',
      'app_moved_to_foreground',
      'app_launch_ready',
      'webview_dom_content_loaded',
      'webview_page_loaded',
    ]);
    expect(result.stats.find(({ action }) => action === 'download_zip_start')).not.toHaveProperty('timestamp');

    const [device] = host.core.devices.list(appId);
    expect(device).toMatchObject({
      deviceId: result.deviceId,
      platform: 'android',
      isVirtual: true,
      bundleVersion: '1.0.1',
      isOnBuiltin: false,
      state: { kind: 'ready', version: '1.0.1' },
    });
    const [release] = host.core.releases.list(appId);
    expect(release?.health).toEqual({ updated: 1, failed: 0, rolledBack: 0, inProgress: 0 });
    const { rows } = await host.core.activity.list({ appId, limit: 1000 });
    expect(rows.filter(({ kind }) => kind === 'stats')).toHaveLength(result.stats.length);
    expect(rows.every(({ isVirtual }) => isVirtual)).toBe(true);
  });

  it('updates as iOS does, which completes before it compares (clients.md §13.37)', async () => {
    await using host = await openDeviceHost();
    await host.publish(soundBuild, '1.0.1', { delta: false });
    const result = await simulate(host, { platform: 'ios' });
    expect(result).toMatchObject({ outcome: 'updated', version: '1.0.1' });
    expect(actions(result.stats).slice(5, 12)).toEqual([
      'download_zip_start',
      'download_0',
      'download_70',
      'download_90',
      'download_zip_complete',
      'download_complete',
      'set_next',
    ]);
    expect(result.requests[0]?.request).not.toHaveProperty('install_source');
    expect(host.core.devices.list(appId)[0]).toMatchObject({ state: { kind: 'ready', version: '1.0.1' } });
  });

  it('updates as Electron does, with single events (clients.md §12.1)', async () => {
    await using host = await openDeviceHost();
    await host.publish(soundBuild, '1.0.1');
    const result = await simulate(host, { platform: 'electron' });
    expect(result).toMatchObject({ outcome: 'updated', version: '1.0.1' });
    expect(actions(result.stats)).toEqual(['set', 'download_complete', 'set']);
    expect(host.core.devices.list(appId)[0]).toMatchObject({
      platform: 'electron',
      state: { kind: 'ready', version: '1.0.1' },
    });
  });

  it('rolls back a build that never calls notifyAppReady, and the release says so', async () => {
    await using host = await openDeviceHost();
    await host.publish(soundBuild, '1.0.1');
    // Publishing refuses such a build; another server offers it under that name.
    await using other = await openFakeUpdateServer({ zip: buildZip([{ name: 'index.html', content: '<p>' }]) });
    const result = await simulate(host, { updateUrl: other.updateUrl, timeScale: 0.001 });
    expect(result).toMatchObject({ outcome: 'failed', version: '1.0.0' });
    expect(host.core.devices.get(appId, result.deviceId)).toMatchObject({
      bundleVersion: '1.0.0',
      isOnBuiltin: true,
      state: { kind: 'rolled_back', version: '1.0.1' },
    });
    expect(host.core.releases.list(appId)[0]?.health).toMatchObject({ rolledBack: 1, updated: 0, inProgress: 0 });
  });

  it('is told that there is nothing new, once it runs the release', async () => {
    await using host = await openDeviceHost();
    expect(await simulate(host)).toMatchObject({ outcome: 'up_to_date', version: '1.0.0' });
    await host.publish(soundBuild, '1.0.1');
    expect(await simulate(host, { current: '1.0.1' })).toMatchObject({ outcome: 'up_to_date', version: '1.0.1' });
  });

  it('fails on an unknown address, and says how', async () => {
    await using host = await openDeviceHost();
    const result = await simulate(host, { updateUrl: `${host.origin}/not-a-token-at-all-really/updates` });
    expect(result).toMatchObject({ outcome: 'failed', version: '1.0.0' });
    expect(actions(result.stats)).toContain('download_fail');
  });
});
