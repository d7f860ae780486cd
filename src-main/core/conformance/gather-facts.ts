import { createHash, randomBytes } from 'node:crypto';

import { reasonOf } from '../app-error.ts';
import { decodeBrotli } from '../simulator/brotli-body.ts';
import { agentHeaders, infoObject, type ClientPlatform, type ClientProfile } from '../simulator/client-profile.ts';
import { fieldOf, textOf } from '../simulator/reply-fields.ts';
import { isRecord } from '../updates/parse-request.ts';
import {
  isOffer,
  type ChannelFacts,
  type Exchanged,
  type Facts,
  type ManifestFacts,
  type StatsFacts,
} from './facts.ts';
import type { Probe } from './probe.ts';

export type ServerUnderTest = {
  readonly updateUrl: string;
  readonly statsUrl: string | undefined;
  readonly channelUrl: string | undefined;
  readonly appId: string;
  /** Of the app that the devices say they run: the server's rules may depend on it. */
  readonly nativeVersion: string;
  /** Report nothing and set nothing. */
  readonly isReadOnly: boolean;
};

/** Says who asks, in every request. */
export const CONFORMANCE_CUSTOM_ID = 'slipway-conformance';
const NO_SUCH_CHANNEL = 'slipway-conformance-no-such-channel';
/** A bundle that no server has. */
const OTHER_BUNDLE = '0.0.1-slipway-conformance';
const PARALLEL_FILES = 64;
/** A batch is at most this long: clients.md §7.1. */
const FULL_BATCH = 200;

/** No device of anybody: a UUID of zeros with an end that is new for each run. */
export function madeUpDeviceId(): string {
  return `00000000-0000-4000-8000-${randomBytes(6).toString('hex')}`;
}

/** Makes all requests. About 30, and the offered files once. Rejects with `CANCELLED` only. */
export async function gatherFacts(
  server: ServerUnderTest,
  probe: Probe,
  ids: { readonly main: string; readonly failing: string },
): Promise<Facts> {
  const asker = createAsker(server, probe);
  const android = profileOf(server, 'android', ids.main);
  const { nativeVersion } = server;

  const full = infoObject(android, nativeVersion);
  const store = await asker.check('update check of an Android device', android, full);
  const literal = await asker.check('the same with version_name "builtin"', android, {
    ...full,
    version_name: 'builtin',
  });
  const sparse = await asker.check('the same with missing, null, empty and unknown fields', android, {
    platform: 'android',
    device_id: ids.main,
    app_id: server.appId,
    custom_id: null,
    version_build: nativeVersion,
    version_name: nativeVersion,
    plugin_version: android.pluginVersion,
    install_source: '',
    defaultChannel: null,
    key_id: '',
    slipway_unknown: { nested: [1, null] },
  });
  const again = await asker.check('the same once more', android, full);
  const ios = await asker.checkAs(profileOf(server, 'ios', ids.main), nativeVersion);
  const electron = await asker.checkAs(profileOf(server, 'electron', ids.main), nativeVersion);
  const away = await asker.checkAs(android, OTHER_BUNDLE);
  const old = await asker.checkAs({ ...android, pluginVersion: '6.1.0' }, OTHER_BUNDLE);

  const offer = isOffer(store) ? store.body : null;
  const version = textOf(offer, 'version');
  const current = version === null ? null : await asker.checkAs(android, version);
  const isEncrypted = textOf(offer, 'session_key') !== null;
  const otherKey = isEncrypted
    ? await asker.check('update check of an app with another key', android, {
        ...full,
        key_id: 'MIIBCgKCAQEAslipwayX',
      })
    : null;

  const zipUrl = zipUrlOf(store) ?? zipUrlOf(electron);
  const zip = zipUrl === null ? null : await probe.file(zipUrl);
  const manifest = await manifestFacts(offer, probe, isEncrypted);
  const stats = await statsFacts(server, asker, android);
  const afterFailure =
    version === null || server.statsUrl === undefined || server.isReadOnly
      ? null
      : await reportFailure(server, asker, { ...android, deviceId: ids.failing }, version);
  const channels = await channelFacts(server, asker, android);
  return {
    store,
    literal,
    sparse,
    again,
    ios,
    electron,
    away,
    old,
    current,
    otherKey,
    afterFailure,
    zip,
    manifest,
    stats,
    channels,
    isReadOnly: server.isReadOnly,
    all: probe.exchanged,
  };
}

