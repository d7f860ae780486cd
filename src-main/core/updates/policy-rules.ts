import semver from 'semver';

import type { ChannelChange, ChannelSettings } from '#contract/models/channel.ts';
import { type ActivitySentence, told } from '#contract/texts/activity-texts.ts';

import type { ChannelEntry } from '../apps/app-directory.ts';
import { pass, refusal, stop, type Decided, type Draft, type Rule, type Values, type Verdict } from './decision.ts';
import { readNativeVersion } from './native-version.ts';

/**
 * What the channel lets through. Order, codes, messages and fields: capgo-server-and-cli.md §5.4, steps 26 to 38.
 * Policies compare the native version with the bundle, never the running bundle with it.
 */
export const policyRules: readonly Rule[] = [
  rule('policy.platform', checkPlatformGate),
  rule('policy.major', checkMajor),
  rule('policy.private', checkPrivate),
  rule('policy.minor', checkMinor),
  rule('policy.patch', checkPatch),
  rule('policy.version_number', checkVersionNumber),
  rule('policy.under_native', checkUnderNative),
  rule(
    'policy.prod',
    gate('allowProd', 'disable_prod_build', 'PROD_DISABLED', 'prod build', ({ info }) => info?.isProd !== false),
  ),
  rule(
    'policy.dev',
    gate('allowDev', 'disable_dev_build', 'DEV_DISABLED', 'dev build', ({ info }) => info?.isProd === false),
  ),
  rule(
    'policy.device',
    gate('allowDevice', 'disable_device', 'DEVICES_DISABLED', 'device', ({ info }) => info?.isEmulator !== true),
  ),
  rule(
    'policy.emulator',
    gate(
      'allowEmulator',
      'disable_emulator',
      'EMULATORS_DISABLED',
      'emulator',
      ({ info }) => info?.isEmulator === true,
    ),
  ),
];

/** What a policy sees: there is always a channel. */
type Asked = {
  readonly draft: Draft;
  readonly channel: ChannelEntry;
  readonly settings: ChannelSettings;
  /** Name of what is offered: a version, or `builtin`. */
  readonly offered: string;
  /**
   * Both sides of a comparison; null when the bundle of the store is offered or the native version says nothing.
   * Asked for only by the policy that is set: every check comes by here.
   */
  versions(): { readonly bundle: semver.SemVer; readonly native: semver.SemVer } | null;
};

function rule(name: string, check: (asked: Asked) => Verdict): Rule {
  return {
    name,
    apply(draft) {
      const { channel, target, native } = draft;
      if (!channel) return pass("A person decided for this device; no channel's rules apply.");
      const offered = target.kind === 'release' ? target.version : 'builtin';
      const versions: Asked['versions'] = () => {
        const bundle = target.kind === 'release' ? semver.parse(target.version) : null;
        return bundle && native !== null ? { bundle, native: new semver.SemVer(native) } : null;
      };
      return check({ draft, channel, settings: channel.settings, offered, versions });
    },
  };
}

function checkPlatformGate({ draft, channel, settings, offered }: Asked): Verdict {
  const platform = draft.info?.platform ?? 'unknown';
  if (platform === 'unknown') return pass('The platform is not known, so no gate applies.', { platform });
  const values = { platform, channel: channel.name };
  if (settings[platform]) return pass(`Channel ${channel.name} serves ${platform}.`, values);
  const sentence = platform === 'ios' ? told('IOS_DISABLED') : told('PLATFORM_DISABLED', { platform });
  return stop(
    `Channel ${channel.name} does not serve ${platform}.`,
    refusal('blocked', `disabled_platform_${platform}`, sentence, { version: offered, old: draft.running }),
    values,
    remedyFor(channel, `Let ${channel.name} serve ${platform}.`, { [platform]: true }),
  );
}

