import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { KeyValue } from '#renderer/components/KeyValue.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';

export function ChannelFacts({ channel }: { readonly channel: Channel }) {
  const { t, i18n } = useTranslation('channels');
  return (
    <Section title={t('page.facts')}>
      <KeyValue
        rows={[
          { label: t('page.devices'), value: formatNumber(channel.deviceCount, i18n.language) },
          { label: t('page.tied'), value: formatNumber(channel.overrideCount, i18n.language) },
          { label: t('page.created'), value: <RelativeTime at={channel.createdAt} /> },
          { label: t('page.updated'), value: <RelativeTime at={channel.updatedAt} /> },
          { label: t('page.id'), value: <code>{channel.id}</code> },
        ]}
      />
    </Section>
  );
}
