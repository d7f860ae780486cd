import type { ActivityRecord } from '#core/storage/activity-repository.ts';
import type { DeviceRecord } from '#core/storage/device-repository.ts';

/** Devices and rows of a log to fill a database with. */
export const BENCH_APP = 'com.example.app';
export const BENCH_NOW = Date.UTC(2026, 10, 24);

export const deviceRecord = (index: number): DeviceRecord => ({
  appId: BENCH_APP,
  deviceId: `device-${index}`,
  alias: null,
  customId: null,
  platform: 'android',
  isVirtual: index % 2 === 0,
  isEmulator: false,
  isProd: true,
  nativeVersion: '1.0.0',
  nativeCode: '1',
  osVersion: '16',
  bundleVersion: '1.0.0',
  isOnBuiltin: true,
  pluginVersion: '8.51.23',
  requestedChannel: null,
  channel: 'production',
  keptChannel: null,
  keptChannelId: null,
  rollouts: {},
  override: null,
  failedVersions: [],
  keyId: null,
  installSource: null,
  remoteAddress: null,
  progress: { state: { kind: 'seen' }, atMs: BENCH_NOW, isAwake: true },
  firstSeenAtMs: BENCH_NOW,
  lastSeenAtMs: BENCH_NOW,
});

/** Of a log whose last row is of now. */
export const activityRow = (
  index: number,
  of: { readonly rows: number; readonly devices: number; readonly releases: number },
): ActivityRecord => ({
  atMs: BENCH_NOW - (of.rows - index) * 25_000,
  kind: 'stats',
  outcome: index % 50 === 0 ? 'failed' : 'ok',
  appId: BENCH_APP,
  deviceId: `device-${index % of.devices}`,
  isVirtual: false,
  action: 'download_70',
  version: '1.0.7',
  summary: `Downloading 1.0.${index % of.releases}: 70 %`,
  status: 200,
  durationMs: 1,
  bytesSent: null,
  bytesTotal: null,
  remoteAddress: '192.168.1.30',
  request: { method: 'POST', path: '/abcd…/stats', headers: {}, body: { action: 'x'.repeat(600) } },
  response: { status: 200, body: { status: 'ok' } },
  trace: null,
  eventKey: `key-${index}`,
});
