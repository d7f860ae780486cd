import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { StateWord } from '#renderer/components/StateWord.tsx';

import { publicChange } from './platforms.ts';
import type { Rules } from './rules.ts';

type Props = { readonly channel: Channel; readonly channels: readonly Channel[]; readonly rules: Rules };

/** What else changes with who is public: there is one public channel for each platform. */
export function PublicConsequence({ channel, channels, rules }: Props) {
  const { t, i18n } = useTranslation(['channels', 'devices']);
  const { unpublished, lost } = publicChange(channel, rules, channels);
  if (unpublished.length === 0 && lost.length === 0) return null;
  const list = (words: readonly string[]) => new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(words);
  const names = list(unpublished.map(({ name }) => name));
  const platforms = list(lost.map((platform) => t(`devices:platform.${platform}`)));
  return (
    <div>
      <StateWord isSentence tone="warning">
        {unpublished.length > 0 && t('rules.takesOver', { count: unpublished.length, names })}{' '}
        {lost.length > 0 && t('rules.leaves', { platforms })}
      </StateWord>
    </div>
  );
}
