import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { TraceStep } from '#contract/models/activity.ts';
import type { ChannelSettings, ChannelTarget } from '#contract/models/channel.ts';
import { noFacts, type DeviceFacts } from '#core/devices/device-facts.ts';
import type { RolloutRecord } from '#core/storage/channel-repository.ts';
import { decideUpdate } from '#core/updates/decide-update.ts';
import type { UpdateRequest } from '#core/updates/decision.ts';
import { readDeviceInfo } from '#core/updates/parse-request.ts';
import { isKnownRefusal } from '#renderer/components/refusal-code.ts';
import { traceSentences } from '#renderer/i18n/fr/trace-sentences.ts';

import { appEntry, releaseEntry, sha256 } from '../helpers/app-entry.ts';

/** Six times in seven the first, so that many decisions get as far as the last rules. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight: 6 }, fc.constantFrom(...others));
}

const body = fc.record({
  platform: mostly<unknown>('android', 'ios', 'electron', 'windows', null),
  device_id: mostly<unknown>('d1', null),
  app_id: mostly<unknown>('com.example.app', 'com.example.APP', 'com.example.other', null),
  version_build: mostly<unknown>('1.0.0', '1.0', '1.2.3.4', 'x', null, '2.0.0', '0.9.0', '1.0.9'),
  version_name: mostly<unknown>('1.0.0', 'builtin', '1.0.1', '1.1.0', null),
  plugin_version: mostly<unknown>('8.51.14', '6.1.0', '5.0.0', '4.0.0', '7.10.0', null),
  is_emulator: mostly(false, true),
  is_prod: mostly(true, false),
  defaultChannel: mostly('', 'beta', 'nowhere', 'closed'),
  key_id: mostly('', 'abcdefgh', 'zzzzzzzz'),
});

const request: fc.Arbitrary<UpdateRequest> = fc.oneof(
  {
    arbitrary: body.map((sent) => ({ kind: 'device', info: readDeviceInfo(sent), isEmpty: false }) as const),
    weight: 40,
  },
  fc.constant({ kind: 'device', info: readDeviceInfo({}), isEmpty: true } as const),
  fc
    .constantFrom('invalid_json' as const, 'too_large' as const, 'empty' as const, 'not_an_object' as const)
    .map((reason) => ({ kind: 'unreadable', reason }) as const),
);

const settings = fc.constantFrom<Partial<ChannelSettings>[]>(
  {},
  { disableAutoUpdate: 'major' },
  { disableAutoUpdate: 'minor' },
  { disableAutoUpdate: 'patch' },
  { disableAutoUpdate: 'version_number', minUpdateVersion: null },
  { disableAutoUpdate: 'version_number', minUpdateVersion: '1.5.0' },
  { disableAutoUpdate: 'version_number', minUpdateVersion: '0.5.0' },
  { disableAutoUpdateUnderNative: false },
  { android: false },
  { public: false },
  { public: false, allowDeviceSelfSet: false },
  { allowProd: false },
  { allowDev: false },
  { allowDevice: false },
  { allowEmulator: false },
);

const target = mostly<ChannelTarget>(
  { kind: 'release', releaseId: 'r1', version: '1.0.1' },
  { kind: 'release', releaseId: 'r2', version: '1.1.0' },
  { kind: 'release', releaseId: 'gone', version: '1.0.2' },
  { kind: 'builtin' },
  { kind: 'none' },
);

const rolling: RolloutRecord = {
  rolloutId: 'o1',
  releaseId: 'r2',
  version: '1.1.0',
  percentageBps: 5000,
  enabled: true,
  pausedAtMs: null,
  pauseReason: null,
  cacheTtlSeconds: 3600,
};
const rollout = mostly<RolloutRecord | null>(
  null,
  rolling,
  { ...rolling, enabled: false },
  { ...rolling, percentageBps: 0 },
  { ...rolling, pausedAtMs: 1 },
);

const release = mostly(
  releaseEntry(),
  releaseEntry({ keyId: 'abcdefgh', sessionKey: 'iv:key', checksum: 'ab'.repeat(256) }),
  releaseEntry({ sessionKey: 'iv:key', checksum: 'ab'.repeat(256) }),
  releaseEntry({ state: 'stored' }),
);

const failed = { version: '1.0.1', action: 'update_fail', atMs: 0, nativeVersion: null };
const kept = { rolloutId: 'o1', draws: 1, atMs: 0, percentageBps: 5000 };
const device = fc.constantFrom<DeviceFacts[]>(
  noFacts,
  noFacts,
  noFacts,
  noFacts,
  { ...noFacts, override: { kind: 'blocked' } },
  { ...noFacts, override: { kind: 'builtin' } },
  { ...noFacts, override: { kind: 'release', releaseId: 'r1', version: '1.0.1' } },
  { ...noFacts, override: { kind: 'channel', channelId: 2, channel: 'beta' } },
  { ...noFacts, keptChannelId: 2 },
  { ...noFacts, failedVersions: [failed] },
  { ...noFacts, failedVersions: [{ ...failed, action: 'download_manifest_file_fail' }] },
  { ...noFacts, failedVersions: [{ ...failed, version: '1.1.0' }] },
  { ...noFacts, rollouts: { '1': { ...kept, isSelected: true } } },
  { ...noFacts, rollouts: { '1': { ...kept, isSelected: false } } },
);

const question = fc.record({ request, settings, target, rollout, release, device });

const english = /(^|[^\p{L}])(the|of|and|is|was|with|not|has|are|this|it|to|from|by|which|does|its|there)(?![\p{L}])/iu;

/** What is not told in French, or only half. */
function untold(step: TraceStep): readonly string[] {
  if (step.outcome === 'skip') return [];
  const told = traceSentences(step);
  if (told === null || told.detail === '' || english.test(told.detail)) return [step.detail];
  const isHalf = step.remedy !== undefined && (!told.remedy || english.test(told.remedy));
  return isHalf ? [step.remedy ?? ''] : [];
}

