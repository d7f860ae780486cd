import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { App } from '#contract/models/app.ts';
import type { Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { releaseListQuery } from '#renderer/api/queries.ts';
import { Bytes } from '#renderer/components/Bytes.tsx';
import { Health } from '#renderer/components/Health.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { TargetDialog } from '#renderer/components/target/TargetDialog.tsx';

import styles from './OfferSection.module.css';

/** What the channel offers now, and the way to something else. */
export function OfferSection({ app, channel }: { readonly app: App; readonly channel: Channel }) {
  const { t } = useTranslation('channels');
  const [isChoosing, setIsChoosing] = useState(false);
  const { target } = channel;
  return (
    <Section title={t('offer.title')}>
      <div className={styles.offer}>
        {target.kind === 'release' ? (
          <OfferedRelease app={app} releaseId={target.releaseId} version={target.version} />
        ) : (
          <p className={styles.words}>{t(`offer.${target.kind}`)}</p>
        )}
        <Button variant={target.kind === 'none' ? 'filled' : 'default'} onClick={() => setIsChoosing(true)}>
          {t(target.kind === 'none' ? 'offer.choose' : 'offer.change')}
        </Button>
      </div>
      <TargetDialog channel={channel} isOpen={isChoosing} onClose={() => setIsChoosing(false)} />
    </Section>
  );
}

type OfferedProps = { readonly app: App; readonly releaseId: string; readonly version: string };

function OfferedRelease({ app, releaseId, version }: OfferedProps) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const { data: releases } = useQuery(releaseListQuery(api, app.appId));
  const release = releases?.find((known) => known.releaseId === releaseId);
  return (
    <div className={styles.release}>
      <Link href={`/release/${releaseId}`} className={styles.version}>
        {version}
      </Link>
      {release !== undefined && (
        <>
          <span className={styles.figures}>
            <Bytes value={release.size} />
            <span>
              {t('offer.published')} <RelativeTime at={release.createdAt} />
            </span>
          </span>
          <Health health={release.health} />
        </>
      )}
    </div>
  );
}
