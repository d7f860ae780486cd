import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CircleMinus, RotateCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { DoctorCheck } from '#contract/models/server.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { CodeText } from '#renderer/components/CodeText.tsx';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord, type Tone } from '#renderer/components/StateWord.tsx';
import { doctorSentences } from '#renderer/i18n/failure-text.ts';

import { commandInText } from './command-in-text.ts';
import { useConnectStore } from './connect-store.ts';

import styles from './DoctorSection.module.css';

const tones: Readonly<Record<DoctorCheck['status'], Tone>> = {
  ok: 'success',
  warning: 'warning',
  error: 'danger',
  skipped: 'neutral',
};

const rank: Readonly<Record<DoctorCheck['status'], number>> = { error: 0, warning: 1, ok: 2, skipped: 3 };

/** Why a phone might not get here, with the exact command against it. Looks at the project that was given above, too. */
export function DoctorSection({ appId }: { readonly appId: string | null }) {
  const { t } = useTranslation('connect');
  const api = useApi();
  const projectDir = useConnectStore((state) => (appId === null ? '' : (state.projectDirs[appId] ?? ''))).trim();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['doctor', projectDir],
    queryFn: ({ signal }) => api.server.doctor(projectDir === '' ? {} : { projectDir }, { signal }),
    placeholderData: keepPreviousData,
    // The machine changes without telling.
    refetchOnMount: 'always',
  });
  const checks = data?.checks.toSorted((a, b) => rank[a.status] - rank[b.status]) ?? [];
  const count = (status: DoctorCheck['status']) => checks.filter((check) => check.status === status).length;
  return (
    <Section
      title={t('doctor.title')}
      aside={
        <Button
          size="xs"
          loading={isFetching}
          leftSection={<RotateCw size={13} aria-hidden="true" />}
          onClick={() => void refetch()}
        >
          {t('doctor.run')}
        </Button>
      }
    >
      {error !== null && <ErrorPanel error={error} />}
      {data === undefined && error === null && <p className={styles.quiet}>{t('doctor.running')}</p>}
      {data !== undefined && (
        <>
          <p className={styles.summary} role="status">
            {count('error') === 0 && count('warning') === 0 ? (
              <StateWord tone="success">{t('doctor.allWell')}</StateWord>
            ) : (
              <>
                {count('error') > 0 && (
                  <StateWord tone="danger">{t('doctor.errors', { count: count('error') })}</StateWord>
                )}
                {count('warning') > 0 && (
                  <StateWord tone="warning">{t('doctor.warnings', { count: count('warning') })}</StateWord>
                )}
              </>
            )}
            {projectDir !== '' && <span className={styles.quiet}>{t('doctor.withProject', { dir: projectDir })}</span>}
          </p>
          <ul className={styles.list}>
            {checks.map((check) => (
              <CheckRow key={`${check.id} ${check.message}`} check={check} />
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function CheckRow({ check }: { readonly check: DoctorCheck }) {
  const { t, i18n } = useTranslation('connect');
  const { message, fix } = doctorSentences(check, i18n.language);
  return (
    <li className={styles.row} data-status={check.status}>
      <StateWord tone={tones[check.status]} {...(check.status === 'skipped' ? { icon: CircleMinus } : {})}>
        {t(`doctor.status.${check.status}`)}
      </StateWord>
      <div className={styles.words}>
        <p>
          <CodeText>{message}</CodeText>
        </p>
        {fix !== undefined && <Fix text={fix} />}
      </div>
    </li>
  );
}

function Fix({ text }: { readonly text: string }) {
  const { t } = useTranslation('connect');
  const { before, command, after } = commandInText(text);
  return (
    <p className={styles.fix}>
      {before}
      {command !== null && <CopyText value={command} label={t('doctor.command')} />}
      {after}
    </p>
  );
}
