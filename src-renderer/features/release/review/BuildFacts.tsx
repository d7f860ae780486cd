import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Bytes } from '#renderer/components/Bytes.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { formatBytes, formatNumber } from '#renderer/i18n/format.ts';

import type { ReviewState } from './review-session.ts';

import styles from './ReviewSheet.module.css';

/** How much is in the build; while it is still being read or sent, how far that is. */
export function BuildFacts({ state: { phase, skipped } }: { readonly state: ReviewState }) {
  const { t, i18n } = useTranslation(['release', 'common']);
  const summary = phase.kind === 'ready' ? phase.inspection.summary : null;
  return (
    <section className={styles.part}>
      {phase.kind === 'uploading' && (
        <div className={styles.progress}>
          <div className={styles.progressWords}>
            <span>{t('review.uploading')}</span>
            <span className={styles.muted}>
              {t('review.uploadDetail', {
                done: formatBytes(phase.doneBytes, i18n.language),
                total: formatBytes(phase.totalBytes, i18n.language),
                files: t('common:files', { count: phase.files }),
              })}
            </span>
          </div>
          <ProgressBar
            value={phase.totalBytes === 0 ? null : phase.doneBytes / phase.totalBytes}
            label={t('review.uploading')}
          />
        </div>
      )}
      {phase.kind === 'reading' && (
        <div className={styles.progress}>
          <span>{t('review.reading', { files: formatNumber(phase.files, i18n.language) })}</span>
          <ProgressBar value={null} label={t('review.reading', { files: '' })} />
        </div>
      )}
      <dl className={styles.facts}>
        <Fact label={t('review.files')}>{summary && formatNumber(summary.files, i18n.language)}</Fact>
        <Fact label={t('review.rawSize')}>{summary && <Bytes value={summary.bytes} />}</Fact>
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

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd className={styles.figure}>{children ?? <div className={styles.skeleton} aria-hidden="true" />}</dd>
    </div>
  );
}
