import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { KeyRef } from '#contract/models/key.ts';
import { useApi, useTransport } from '#renderer/api/api-context.tsx';
import { keyListQuery } from '#renderer/api/queries.ts';
import { KeyErrorPanel } from '#renderer/components/KeyErrorPanel.tsx';
import { pastedPath } from '#renderer/components/local-path.ts';
import { Page } from '#renderer/components/Page.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { useDropClaim, type DroppedFile } from '#renderer/stores/drop-claim-store.ts';
import { isEnded, putJob, useJob, watchJob } from '#renderer/stores/jobs-store.ts';

import { isChosen, keyRefOf, noFile, sortDropped, zipRefOf, type FileChoice } from './by-hand.ts';
import { ByHandOutcome, type Direction } from './ByHandOutcome.tsx';
import { FileInput } from './FileInput.tsx';

import styles from './ByHandPage.module.css';

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

const FILE_KEY = '\u0000file';

function ByHandForm({ direction }: { readonly direction: Direction }) {
  const { t } = useTranslation(['keys', 'common']);
  const api = useApi();
  const { upload } = useTransport();
  const { data: all = [], isSuccess } = useQuery(keyListQuery(api));
  const keys =
    direction === 'encrypt' ? all.filter(({ hasPrivate, retiredAt }) => hasPrivate && retiredAt === null) : all;
  const [zip, setZip] = useState<FileChoice>(noFile);
  const [keyFile, setKeyFile] = useState<FileChoice>(noFile);
  const [out, setOut] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [format, setFormat] = useState<'v3' | 'v2'>('v3');
  const [sessionKey, setSessionKey] = useState('');
  const [checksum, setChecksum] = useState('');
  const [sent, setSent] = useState<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  const take = useCallback((files: readonly DroppedFile[]) => {
    const dropped = sortDropped(files);
    if (dropped.zip) setZip(dropped.zip);
    if (dropped.key) {
      setKeyFile(dropped.key);
      setChosen(FILE_KEY);
    }
  }, []);
  useDropClaim({ title: t('byHand.dropTitle'), hint: t('byHand.dropHint'), take });
  useEffect(() => () => stop.current?.abort(), []);

  const isKeyFile = chosen === FILE_KEY || (isSuccess && keys.length === 0);
  const name = isKeyFile ? null : (keys.find((key) => key.name === chosen)?.name ?? keys[0]?.name ?? null);
  const start = useMutation({
    gcTime: 0,
    async mutationFn() {
      const key: KeyRef = name === null ? await keyRefOf(keyFile) : { kind: 'vault', name };
      stop.current = new AbortController();
      const { signal } = stop.current;
      const ref = await zipRefOf(zip, { api, upload, signal, onProgress: setSent }).finally(() => setSent(null));
      const files = { zip: ref, ...(zip.kind === 'file' || pastedPath(out) === '' ? {} : { out: pastedPath(out) }) };
      const { jobId } = await (direction === 'encrypt'
        ? api.keys.encrypt({ ...files, key, format })
        : api.keys.decrypt({
            ...files,
            key,
            sessionKey: sessionKey.trim(),
            ...(checksum.trim() === '' ? {} : { checksum: checksum.trim() }),
          }));
      putJob(await api.jobs.get({ jobId }));
      return { jobId, uploadId: typeof ref === 'string' ? null : ref.uploadId };
    },
  });
  const jobId = start.data?.jobId ?? null;
  const job = useJob(jobId);
  useEffect(() => (jobId === null ? undefined : watchJob(jobId)), [jobId]);
  const isRunning = start.isPending || (job !== undefined && !isEnded(job));
  const hasKey = name !== null || isChosen(keyFile);
  const isReady = isChosen(zip) && hasKey && (direction === 'encrypt' || sessionKey.trim() !== '');
  const cancel = () => {
    stop.current?.abort();
    if (jobId !== null) void api.jobs.cancel({ jobId }).catch(() => undefined);
  };
  return (
    <>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isRunning) start.mutate();
        }}
      >
        <FileInput
          label={t(direction === 'encrypt' ? 'byHand.zip' : 'byHand.encrypted')}
          hint={t('byHand.zipHint')}
          accept=".zip,application/zip"
          value={zip}
          onChange={setZip}
        />
        {zip.kind === 'path' ? (
          <PathInput label={t('byHand.out')} hint={t('byHand.outHint')} value={out} onChange={setOut} />
        ) : (
          <p className={styles.note}>{t('byHand.outDownload')}</p>
        )}
        <Select
          label={t('byHand.key')}
          value={isKeyFile ? FILE_KEY : name}
          data={[
            ...keys.map((key) => ({ value: key.name, label: key.name })),
            { value: FILE_KEY, label: t('byHand.keyFile') },
          ]}
          allowDeselect={false}
          description={isSuccess && keys.length === 0 ? t('byHand.noKey') : t('byHand.keyHint')}
          onChange={setChosen}
        />
        {isKeyFile && (
          <FileInput
            label={t('byHand.keyFile')}
            hint={t(direction === 'encrypt' ? 'byHand.keyFilePrivate' : 'byHand.keyFilePublic')}
            accept=""
            value={keyFile}
            onChange={setKeyFile}
          />
        )}
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
          {isRunning && <Button onClick={cancel}>{t('common:cancel')}</Button>}
        </div>
      </form>
      {sent !== null && <ProgressBar value={sent} label={t('byHand.sending')} />}
      {start.error !== null && <KeyErrorPanel error={start.error} />}
      {job !== undefined && <ByHandOutcome job={job} direction={direction} uploadId={start.data?.uploadId ?? null} />}
    </>
  );
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
