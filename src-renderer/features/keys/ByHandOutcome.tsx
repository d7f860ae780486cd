import { Button } from '@mantine/core';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job } from '#contract/models/job.ts';
import { decryptResultSchema, encryptResultSchema } from '#contract/models/key.ts';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { KeyErrorPanel } from '#renderer/components/KeyErrorPanel.tsx';
import { KeyValue, type KeyValueRow } from '#renderer/components/KeyValue.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { isEnded } from '#renderer/stores/jobs-store.ts';

export type Direction = 'encrypt' | 'decrypt';

/** How far the work is, then what it made. */
export function ByHandOutcome({
  job,
  direction,
  uploadId,
}: {
  readonly job: Job;
  readonly direction: Direction;
  /** Of a zip that a browser sent: what was made of it is fetched from there. */
  readonly uploadId: string | null;
}) {
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

  function fileValue(path: string): ReactNode {
    if (uploadId === null) return <CopyText value={path} label={t('byHand.file')} />;
    const href = `/api/uploads/${encodeURIComponent(uploadId)}/result?name=${encodeURIComponent(path)}`;
    return (
      <Button
        component="a"
        href={href}
        download={path}
        size="xs"
        leftSection={<Download size={13} aria-hidden="true" />}
      >
        {t('byHand.download', { name: path })}
      </Button>
    );
  }

  function encryptRows(result: unknown): readonly KeyValueRow[] {
    const parsed = encryptResultSchema.safeParse(result);
    if (!parsed.success) return [];
    const { path, sessionKey, checksum, keyId } = parsed.data;
    return [
      { label: t('byHand.file'), value: fileValue(path) },
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
      { label: t('byHand.file'), value: fileValue(path) },
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