it('tells every step of every decision in French, and what a person can change', () => {
  const seen = new Set<string>();
  const missing = new Set<string>();
  const untoldCodes = new Set<string>();
  fc.assert(
    fc.property(question, (each) => {
      const channels = [
        { name: 'beta', target: each.target, settings: each.settings },
        { name: 'closed', target: each.target, settings: { public: false, allowDeviceSelfSet: false } },
      ];
      const app = appEntry({
        releases: [each.release, releaseEntry({ releaseId: 'r2', version: '1.1.0', blobSha256: `${sha256}2` })],
        target: each.target,
        settings: each.settings,
        rollout: each.rollout,
        channels,
      });
      const { code, outcome, trace } = decideUpdate({
        request: each.request,
        app: each.settings.public === false && each.device === noFacts ? { ...app, channels: [] } : app,
        origin: 'http://192.168.1.20:8787',
        deviceTag: null,
        device: each.device,
        nowMs: 0,
      });
      if (outcome !== 'offered' && !isKnownRefusal(code)) untoldCodes.add(code);
      for (const step of trace) {
        seen.add(`${step.rule} ${step.outcome}`);
        for (const sentence of untold(step)) missing.add(`${step.rule}: ${sentence}`);
      }
    }),
    { numRuns: 4000, seed: 1 },
  );
  expect([...missing]).toEqual([]);
  expect([...untoldCodes], 'refusals that the screens can only show as their code').toEqual([]);
  // The walk gets everywhere: these rules refuse, and the others never come to it.
  expect([...seen].filter((each) => each.endsWith(' stop')).toSorted()).toEqual([
    'channel.select stop',
    'channel.target stop',
    'client.plugin stop',
    'device.override stop',
    'policy.dev stop',
    'policy.device stop',
    'policy.emulator stop',
    'policy.major stop',
    'policy.minor stop',
    'policy.patch stop',
    'policy.platform stop',
    'policy.prod stop',
    'policy.under_native stop',
    'policy.version_number stop',
    'release.failed_before stop',
    'release.file stop',
    'release.key stop',
    'release.plugin stop',
    'request.app_id stop',
    'request.body stop',
    'request.device_id stop',
    'update.builtin stop',
    'version.up_to_date stop',
  ]);
});
