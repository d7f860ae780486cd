import { Button } from '@mantine/core';
import { Check, RotateCw } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { FindingList } from '#renderer/components/FindingList.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { formatBytes, formatDuration, formatNumber } from '#renderer/i18n/format.ts';
import { announce } from '#renderer/stores/announcer-store.ts';
import { useJob } from '#renderer/stores/jobs-store.ts';

import { passedChecks } from './passed-checks.ts';
import { countFindings } from './publish-block.ts';
import type { ReviewPhase } from './review-session.ts';

import styles from './ReviewSheet.module.css';

/** Every finding with its file and its fix, and in one line what was fine. */
export function BuildChecks({
  phase,
  onCheckAgain,
}: {
  readonly phase: ReviewPhase;
  readonly onCheckAgain: () => void;
}) {
  const { t, i18n } = useTranslation('release');
  const inspection = phase.kind === 'ready' ? phase.inspection : null;
  const summary = useSummary(phase);
  useEffect(() => {
    if (summary !== null) announce(t('review.announceReady', { summary }));
  }, [summary, t]);

  if (phase.kind === 'failed') return <ErrorPanel error={phase.error} onRetry={onCheckAgain} />;
  const passed =
    inspection === null
      ? []
      : passedChecks(inspection.findings, {
          isZip: inspection.summary.source === 'zip',
          hasProject: inspection.project !== null,
        });
  return (
    <section className={styles.part}>
      <div className={styles.partHead}>
        <h3>{t('review.checks')}</h3>
        <Counts phase={phase} />
        <Button
          size="xs"
          variant="subtle"
          disabled={inspection === null}
          leftSection={<RotateCw size={13} aria-hidden="true" />}
          onClick={onCheckAgain}
        >
          {t('review.checkAgain')}
        </Button>
      </div>
      {inspection === null ? (
        <Under phase={phase} />
      ) : (
        <>
          {inspection.findings.length > 0 && <FindingList findings={inspection.findings} />}
          <p className={styles.passed}>
            <Check size={15} aria-hidden="true" />
            <span>
              {t('review.passed', { what: passed.map((group) => t(`review.passedWhat.${group}`)).join(', ') })}
            </span>
          </p>
          {phase.kind === 'ready' && (
            <p className={styles.took}>
              {t('review.checkedIn', { time: formatDuration(phase.tookMs, i18n.language) })}
            </p>
          )}
        </>
      )}
    </section>
  );
}

/** What happens before there are findings, and how far it is. */
function Under({ phase }: { readonly phase: ReviewPhase }) {
  const { t, i18n } = useTranslation(['release', 'common']);
  const job = useJob(phase.kind === 'checking' ? phase.jobId : null);
  const uploadShare = phase.kind === 'uploading' && phase.totalBytes > 0 ? phase.doneBytes / phase.totalBytes : null;
  const words = {
    reading: t('review.reading', { files: formatNumber(phase.kind === 'reading' ? phase.files : 0, i18n.language) }),
    uploading: t('review.uploading'),
    checking: t('review.checking'),
  };
  if (phase.kind === 'ready' || phase.kind === 'failed') return null;
  return (
    <div className={styles.progress}>
      <div className={styles.progressWords}>
        <span>{words[phase.kind]}</span>
        {phase.kind === 'uploading' && (
          <span className={styles.muted}>
            {t('review.uploadDetail', {
              done: formatBytes(phase.doneBytes, i18n.language),
              total: formatBytes(phase.totalBytes, i18n.language),
              files: t('common:files', { count: phase.files }),
            })}
          </span>
        )}
      </div>
      <ProgressBar
        value={phase.kind === 'checking' ? (job?.progress ?? null) : uploadShare}
        label={phase.kind === 'checking' ? words.checking : t('review.title')}
      />
    </div>
  );
}

function Counts({ phase }: { readonly phase: ReviewPhase }) {
  const { t } = useTranslation('release');
  if (phase.kind !== 'ready') return null;
  const { errors, warnings, infos } = countFindings(phase.inspection.findings);
  if (errors + warnings + infos === 0) return <StateWord tone="success">{t('review.allPassed')}</StateWord>;
  return (
    <>
      {errors > 0 && <StateWord tone="danger">{t('review.errors', { count: errors })}</StateWord>}
      {warnings > 0 && <StateWord tone="warning">{t('review.warnings', { count: warnings })}</StateWord>}
      {infos > 0 && <StateWord tone="neutral">{t('review.notesCount', { count: infos })}</StateWord>}
    </>
  );
}

/** The outcome in a few words, for people who hear it; null until there is one. */
function useSummary(phase: ReviewPhase): string | null {
  const { t } = useTranslation('release');
  if (phase.kind !== 'ready') return null;
  const { errors, warnings } = countFindings(phase.inspection.findings);
  if (errors + warnings === 0) return t('review.allPassed');
  return [
    errors > 0 ? t('review.errors', { count: errors }) : null,
    warnings > 0 ? t('review.warnings', { count: warnings }) : null,
  ]
    .filter(Boolean)
    .join(', ');
}
