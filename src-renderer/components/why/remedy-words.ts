import type { TFunction } from 'i18next';

import type { RemedyAction } from '#contract/models/activity.ts';
import type { ChannelChange } from '#contract/models/channel.ts';

type RemedyT = TFunction<['trace', 'devices', 'channels']>;

const platforms = ['ios', 'android', 'electron'] as const;

/** What the button does, by its effect: “Let production serve development builds”. */
export function remedyLabel(action: RemedyAction, t: RemedyT): string {
  switch (action.kind) {
    case 'setChannel':
      return settingLabel(action.channel, action.change, t);
    case 'publish':
      return t('trace:action.publish', { channel: action.channel });
    case 'createChannel':
      return t('trace:action.createChannel', { channel: action.channel });
    case 'clearOverride':
      return t('trace:action.clearOverride');
    case 'offerAgain':
      return t('trace:action.offerAgain', { version: action.version });
  }
}

function settingLabel(channel: string, change: ChannelChange, t: RemedyT): string {
  const platform = platforms.find((each) => change[each] === true);
  if (change.public === true) {
    return platform === undefined
      ? t('trace:action.makePublic', { channel })
      : t('trace:action.makePublicFor', { channel, platform: t(`devices:platform.${platform}`) });
  }
  if (platform !== undefined) {
    return t('trace:action.servePlatform', { channel, platform: t(`devices:platform.${platform}`) });
  }
  if (change.allowDeviceSelfSet === true) return t('trace:action.letChoose', { channel });
  if (change.disableAutoUpdate === 'none') return t('trace:action.anyVersion', { channel });
  if (change.disableAutoUpdateUnderNative === false) return t('trace:action.lowerToo', { channel });
  if (change.minUpdateVersion != null) {
    return t('trace:action.askFor', { channel, version: change.minUpdateVersion });
  }
  if (change.allowProd === true) return t('trace:action.serveProd', { channel });
  if (change.allowDev === true) return t('trace:action.serveDev', { channel });
  if (change.allowDevice === true) return t('trace:action.serveDevice', { channel });
  if (change.allowEmulator === true) return t('trace:action.serveEmulator', { channel });
  return t('trace:action.change', { channel });
}
