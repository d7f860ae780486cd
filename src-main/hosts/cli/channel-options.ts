import type { api } from '#contract/api.ts';
import type { InputOf } from '#contract/define.ts';
import type { ChannelChange } from '#contract/models/channel.ts';

import type { ParsedCommand } from './command-table.ts';
import { UsageError } from './usage-error.ts';

/** What `channel create` and `channel set` share. */
export type SettingOptions = ParsedCommand<'channel create'>['options'];

export type TargetOption = NonNullable<InputOf<(typeof api)['channels']['create']>['target']>;

/** The settings that were given, by their names in the contract. */
export function changeOf(options: SettingOptions, hint: string): ChannelChange {
  const policy = options['disable-auto-update'];
  const least = options['min-update-version'];
  const change: ChannelChange = withoutUndefined({
    public: options.public,
    ios: options.ios,
    android: options.android,
    electron: options.electron,
    allowDeviceSelfSet: options['allow-device-self-set'],
    allowEmulator: options['allow-emulator'],
    allowDevice: options['allow-device'],
    allowDev: options['allow-dev'],
    allowProd: options['allow-prod'],
    disableAutoUpdate: policy === 'metadata' ? 'version_number' : policy,
    disableAutoUpdateUnderNative: options['disable-auto-update-under-native'],
    minUpdateVersion: least === 'none' ? null : least,
  });
  const autoPause = withoutUndefined({
    enabled: options['auto-pause-enabled'],
    windowMinutes: options['auto-pause-window-minutes'],
    failureRateBps: options['auto-pause-failure-rate-bps'],
    confidence: decimal('auto-pause-confidence', options['auto-pause-confidence'], hint),
    minAttempts: options['auto-pause-min-attempts'],
    minFailures: options['auto-pause-min-failures'],
    action: options['auto-pause-action'],
    cooldownMinutes: options['auto-pause-cooldown-minutes'],
  });
  return Object.keys(autoPause).length === 0 ? change : { ...change, autoPause };
}

export function targetOf(release: string | undefined): TargetOption | undefined {
  if (release === undefined) return undefined;
  return release === 'builtin' || release === 'none' ? { kind: release } : { kind: 'release', release };
}

/** Share and release of the rollout; null when the command line says nothing of them. */
export function rolloutOf(
  options: SettingOptions,
  hint: string,
): Pick<
  InputOf<(typeof api)['channels']['setRollout']>,
  'release' | 'percentageBps' | 'enabled' | 'cacheTtlSeconds'
> | null {
  const percentage = decimal('rollout-percentage', options['rollout-percentage'], hint);
  if (percentage !== undefined && percentage > 100) {
    throw new UsageError('--rollout-percentage is a number from 0 to 100.', hint, { option: '--rollout-percentage' });
  }
  const change = withoutUndefined({
    release: options['rollout-version'],
    percentageBps: percentage === undefined ? undefined : Math.round(percentage * 100),
    enabled: options['rollout-enabled'],
    cacheTtlSeconds: options['rollout-cache-ttl-seconds'],
  });
  return Object.keys(change).length === 0 ? null : change;
}

function decimal(name: string, text: string | undefined, hint: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Number(text);
  throw new UsageError(`--${name} is a number, not "${text}".`, hint, { option: `--${name}`, value: text });
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Defined<T>;
}
