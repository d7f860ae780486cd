import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job } from '#contract/models/job.ts';
import { decryptResultSchema, encryptResultSchema } from '#contract/models/key.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { keyListQuery } from '#renderer/api/queries.ts';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { KeyErrorPanel } from '#renderer/components/KeyErrorPanel.tsx';
import { KeyValue, type KeyValueRow } from '#renderer/components/KeyValue.tsx';
import { pastedPath } from '#renderer/components/local-path.ts';
import { Page, Section } from '#renderer/components/Page.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { isEnded, putJob, useJob, watchJob } from '#renderer/stores/jobs-store.ts';

import styles from './ByHandPage.module.css';

type Direction = 'encrypt' | 'decrypt';

/** Seals one zip as a publish does, or opens one as an app does. */
export function ByHandPage() {
  const { t } = useTranslation('keys');
  const [direction, setDirection] = useState<Direction>('encrypt');
  return (
    <Page
      title={t('byHand.title')}
      subtitle={t('byHand.intro')}
      back={{ href: '/keys', label: t('page.all') }}
      actions={
        <SegmentedControl
          aria-label={t('byHand.title')}
          value={direction}
          data={[
            { value: 'encrypt', label: t('byHand.encrypt') },
            { value: 'decrypt', label: t('byHand.decrypt') },
          ]}
          onChange={(value) => setDirection(value === 'decrypt' ? 'decrypt' : 'encrypt')}
        />
      }
    >
      <ByHandForm key={direction} direction={direction} />
    </Page>
  );
}

function ByHandForm({ direction }: { readonly direction: Direction }) {
  const { t } = useTranslation('keys');
  const api = useApi();
  const { data: all = [], isSuccess } = useQuery(keyListQuery(api));
  const keys = direction === 'encrypt' ? all.filter(({ hasPrivate }) => hasPrivate) : all;
  const [zip, setZip] = useState('');
  const [out, setOut] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [format, setFormat] = useState<'v3' | 'v2'>('v3');
  const [sessionKey, setSessionKey] = useState('');
  const [checksum, setChecksum] = useState('');
  const name = keys.find((key) => key.name === chosen)?.name ?? keys[0]?.name ?? null;
  const start = useMutation({
    async mutationFn() {
      const files = { zip: pastedPath(zip), ...(pastedPath(out) === '' ? {} : { out: pastedPath(out) }) };
      const key = { kind: 'vault', name: name ?? '' } as const;
      const { jobId } = await (direction === 'encrypt'
        ? api.keys.encrypt({ ...files, key, format })
        : api.keys.decrypt({
            ...files,
            key,
            sessionKey: sessionKey.trim(),
            ...(checksum.trim() === '' ? {} : { checksum: checksum.trim() }),
          }));
      putJob(await api.jobs.get({ jobId }));
      return jobId;
    },
  });
  const jobId = start.data ?? null;
  const job = useJob(jobId);
  useEffect(() => (jobId === null ? undefined : watchJob(jobId)), [jobId]);
  const isRunning = start.isPending || (job !== undefined && !isEnded(job));
  const isReady = pastedPath(zip) !== '' && name !== null && (direction === 'encrypt' || sessionKey.trim() !== '');
  return (
    <>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isRunning) start.mutate();
        }}
      >
        <PathInput
          label={t(direction === 'encrypt' ? 'byHand.zip' : 'byHand.encrypted')}
          hint={t('path.hint')}
          value={zip}
          onChange={setZip}
        />
        <PathInput label={t('byHand.out')} hint={t('byHand.outHint')} value={out} onChange={setOut} />
        <Select
          label={t('byHand.key')}
          value={name}
          data={keys.map((key) => key.name)}
          allowDeselect={false}
          disabled={keys.length === 0}
          description={isSuccess && keys.length === 0 ? t('byHand.noKey') : null}
          onChange={setChosen}
        />
        {direction === 'encrypt' ? (
          <div>
            <span className={styles.label} id="by-hand-form">
              {t('byHand.form')}
            </span>
            <SegmentedControl
              aria-labelledby="by-hand-form"
              value={format}
              data={[
                { value: 'v3', label: t('review.formatNew') },
                { value: 'v2', label: t('review.formatOld') },
              ]}
              onChange={(value) => setFormat(value === 'v2' ? 'v2' : 'v3')}
            />
            <p className={styles.hint}>{t(format === 'v3' ? 'review.formatV3' : 'review.formatV2')}</p>
          </div>
        ) : (
          <>
            <PathInput label={t('byHand.session')} value={sessionKey} onChange={setSessionKey} />
            <PathInput
              label={t('byHand.checksum')}
              hint={t('byHand.checksumHint')}
              value={checksum}
              onChange={setChecksum}
            />
          </>
        )}
        <div className={styles.actions}>
          <Button type="submit" variant="filled" disabled={!isReady} loading={isRunning}>
            {t(direction === 'encrypt' ? 'byHand.encryptAction' : 'byHand.decryptAction')}
          </Button>
        </div>
      </form>
      {start.error !== null && <KeyErrorPanel error={start.error} />}
      {job !== undefined && <Outcome job={job} direction={direction} />}
    </>
  );
}

function Outcome({ job, direction }: { readonly job: Job; readonly direction: Direction }) {
  const { t } = useTranslation('keys');
  if (!isEnded(job)) return <ProgressBar value={job.progress} label={t('byHand.running')} />;
  if (job.error !== null) return <KeyErrorPanel error={job.error} title={t('byHand.failed')} />;
  const rows = direction === 'encrypt' ? encryptRows(job.result) : decryptRows(job.result);
  return (
    <div role="status">
      <Section title={t('byHand.result')}>
        <KeyValue rows={rows} />
      </Section>
    </div>
  );

  function encryptRows(result: unknown): readonly KeyValueRow[] {
    const parsed = encryptResultSchema.safeParse(result);
    if (!parsed.success) return [];
    const { path, sessionKey, checksum, keyId } = parsed.data;
    return [
      { label: t('byHand.file'), value: <CopyText value={path} label={t('byHand.file')} /> },
      { label: t('byHand.session'), value: <CopyText value={sessionKey} label={t('byHand.session')} keep={44} /> },
      { label: t('byHand.checksum'), value: <CopyText value={checksum} label={t('byHand.checksum')} keep={44} /> },
      { label: t('fact.keyId'), value: <CopyText value={keyId} label={t('fact.keyId')} /> },
    ];
  }

  function decryptRows(result: unknown): readonly KeyValueRow[] {
    const parsed = decryptResultSchema.safeParse(result);
    if (!parsed.success) return [];
    const { path, checksum, verified } = parsed.data;
    return [
      { label: t('byHand.file'), value: <CopyText value={path} label={t('byHand.file')} /> },
      {
        label: t('byHand.plainChecksum'),
        value: <CopyText value={checksum} label={t('byHand.plainChecksum')} keep={44} />,
      },
      {
        label: t('byHand.checksum'),
        value: verified ? (
          <StateWord tone="success">{t('byHand.verified')}</StateWord>
        ) : (
          <StateWord tone="warning">{t('byHand.notVerified')}</StateWord>
        ),
      },
    ];
  }
}

function PathInput(props: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <TextInput
      label={props.label}
      description={props.hint}
      value={props.value}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
