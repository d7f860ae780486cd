import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Download, PenLine, RefreshCw, ShieldAlert, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Key } from '#contract/models/key.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { keyListQuery } from '#renderer/api/queries.ts';
import { CodeBlock } from '#renderer/components/CodeBlock.tsx';
import { CopyButton } from '#renderer/components/CopyButton.tsx';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { EmptyState } from '#renderer/components/EmptyState.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { KeyValue } from '#renderer/components/KeyValue.tsx';
import { Page, Section } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { saveTextFile } from '#renderer/components/save-file.ts';

import { KeyActions, type KeyAction } from './KeyActions.tsx';
import { KeyParts } from './KeyParts.tsx';
import { RetireButton } from './RetireButton.tsx';
import { RunningRotations } from './RunningRotations.tsx';
import { StartRotationDialog } from './StartRotationDialog.tsx';
import { UsedBy } from './UsedBy.tsx';

import styles from './KeyPage.module.css';

export function KeyPage({ name }: { readonly name: string }) {
  const { t } = useTranslation('keys');
  const api = useApi();
  // The list is small and at hand; a key of its own would only be one more answer to keep true.
  const { data: keys, error, refetch } = useQuery(keyListQuery(api));
  const back = { href: '/keys', label: t('page.all') };
  const key = keys?.find((known) => known.name === name);
  if (key !== undefined) return <LoadedPage keyOf={key} back={back} />;
  return (
    <Page title={name} back={back}>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {keys !== undefined && <EmptyState title={t('page.gone', { name })} />}
    </Page>
  );
}

type LoadedProps = { readonly keyOf: Key; readonly back: { readonly href: string; readonly label: string } };

function LoadedPage({ keyOf, back }: LoadedProps) {
  const { t } = useTranslation(['keys', 'rotation']);
  const [action, setAction] = useState<KeyAction | 'change' | null>(null);
  const { name, keyId, fingerprint, bits, hasPrivate, retiredAt, publicPem, createdAt } = keyOf;
  const isRetired = retiredAt !== null;
  const part = isRetired ? 'retired' : hasPrivate ? 'private' : 'public';
  return (
    <Page
      title={name}
      back={back}
      subtitle={
        <>
          <KeyParts hasPrivate={hasPrivate} isRetired={isRetired} />
          <span>{t(`partsHint.${part}`)}</span>
        </>
      }
      actions={
        <>
          {isRetired ? (
            <RetireButton name={name} />
          ) : (
            <Button leftSection={<RefreshCw size={14} aria-hidden="true" />} onClick={() => setAction('change')}>
              {t('rotation:action')}
            </Button>
          )}
          {hasPrivate && (
            <Button leftSection={<ShieldAlert size={14} aria-hidden="true" />} onClick={() => setAction('export')}>
              {t('actions.exportPrivate')}
            </Button>
          )}
          <Button leftSection={<PenLine size={14} aria-hidden="true" />} onClick={() => setAction('rename')}>
            {t('actions.rename')}
          </Button>
          <Button leftSection={<Trash2 size={14} aria-hidden="true" />} onClick={() => setAction('delete')}>
            {t('actions.delete')}
          </Button>
        </>
      }
    >
      <RunningRotations keyId={keyId} />
      <div className={styles.columns}>
        <div className={styles.main}>
          <Section title={t('page.public')}>
            <p className={styles.intro}>{t('page.publicIntro')}</p>
            <div className={styles.bar}>
              <code>capacitor.config.json</code>
              <CopyButton value={configFragment(publicPem)}>{t('page.copyConfig')}</CopyButton>
            </div>
            <CodeBlock label={t('page.config')} isWrapped>
              {configFragment(publicPem)}
            </CodeBlock>
            <div className={styles.bar}>
              <code>{publicFileName(name)}</code>
              <span className={styles.buttons}>
                <CopyButton value={publicPem}>{t('page.copyPublic')}</CopyButton>
                <Button
                  size="xs"
                  leftSection={<Download size={13} aria-hidden="true" />}
                  onClick={() => saveTextFile(publicFileName(name), [publicPem], 'application/x-pem-file')}
                >
                  {t('page.savePublic')}
                </Button>
              </span>
            </div>
          </Section>
        </div>
        <div className={styles.side}>
          <Section title={t('page.facts')}>
            <KeyValue
              rows={[
                { label: t('fact.keyId'), value: <CopyText value={keyId} label={t('fact.keyId')} /> },
                {
                  label: t('fact.fingerprint'),
                  value: <CopyText value={fingerprint} label={t('fact.fingerprint')} keep={24} />,
                },
                { label: t('fact.bits'), value: t('fact.bitsValue', { bits }) },
                { label: t('fact.created'), value: <RelativeTime at={createdAt} /> },
                ...(retiredAt === null ? [] : [{ label: t('fact.retired'), value: <RelativeTime at={retiredAt} /> }]),
              ]}
            />
          </Section>
          <UsedBy keyOf={keyOf} />
        </div>
      </div>
      <KeyActions keyOf={keyOf} action={action === 'change' ? null : action} onClose={() => setAction(null)} />
      <StartRotationDialog keyOf={keyOf} isOpen={action === 'change'} onClose={() => setAction(null)} />
    </Page>
  );
}

/** As it stands in capacitor.config.json: line breaks written out. Source: protocol/clients.md §10.1. */
function configFragment(publicKey: string): string {
  return JSON.stringify({ plugins: { CapacitorUpdater: { publicKey } } }, null, 2);
}

function publicFileName(name: string): string {
  return `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.pub.pem`;
}