function checkMajor(asked: Asked): Verdict {
  const { settings, offered } = asked;
  if (settings.disableAutoUpdate !== 'major') return otherPolicy(asked, 'major');
  const versions = asked.versions();
  if (!versions) return nothingToCompare(asked);
  const { bundle, native } = versions;
  if (bundle.major <= native.major) return comparedPass(asked, `${offered} is no higher major version than`);
  return policyStop(asked, {
    code: 'disable_auto_update_to_major',
    sentence: told('MAJOR_REFUSED'),
    detail: `${offered} is a higher major version than`,
  });
}

/** Only a person's override leads here: selection has refused the others (§5.4, "practically unreachable"). */
function checkPrivate({ draft, channel, settings }: Asked): Verdict {
  const values = { public: settings.public, allow_device_self_set: settings.allowDeviceSelfSet, tied: draft.isTied };
  if (draft.isTied || settings.public || settings.allowDeviceSelfSet) {
    return pass(draft.isTied ? 'It is tied to the channel.' : 'Devices may have this channel.', values);
  }
  return stop(
    `Channel ${channel.name} is private.`,
    refusal('blocked', 'cannot_update_via_private_channel', told('CHANNEL_PRIVATE')),
    values,
    remedyFor(channel, `Let devices choose ${channel.name}.`, { allowDeviceSelfSet: true }),
  );
}

function checkMinor(asked: Asked): Verdict {
  const { settings, offered } = asked;
  if (settings.disableAutoUpdate !== 'minor') return otherPolicy(asked, 'minor');
  const versions = asked.versions();
  if (!versions) return nothingToCompare(asked);
  const { bundle, native } = versions;
  const isSame = bundle.major === native.major && bundle.minor === native.minor;
  if (isSame) return comparedPass(asked, `${offered} has the same major and minor version as`);
  return policyStop(asked, {
    code: 'disable_auto_update_to_minor',
    sentence: told('MINOR_REFUSED'),
    detail: `${offered} has another major or minor version than`,
  });
}

function checkPatch(asked: Asked): Verdict {
  const { settings, offered } = asked;
  if (settings.disableAutoUpdate !== 'patch') return otherPolicy(asked, 'patch');
  const versions = asked.versions();
  if (!versions) return nothingToCompare(asked);
  const { bundle, native } = versions;
  if (bundle.compareMain(native) === 0) return comparedPass(asked, `${offered} differs in nothing but a label from`);
  return policyStop(asked, {
    code: 'disable_auto_update_to_patch',
    sentence: told('PATCH_REFUSED'),
    detail: `${offered} has another version than`,
  });
}

function checkVersionNumber(asked: Asked): Verdict {
  const { channel, settings, offered } = asked;
  if (settings.disableAutoUpdate !== 'version_number') return otherPolicy(asked, 'version_number');
  const versions = asked.versions();
  if (!versions) return nothingToCompare(asked);
  const native = versions.native.version;
  const least = settings.minUpdateVersion === null ? null : readNativeVersion(settings.minUpdateVersion).comparable;
  const values = { policy: 'version_number', offered, native, min_update_version: settings.minUpdateVersion };
  if (least === null) {
    return stop(
      `Channel ${channel.name} asks for a native version and does not say which.`,
      refusal('failed', 'misconfigured_channel', told('CHANNEL_MISCONFIGURED', { channel: channel.name }), {
        version: offered,
        old: native,
      }),
      values,
      remedyFor(channel, 'Set the native version that the bundle needs.', { minUpdateVersion: native }),
    );
  }
  const isMet = !semver.gt(least, versions.native);
  if (isMet) return pass(`${offered} needs ${least}; the native version is ${native}.`, values);
  return stop(
    `${offered} needs the native version ${least} or newer; this is ${native}.`,
    refusal('blocked', 'disable_auto_update_to_metadata', told('NATIVE_TOO_OLD'), {
      major: true,
      version: offered,
      old: native,
    }),
    values,
    remedyFor(channel, `Install the app ${least}, or let ${channel.name} ask for ${native}.`, {
      minUpdateVersion: native,
    }),
  );
}

