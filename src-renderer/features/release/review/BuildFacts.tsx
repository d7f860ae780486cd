import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Cost } from '#contract/models/delta.ts';
import { Bytes } from '#renderer/components/Bytes.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';

import type { ReviewState } from './review-session.ts';

import styles from './ReviewSheet.module.css';

type Props = {
  readonly state: ReviewState;
  /** What devices will fetch; null where that is not asked. */
  readonly cost: Cost | 'coming' | null;
};

/** How much is in the build, as soon as it is known. */
export function BuildFacts({ state: { phase, skipped }, cost }: Props) {
  const { t, i18n } = useTranslation(['release', 'common', 'delta']);
  const known = cost === 'coming' ? null : cost;
  const summary = phase.kind === 'ready' ? phase.inspection.summary : null;
  const sent = phase.kind === 'uploading' ? { files: phase.files, bytes: phase.totalBytes } : null;
  const amount = summary ?? sent;
  return (
    <section className={styles.part}>
      <dl className={styles.facts}>
        <Fact label={t('review.files')}>{amount && formatNumber(amount.files, i18n.language)}</Fact>
        <Fact label={t('review.rawSize')}>{amount && <Bytes value={amount.bytes} />}</Fact>
        {cost !== null && (
          <>
            <Fact label={t('delta:whole')}>{known && <Bytes value={known.zipBytes} />}</Fact>
            <Fact label={t('delta:changed')}>{known && <UsuallyFetched cost={known} />}</Fact>
          </>
        )}
        <Fact label={t('review.kind')}>{summary && t(summary.source === 'zip' ? 'review.zip' : 'review.folder')}</Fact>
        {summary !== null && summary.root !== '.' && (
          <Fact label={t('review.root')}>
            <code>{summary.root}</code>
          </Fact>
        )}
        {summary !== null && summary.leftOut > 0 && (
          <Fact label={t('review.leftOut')}>{t('common:files', { count: summary.leftOut })}</Fact>
        )}
      </dl>
      {skipped.length > 0 && <p className={styles.muted}>{t('review.skipped', { names: skipped.join(', ') })}</p>}
    </section>
  );
}

/** By the devices of which there are most; of a new one where there are none. */
function UsuallyFetched({ cost: { from, delta } }: { readonly cost: Cost }) {
  const fetched = from[0]?.delta ?? delta;
  return fetched === null ? '–' : <Bytes value={fetched.bytes} />;
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd className={styles.figure}>{children ?? <div className={styles.skeleton} aria-hidden="true" />}</dd>
    </div>
  );
}