type Asker = {
  check(label: string, profile: ClientProfile, body: unknown): Promise<Exchanged>;
  checkAs(profile: ClientProfile, versionName: string): Promise<Exchanged>;
  send(
    label: string,
    method: 'POST' | 'PUT' | 'DELETE' | 'GET',
    url: string,
    profile: ClientProfile,
    body?: unknown,
  ): Promise<Exchanged>;
};

function createAsker({ updateUrl }: ServerUnderTest, probe: Probe): Asker {
  const send: Asker['send'] = (label, method, url, profile, body) =>
    probe.ask({
      label,
      method,
      url,
      headers: { 'content-type': 'application/json', ...agentHeaders(profile) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return {
    send,
    check: (label, profile, body) => send(label, 'POST', updateUrl, profile, body),
    checkAs: (profile, versionName) =>
      send(
        `update check of ${profile.platform} ${profile.pluginVersion} on ${versionName}`,
        'POST',
        updateUrl,
        profile,
        infoObject(profile, versionName),
      ),
  };
}

function profileOf(server: ServerUnderTest, platform: ClientPlatform, deviceId: string): ClientProfile {
  return {
    platform,
    appId: server.appId,
    deviceId,
    nativeVersion: server.nativeVersion,
    pluginVersion: platform === 'electron' ? '0.0.1' : '8.51.23',
    customId: CONFORMANCE_CUSTOM_ID,
    channel: '',
    publicKey: null,
  };
}

/** Of an offer whose zip is meant to be fetched: with a manifest it may be a placeholder (clients.md §1.5). */
function zipUrlOf(reply: Exchanged): string | null {
  if (!isOffer(reply) || fieldOf(reply.body, 'manifest') !== undefined) return null;
  const url = textOf(reply.body, 'url');
  return url !== null && /^https?:/i.test(url) && URL.canParse(url) ? url : null;
}

async function manifestFacts(
  offer: Exchanged['body'],
  probe: Probe,
  isEncrypted: boolean,
): Promise<ManifestFacts | null> {
  const entries: unknown = fieldOf(offer, 'manifest');
  if (!Array.isArray(entries)) return null;
  const files = (entries as readonly unknown[]).filter(isRecord).slice(0, PARALLEL_FILES);
  const failures: string[] = [];
  await Promise.all(
    files.map(async (entry) => {
      const [name, hash, url] = [textOf(entry, 'file_name'), textOf(entry, 'file_hash'), textOf(entry, 'download_url')];
      if (name === null || hash === null || url === null) return;
      try {
        const { body } = await probe.fetch(url);
        // Without the key nothing more can be said of an encrypted one.
        if (isEncrypted) return;
        const content = name.endsWith('.br') ? await decodeBrotli(body) : body;
        const found = createHash('sha256').update(content).digest('hex');
        if (found !== hash) failures.push(`${name}: its SHA-256 is ${found}, not ${hash}`);
      } catch (error) {
        failures.push(`${name}: ${reasonOf(error)}`);
      }
    }),
  );
  const largest = files.map((entry) => textOf(entry, 'download_url')).find((url) => url !== null);
  return {
    entries: entries as readonly unknown[],
    asked: files.length,
    failures,
    sample: largest === undefined ? null : await probe.file(largest),
  };
}

/** Names no action that a server counts as a failure; one of them lies a week back, as after a flight. */
async function statsFacts(
  { statsUrl, isReadOnly, nativeVersion }: ServerUnderTest,
  asker: Asker,
  profile: ClientProfile,
): Promise<StatsFacts | null> {
  if (statsUrl === undefined || isReadOnly) return null;
  const now = Date.now();
  const info = infoObject(profile, nativeVersion);
  const event = { ...info, old_version_name: '', action: 'app_moved_to_foreground' };
  const { version_name: _, ...nameless } = info;
  const stale = { ...event, timestamp: now - 7 * 24 * 60 * 60 * 1000 };
  const fresh = { ...event, timestamp: now };
  const post = (label: string, body: unknown) => asker.send(label, 'POST', statsUrl, profile, body);
  return {
    batch: await post('a batch of stats with a stale and a repeated event', [stale, fresh, fresh]),
    single: await post('a single stat', event),
    nameless: await post('a stat without version_name', {
      ...nameless,
      old_version_name: '',
      action: 'app_moved_to_background',
    }),
    full: await post(
      `${FULL_BATCH} stats in one batch`,
      Array.from({ length: FULL_BATCH }, () => fresh),
    ),
    broken: await post('stats that are no JSON', '{"action":'),
  };
}

async function reportFailure(
  { statsUrl, nativeVersion }: ServerUnderTest,
  asker: Asker,
  profile: ClientProfile,
  version: string,
): Promise<Exchanged> {
  await asker.checkAs(profile, nativeVersion);
  const at = Date.now();
  const event = (action: string, index: number) => ({
    ...infoObject(profile, version),
    old_version_name: '',
    action,
    timestamp: at + index,
  });
  const actions = ['download_complete', 'set_next', 'set', 'update_fail', 'delete'];
  await asker.send('a report of update_fail', 'POST', statsUrl ?? '', profile, actions.map(event));
  return asker.checkAs(profile, nativeVersion);
}

async function channelFacts(
  { channelUrl, isReadOnly, nativeVersion }: ServerUnderTest,
  asker: Asker,
  profile: ClientProfile,
): Promise<ChannelFacts | null> {
  if (channelUrl === undefined) return null;
  const info = infoObject(profile, nativeVersion);
  const list = await asker.send('the list of channels', 'GET', withQuery(channelUrl, info), profile);
  const put = (label: string, body: unknown) => asker.send(label, 'PUT', channelUrl, profile, body);
  const set = (channel: string) =>
    asker.send(`a choice of channel ${channel}`, 'POST', channelUrl, profile, { ...info, channel });
  const rows = (Array.isArray(list.value) ? (list.value as readonly unknown[]) : []).filter(isRecord);
  const named = (fits: (row: Readonly<Record<string, unknown>>) => boolean): string | null =>
    textOf(rows.find((row) => textOf(row, 'name') !== null && fits(row)) ?? null, 'name');
  const setIf = async (name: string | null) => (name === null || isReadOnly ? null : set(name));
  const electron = { ...profile, platform: 'electron', pluginVersion: '0.0.1' } as const;
  return {
    list,
    get: await put('the channel of the device', info),
    getUnknown: await put('the channel of a device with an unknown one', {
      ...info,
      defaultChannel: NO_SUCH_CHANNEL,
    }),
    setUnknown: await set(NO_SUCH_CHANNEL),
    setPublic: await setIf(named((row) => row['public'] === true)),
    setOwn: await setIf(named((row) => row['public'] !== true && row['allow_self_set'] === true)),
    setPrivate: await setIf(named((row) => row['public'] !== true && row['allow_self_set'] === false)),
    unset: isReadOnly
      ? null
      : await asker.send('DELETE of an old plugin', 'DELETE', channelUrl, profile, {
          ...info,
          plugin_version: '7.33.0',
        }),
    electronGet: await asker.send(
      'the channel of an Electron device',
      'GET',
      withQuery(channelUrl, infoObject(electron, nativeVersion)),
      electron,
    ),
  };
}

function withQuery(url: string, info: ReturnType<typeof infoObject>): string {
  const target = new URL(url);
  for (const [name, value] of Object.entries(info)) if (value !== null) target.searchParams.set(name, String(value));
  return target.href;
}