function checkUnderNative(asked: Asked): Verdict {
  const { draft, channel, settings, offered } = asked;
  const values = { protected: settings.disableAutoUpdateUnderNative, offered, native: draft.native };
  if (!settings.disableAutoUpdateUnderNative) {
    return pass(`Channel ${channel.name} also offers what is below the native version.`, values);
  }
  const versions = asked.versions();
  if (!versions) return nothingToCompare(asked);
  const native = versions.native.version;
  if (!semver.lt(versions.bundle, versions.native)) return comparedPass(asked, `${offered} is not below`);
  return stop(
    `${offered} is below the native version ${native}, whose own bundle is newer.`,
    refusal('blocked', 'disable_auto_update_under_native', told('UNDER_NATIVE'), {
      version: offered,
      old: draft.running,
    }),
    values,
    remedyFor(channel, `Publish a version above ${native}, or let ${channel.name} offer lower ones.`, {
      disableAutoUpdateUnderNative: false,
    }),
  );
}

/** One of the four gates on what kind of build or device asks. */
function gate(
  setting: 'allowProd' | 'allowDev' | 'allowDevice' | 'allowEmulator',
  code: string,
  disabled: 'PROD_DISABLED' | 'DEV_DISABLED' | 'DEVICES_DISABLED' | 'EMULATORS_DISABLED',
  what: string,
  isMeant: (draft: Draft) => boolean,
): (asked: Asked) => Verdict {
  return ({ draft, channel, settings, offered }) => {
    const values = {
      [setting]: settings[setting],
      is_prod: draft.info?.isProd ?? null,
      is_emulator: draft.info?.isEmulator ?? null,
    };
    if (!isMeant(draft)) return pass(`It is no ${what}.`, values);
    if (settings[setting]) return pass(`Channel ${channel.name} serves every ${what}.`, values);
    return stop(
      `It is a ${what}, and channel ${channel.name} serves none.`,
      refusal('blocked', code, told(disabled), { version: offered, old: draft.running }),
      values,
      remedyFor(channel, `Let ${channel.name} serve every ${what}.`, { [setting]: true }),
    );
  };
}

function otherPolicy({ channel, settings }: Asked, policy: string): Verdict {
  return pass(`The policy of channel ${channel.name} is ${settings.disableAutoUpdate}, not ${policy}.`, {
    policy: settings.disableAutoUpdate,
  });
}

function nothingToCompare({ offered, draft }: Asked): Verdict {
  return pass(
    offered === 'builtin'
      ? 'The bundle of the store is always allowed.'
      : 'The native version says nothing to compare with.',
    { offered, native: draft.native },
  );
}

function valuesOf({ settings, offered, draft }: Asked): Values {
  return { policy: settings.disableAutoUpdate, offered, native: draft.native };
}

function comparedPass(asked: Asked, words: string): Verdict {
  return pass(`${words} the native version ${asked.draft.native ?? ''}.`, valuesOf(asked));
}

function policyStop(
  asked: Asked,
  { code, sentence, detail }: { readonly code: string; readonly sentence: ActivitySentence; readonly detail: string },
): Verdict {
  const { channel, offered, draft } = asked;
  const native = draft.native ?? '';
  const decided: Decided = refusal('blocked', code, sentence, { major: true, version: offered, old: native });
  return stop(
    `${detail} the native version ${native}.`,
    decided,
    valuesOf(asked),
    remedyFor(channel, `Set the policy of ${channel.name} to none, or install an app of that version.`, {
      disableAutoUpdate: 'none',
    }),
  );
}

function remedyFor(
  { channelId, name }: ChannelEntry,
  remedy: string,
  change: ChannelChange,
): Parameters<typeof stop>[3] {
  return { remedy, action: { kind: 'setChannel', channelId, channel: name, change } };
}
