import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { statTexts } from '#contract/texts/stat-texts.ts';
import { createKeyMaterial } from '#core/crypto/key-material.ts';
import { infoObject, newestPlugin, type ClientPlatform, type ClientProfile } from '#core/simulator/client-profile.ts';
import { dialectOf } from '#core/simulator/dialect.ts';
import { MAX_BLOCK_MS } from '#core/simulator/rate-limit.ts';
import { FLUSH_AFTER_MS, QUEUE_LENGTH } from '#core/simulator/stats-sender.ts';
import { readDeviceInfo } from '#core/updates/parse-request.ts';

/**
 * What the official plugin's own sources say, read from its npm package, beside what we took from them. Its contract
 * vectors are not in the package: `npm run check-vectors` runs them from a checkout of its repository.
 */
const require = createRequire(import.meta.url);
const root = dirname(require.resolve('@capgo/capacitor-updater/package.json'));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const java = (name: string): string => read(`android/src/main/java/ee/forgr/capacitor_updater/${name}.java`);
const swift = (name: string): string => read(`ios/Sources/CapacitorUpdaterPlugin/${name}.swift`);

const sources = {
  plugin: { android: java('CapacitorUpdaterPlugin'), ios: swift('CapacitorUpdaterPlugin') },
  updater: { android: java('CapgoUpdater'), ios: swift('CapgoUpdater') },
  download: { android: java('DownloadService'), ios: '' },
  values: { android: '', ios: swift('InternalUtils') },
};

/** The number of an expression as simple as `24 * 60 * 60 * 1000L`. */
function numberOf(source: string, pattern: RegExp): number {
  const written = pattern.exec(source)?.[1];
  if (written === undefined) throw new Error(`${pattern} is not in the source`);
  return written.split('*').reduce((product, part) => product * Number(part.trim().replace(/L$/, '')), 1);
}

const key = await createKeyMaterial();
const profile = (platform: ClientPlatform): ClientProfile => ({
  platform,
  appId: 'com.example.app',
  deviceId: '00000000-0000-4000-8000-000000000001',
  nativeVersion: '1.0.0',
  pluginVersion: newestPlugin(platform, 'capacitor'),
  customId: 'me',
  channel: 'production',
  publicKey: key,
});

describe('constants of the official client', () => {
  const { plugin, updater } = sources;
  it.each([
    [
      'android waits for notifyAppReady on a new bundle',
      plugin.android,
      /APP_READY_MIN_TIMEOUT_MS = ([\dL *]+);/,
      dialectOf(profile('android')).readyTimeoutMs,
    ],
    ['ios waits for notifyAppReady', plugin.ios, /appReadyTimeout = (\d+)\n/, dialectOf(profile('ios')).readyTimeoutMs],
    ['android takes no longer block for 429', updater.android, /MAX_RATE_LIMIT_WINDOW_MS = ([\dL *]+);/, MAX_BLOCK_MS],
    ['android sends queued stats after', updater.android, /STATS_FLUSH_INTERVAL_MS = ([\dL *]+);/, FLUSH_AFTER_MS],
    ['android queues so many stats', updater.android, /MAX_PENDING_STATS = ([\dL *]+);/, QUEUE_LENGTH],
    ['ios queues so many stats', updater.ios, /maxPendingStats = (\d+)\n/, QUEUE_LENGTH],
  ])('%s', (_, source, pattern, ours) => {
    expect(numberOf(source, pattern)).toBe(ours);
  });

  it.each(['android', 'ios'] as const)('the newest plugin that %s virtual devices play is this one', (platform) => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(newestPlugin(platform, 'capacitor')).toBe(version);
    expect(sources.plugin[platform]).toContain(`"${version}"`);
  });
});

describe('what a check says', () => {
  const keysOf = {
    android: [
      ...(/JSONObject createInfoObject\(final [^]*?return json;/.exec(sources.updater.android)?.[0] ?? '').matchAll(
        /json\.put\("(\w+)"/g,
      ),
    ].map((found) => found[1] ?? ''),
    ios: [
      ...(/struct InfoObject[^]*?enum CodingKeys[^]*?\}/.exec(sources.values.ios)?.[0] ?? '').matchAll(
        /case (\w+)(?: = "(\w+)")?/g,
      ),
    ].map((found) => found[2] ?? found[1] ?? ''),
  };

  it('on Android, field for field', () => {
    expect(keysOf.android.length).toBeGreaterThan(10);
    expect(Object.keys(infoObject(profile('android'), '1.0.0')).toSorted()).toEqual(keysOf.android.toSorted());
  });

  it('on iOS no field that its client does not know', () => {
    expect(keysOf.ios.length).toBeGreaterThan(10);
    expect(keysOf.ios).toEqual(expect.arrayContaining(Object.keys(infoObject(profile('ios'), '1.0.0'))));
  });

  it.each(['android', 'ios'] as const)('is read by the server: each field of %s changes what it knows', (platform) => {
    const fields = Object.fromEntries(keysOf[platform].map((name) => [name, `a-${name}`]));
    // A bundle that was before is told in stats, and kept with their row.
    for (const name of keysOf[platform].filter((name) => name !== 'old_version_name')) {
      const value = name.startsWith('is_') ? (name === 'is_emulator' ? 'true' : 'false') : fields[name];
      const { [name]: _, ...without } = fields;
      const told = { name, info: readDeviceInfo({ ...without, [name]: value }) };
      expect(told).not.toEqual({ name, info: readDeviceInfo(without) });
    }
  });
});

describe('what it reports', () => {
  const called = /send(?:Stats|QueuedStats)\w*\(\s*(?:action:\s*)?"([a-z_]+)"/g;
  const named = /_ACTION = "([a-z_]+)"/g;
  it.each(['android', 'ios'] as const)('every action of %s has its words', (platform) => {
    const text = Object.values(sources)
      .map((files) => files[platform])
      .join('\n');
    const actions = new Set([...text.matchAll(called), ...text.matchAll(named)].map((found) => found[1] ?? ''));
    expect(actions.size).toBeGreaterThan(15);
    // Progress has its number added.
    actions.delete('download_');
    expect([...actions].filter((action) => !Object.hasOwn(statTexts, action))).toEqual([]);
  });
});
