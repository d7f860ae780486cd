import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Archive, ArchiveRestore, FileLock2, Import, MoreHorizontal, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';

import type { Key } from '#contract/models/key.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { keyListQuery, vaultStatusQuery } from '#renderer/api/queries.ts';
import { ConfirmDialog } from '#renderer/components/ConfirmDialog.tsx';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { EmptyState } from '#renderer/components/EmptyState.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';
import { openKeyImport } from '#renderer/stores/key-intake-store.ts';

import { CreateKeyDialog } from './CreateKeyDialog.tsx';
import { keyHref } from './key-route.ts';
import { KeyParts } from './KeyParts.tsx';
import { RunningRotations } from './RunningRotations.tsx';
import { BackupDialog, ProtectDialog, RestoreDialog } from './VaultDialogs.tsx';
import { VaultMenuItems } from './VaultMenuItems.tsx';
import { VaultNotice, VaultWord } from './VaultState.tsx';

import table from '#renderer/components/table.module.css';

type Layer = 'create' | 'backup' | 'restore' | 'protect' | 'unprotect';

export function KeyListPage() {
  const { t } = useTranslation(['keys', 'vault']);
  const api = useApi();
  const [, navigate] = useLocation();
  const { data: keys, error, refetch } = useQuery(keyListQuery(api));
  const { data: status } = useQuery(vaultStatusQuery(api));
  const [layer, setLayer] = useState<Layer | null>(null);
  const close = () => setLayer(null);
  const create = (
    <Button variant="filled" leftSection={<Plus size={14} aria-hidden="true" />} onClick={() => setLayer('create')}>
      {t('actions.create')}
    </Button>
  );
  const importing = (
    <Button leftSection={<Import size={14} aria-hidden="true" />} onClick={() => openKeyImport()}>
      {t('actions.import')}
    </Button>
  );
  const isEmpty = keys?.length === 0;
  return (
    <Page
      title={t('title')}
      subtitle={t('intro')}
      actions={
        <>
          {!isEmpty && create}
          {!isEmpty && importing}
          <Menu position="bottom-end">
            <Menu.Target>
              <Button leftSection={<MoreHorizontal size={14} aria-hidden="true" />}>{t('actions.more')}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<FileLock2 size={14} aria-hidden="true" />}
                onClick={() => navigate('/keys/by-hand')}
              >
                {t('actions.byHand')}
              </Menu.Item>
              <Menu.Item
                leftSection={<Archive size={14} aria-hidden="true" />}
                disabled={isEmpty}
                onClick={() => setLayer('backup')}
              >
                {t('actions.backup')}
              </Menu.Item>
              <Menu.Item
                leftSection={<ArchiveRestore size={14} aria-hidden="true" />}
                onClick={() => setLayer('restore')}
              >
                {t('actions.restore')}
              </Menu.Item>
              <VaultMenuItems onProtect={() => setLayer('protect')} onUnprotect={() => setLayer('unprotect')} />
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {isEmpty && (
        <EmptyState
          title={t('empty.title')}
          hint={t('empty.hint')}
          actions={
            <>
              {create}
              {importing}
            </>
          }
        />
      )}
      <VaultNotice />
      <RunningRotations />
      {keys !== undefined && !isEmpty && <KeyTable keys={keys} />}
      <VaultWord />
      <CreateKeyDialog isOpen={layer === 'create'} onClose={close} />
      <BackupDialog isOpen={layer === 'backup'} onClose={close} />
      <RestoreDialog isOpen={layer === 'restore'} onClose={close} />
      <ProtectDialog isOpen={layer === 'protect'} onClose={close} isChange={status?.kind === 'passphrase'} />
      <ConfirmDialog
        isOpen={layer === 'unprotect'}
        onClose={close}
        title={t('vault:removeTitle')}
        confirmLabel={t('vault:removeAction')}
        isDestructive
        onConfirm={() => api.vault.unprotect({})}
      >
        {t('vault:removeBody')}
      </ConfirmDialog>
    </Page>
  );
}

function KeyTable({ keys }: { readonly keys: readonly Key[] }) {
  const { t, i18n } = useTranslation('keys');
  const count = (value: number) => formatNumber(value, i18n.language);
  return (
    <div className={table.scroll}>
      <table className={table.table} aria-label={t('list.label')}>
        <thead>
          <tr>
            <th scope="col" className={table.grow}>
              {t('list.name')}
            </th>
            <th scope="col">{t('list.keyId')}</th>
            <th scope="col">{t('list.parts')}</th>
            <th scope="col" className={table.number}>
              {t('list.releases')}
            </th>
            <th scope="col" className={table.number}>
              {t('list.apps')}
            </th>
            <th scope="col" className={table.number}>
              {t('list.devices')}
            </th>
            <th scope="col" className={table.number}>
              {t('list.created')}
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map(({ name, keyId, hasPrivate, retiredAt, createdAt, usedBy }) => (
            <tr key={name} className={table.linkRow}>
              <td className={table.grow}>
                <Link href={keyHref(name)} data-row-link title={name}>
                  {name}
                </Link>
              </td>
              <td>
                <CopyText value={keyId} label={t('list.keyId')} />
              </td>
              <td>
                <KeyParts hasPrivate={hasPrivate} isRetired={retiredAt !== null} />
              </td>
              <td className={table.number}>{count(usedBy.releases.length)}</td>
              <td className={table.number}>{count(usedBy.apps.length)}</td>
              <td className={table.number}>{count(usedBy.devices.length)}</td>
              <td className={`${table.number} ${table.muted}`}>
                <RelativeTime at={createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
