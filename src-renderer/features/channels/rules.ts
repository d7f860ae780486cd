import type { ChannelSettings } from '#contract/models/channel.ts';

/** Everything that decides who gets what; auto-pause is about rollouts and has its own form. */
export type Rules = Omit<ChannelSettings, 'autoPause'>;
export type RuleName = keyof Rules;
export type RuleChange = Partial<Rules>;

const ruleNames: readonly RuleName[] = [
  'public',
  'ios',
  'android',
  'electron',
  'allowDeviceSelfSet',
  'allowEmulator',
  'allowDevice',
  'allowDev',
  'allowProd',
  'disableAutoUpdate',
  'disableAutoUpdateUnderNative',
  'minUpdateVersion',
];

/**
 * The rules after a person changed one. A channel made public for one phone platform only leaves Electron to others,
 * as the core would do it: it has to be seen here before it is saved, and can be ticked again.
 */
export function withRule<Name extends RuleName>(rules: Rules, name: Name, value: Rules[Name]): Rules {
  const after: Rules = { ...rules, [name]: value };
  const wasOnePhone = rules.public && rules.ios !== rules.android;
  const isOnePhone = after.public && after.ios !== after.android;
  return isOnePhone && !wasOnePhone && name !== 'electron' ? { ...after, electron: false } : after;
}

/** What has to be sent so that `before` becomes `after`; empty when they are the same. */
export function ruleChange(before: Rules, after: Rules): RuleChange {
  const differing = ruleNames.filter((name) => before[name] !== after[name]);
  // Said aloud with these: left out, the core would decide for Electron by itself.
  const isAboutPublic = differing.some((name) => name === 'public' || name === 'ios' || name === 'android');
  const names = isAboutPublic && !differing.includes('electron') ? [...differing, 'electron' as const] : differing;
  return Object.fromEntries(names.map((name) => [name, after[name]]));
}
