import { Button } from '@mantine/core';
import { Sparkles } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from '#renderer/components/EmptyState.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';

import { BuildSources } from './BuildSources.tsx';
import { RecentBuilds } from './RecentBuilds.tsx';
import { useSample } from './use-sample.ts';

import styles from './FirstBuild.module.css';

/** Nothing published yet: one sentence, the drop area, the other ways in, and the sample. */
export function FirstBuild() {
  const { t } = useTranslation('release');
  const sample = useSample();
  return (
    <>
      <div className={styles.area}>
        <EmptyState title={t('empty.title')} hint={t('empty.hint')} actions={<BuildSources />} />
      </div>
      <div className={styles.below}>
        <div className={styles.sample}>
          <Button
            leftSection={<Sparkles size={14} aria-hidden="true" />}
            loading={sample.isRunning}
            onClick={sample.start}
          >
            {t('empty.sample')}
          </Button>
          <p className={styles.hint}>{t('empty.sampleHint')}</p>
        </div>
        {sample.error !== null && <ErrorPanel error={sample.error} title={t('sample.failed')} />}
        <RecentBuilds />
      </div>
    </>
  );
}
