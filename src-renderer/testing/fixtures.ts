import type { App } from '#contract/models/app.ts';
import type { Channel } from '#contract/models/channel.ts';
import type { Device } from '#contract/models/device.ts';
import type { Inspection } from '#contract/models/finding.ts';
import type { Job } from '#contract/models/job.ts';
import type { Key } from '#contract/models/key.ts';
import type { Release } from '#contract/models/release.ts';
import type { DoctorCheck, ServerStatus, Settings } from '#contract/models/server.ts';
import type { Watch } from '#contract/models/watch.ts';
import { describeCheck } from '#contract/texts/doctor-texts.ts';

const at = '2026-11-24T03:00:00.000Z';

export function anApp(parts: Partial<App> = {}): App {
  const appId = parts.appId ?? 'com.example.shop';
  return {
    appId,
    name: 'Shop',
    token: 'AAAAAAAAAAAAAAAAAAAAAA',
    paths: { update: '/T/updates', stats: '/T/stats', channel: '/T/channel_self' },
    endpoints: [],
    defaultChannel: 'production',
    keyName: null,
    createdAt: at,
    releaseCount: 1,
    deviceCount: 2,
    ...parts,
  };
}

export function aChannel(parts: Partial<Channel> = {}): Channel {
  return {
    id: 1,
    appId: 'com.example.shop',
    name: 'production',
    isDefault: true,
    target: { kind: 'none' },
    public: true,
    ios: true,
    android: true,
    electron: true,
    allowDeviceSelfSet: true,
    allowEmulator: true,
    allowDevice: true,
    allowDev: true,
    allowProd: true,
    disableAutoUpdate: 'none',
    disableAutoUpdateUnderNative: true,
    minUpdateVersion: null,
    autoPause: {
      enabled: false,
      windowMinutes: 60,
      failureRateBps: null,
      confidence: 0.95,
      minAttempts: null,
      minFailures: null,
      action: 'pause',
      cooldownMinutes: 60,
    },
    rollout: null,
    autoPauseLastTriggeredAt: null,
    autoPauseLastCheckedAt: null,
    deviceCount: 1,
    overrideCount: 0,
    createdAt: at,
    updatedAt: at,
    ...parts,
  };
}

export function aRelease(parts: Partial<Release> = {}): Release {
  return {
    releaseId: 'r1',
    appId: 'com.example.shop',
    version: '1.0.6',
    checksum: 'a'.repeat(64),
    blobSha256: 'a'.repeat(64),
    size: 1_240_000,
    files: 132,
    rawBytes: 4_200_000,
    delta: { files: 132, bytes: 1_190_000 },
    encrypted: false,
    sessionKey: null,
    keyId: null,
    notes: null,
    findings: [],
    timings: { inspect: 120, pack: 480, store: 12, verify: 95, publish: 3 },
    createdAt: at,
    verifiedAt: at,
    liveOn: ['production'],
    health: { updated: 1, failed: 0, rolledBack: 0, inProgress: 1 },
    downloadPath: `/AAAAAAAAAAAAAAAAAAAAAA/bundles/${'a'.repeat(64)}.zip`,
    ...parts,
  };
}

export function aDevice(parts: Partial<Device> = {}): Device {
  return {
    appId: 'com.example.shop',
    deviceId: '0a1b2c3d-0000-4000-8000-000000000001',
    alias: null,
    customId: null,
    platform: 'android',
    isVirtual: false,
    isEmulator: false,
    isProd: false,
    nativeVersion: '1.0.0',
    nativeCode: '1',
    osVersion: '16',
    bundleVersion: '1.0.6',
    isOnBuiltin: false,
    pluginVersion: '8.51.23',
    requestedChannel: null,
    channel: 'production',
    override: null,
    keptChannel: null,
    failedVersions: [],
    keyId: null,
    installSource: null,
    remoteAddress: '192.168.1.31',
    state: { kind: 'ready', version: '1.0.6' },
    firstSeenAt: at,
    lastSeenAt: at,
    ...parts,
  };
}

export function aJob(parts: Partial<Job> = {}): Job {
  return {
    jobId: 'j1',
    kind: 'publish',
    title: '1.0.7',
    appId: 'com.example.shop',
    state: 'running',
    progress: 0,
    steps: [],
    error: null,
    result: null,
    startedAt: at,
    endedAt: null,
    ...parts,
  };
}

export function anInspection(parts: Partial<Inspection> = {}): Inspection {
  return {
    isPublishable: true,
    findings: [],
    summary: { files: 132, bytes: 4_200_000, root: '.', leftOut: 0, source: 'folder' },
    largest: [{ path: 'assets/index.js', bytes: 812_000 }],
    project: null,
    ...parts,
  };
}

export function aKey(parts: Partial<Key> = {}): Key {
  return {
    name: 'work',
    keyId: 'MIIBCgKCAQEAqJikYizo',
    fingerprint: 'b'.repeat(64),
    bits: 2048,
    publicPem: '-----BEGIN RSA PUBLIC KEY-----\nMIIBCgKCAQEAqJikYizo\n-----END RSA PUBLIC KEY-----\n',
    hasPrivate: true,
    createdAt: at,
    retiredAt: null,
    usedBy: { releases: [], apps: [], devices: [] },
    ...parts,
  };
}

export function aServerStatus(parts: Partial<ServerStatus> = {}): ServerStatus {
  return {
    version: '0.1.0',
    hostKind: 'headless',
    dataDir: '/home/dev/.local/share/slipway',
    device: { state: 'running', host: '0.0.0.0', port: 8787, urls: ['http://192.168.1.20:8787'], error: null },
    addresses: [{ interface: 'wlan0', address: '192.168.1.20', family: 'IPv4', kind: 'lan' }],
    capabilities: [],
    activeDevices: 2,
    ...parts,
  };
}

export function someSettings(parts: Partial<Settings> = {}): Settings {
  return {
    device: { host: '0.0.0.0', port: 8787 },
    log: { maxRows: 100_000, maxDays: 30 },
    appearance: 'light',
    language: 'en',
    ...parts,
  };
}

export function aWatch(parts: Partial<Watch> = {}): Watch {
  const published = { at, releaseId: 'r1', version: '1.0.6' };
  return {
    watchId: 'w1',
    appId: 'com.example.shop',
    path: '/home/dev/shop/dist',
    folder: '/home/dev/shop/dist',
    channel: null,
    key: null,
    delta: true,
    allowWarnings: false,
    isOn: true,
    state: 'waiting',
    mode: 'events',
    pollingReason: null,
    lastResult: { kind: 'published', ...published },
    lastPublish: published,
    createdAt: at,
    ...parts,
  };
}

/** A check of the doctor as the core sends it. */
export function aCheck(
  status: DoctorCheck['status'],
  code: DoctorCheck['code'],
  params: DoctorCheck['params'] = {},
): DoctorCheck {
  return { id: code.toLowerCase(), status, code, params, ...describeCheck({ code, params }) };
}
