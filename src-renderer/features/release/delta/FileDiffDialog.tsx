import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { FileDiff } from '#contract/models/delta.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { fileDiffQuery, type ReleasePair } from '#renderer/api/queries.ts';
import { DiffView } from '#renderer/components/DiffView.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { formatBytes } from '#renderer/i18n/format.ts';

import styles from './ComparePage.module.css';

type Props = {
  readonly pair: ReleasePair;
  /** The file that is looked at; null while none is. */
  readonly path: string | null;
  readonly onClose: () => void;
};

/** How one file changed, line by line where it is text. */
export function FileDiffDialog({ pair, path, onClose }: Props) {
  const { t } = useTranslation('common');
  return (
    <Modal
      opened={path !== null}
      onClose={onClose}
      title={<code>{path}</code>}
      size="60rem"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {path !== null && <Content pair={pair} path={path} />}
    </Modal>
  );
}

function Content({ pair, path }: { readonly pair: ReleasePair; readonly path: string }) {
  const api = useApi();
  const { data, error, refetch } = useQuery(fileDiffQuery(api, { ...pair, path }));
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  return data === undefined ? <div className={styles.waiting} /> : <Shown diff={data} path={path} />;
}

function Shown({ diff, path }: { readonly diff: FileDiff; readonly path: string }) {
  const { t, i18n } = useTranslation('delta');
  if (diff.kind === 'text') {
    return (
      <>
        <DiffView diff={diff.patch} label={t('compare.fileLabel', { path })} />
        {diff.isCut && <p className={styles.muted}>{t('compare.cut')}</p>}
      </>
    );
  }
  const limit = diff.kind === 'too_large' ? formatBytes(diff.limitBytes, i18n.language) : '';
  return <p>{t(`compare.content.${diff.kind}`, { limit })}</p>;
}
