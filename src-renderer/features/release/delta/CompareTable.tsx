import { Anchor, Button } from '@mantine/core';
import { Minus, Pencil, Plus, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ReleasePair } from '#renderer/api/queries.ts';
import { Bytes } from '#renderer/components/Bytes.tsx';
import { formatBytes } from '#renderer/i18n/format.ts';

import type { DiffKind, DiffRow } from './diff-rows.ts';
import { FileDiffDialog } from './FileDiffDialog.tsx';

import table from '#renderer/components/table.module.css';
import styles from './ComparePage.module.css';

/** Rows that are drawn at first; a build of thousands of files is rarely read to its end. */
const PAGE = 200;

const glyphs: Readonly<Record<DiffKind, LucideIcon>> = { added: Plus, changed: Pencil, removed: Minus };

type Props = { readonly rows: readonly DiffRow[]; readonly pair: ReleasePair; readonly hasDelta: boolean };

/** The files that differ; each opens its changes line by line. */
export function CompareTable({ rows, pair, hasDelta }: Props) {
  const { t, i18n } = useTranslation('delta');
  const [shown, setShown] = useState(PAGE);
  const [open, setOpen] = useState<string | null>(null);
  const hidden = rows.length - shown;
  return (
    <>
      <div className={table.scroll}>
        <table className={table.table} aria-label={t('compare.label')}>
          <thead>
            <tr>
              <th scope="col">{t('compare.kind')}</th>
              <th scope="col" className={table.grow}>
                {t('compare.path')}
              </th>
              <th scope="col" className={table.number}>
                {t('compare.raw')}
              </th>
              <th scope="col" className={table.number}>
                {t('compare.body')}
              </th>
              {hasDelta && (
                <th scope="col" className={table.number}>
                  {t('compare.fetched')}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row) => (
              <tr key={row.path}>
                <td>
                  <Kind kind={row.kind} />
                </td>
                <td className={table.grow}>
                  <Anchor
                    component="button"
                    type="button"
                    className={styles.path}
                    aria-label={row.path}
                    onClick={() => setOpen(row.path)}
                  >
                    <code title={row.path}>{row.path}</code>
                  </Anchor>
                </td>
                <td className={table.number}>
                  <Bytes value={row.sizeBytes} />
                  {row.sizeBeforeBytes !== null && row.sizeBeforeBytes !== row.sizeBytes && (
                    <span className={table.muted}>
                      {' '}
                      {t('compare.was', { size: formatBytes(row.sizeBeforeBytes, i18n.language) })}
                    </span>
                  )}
                </td>
                <Amount bytes={row.bodyBytes} />
                {hasDelta && <Amount bytes={row.fetchedBytes} />}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hidden > 0 && (
        <Button className={styles.more ?? ''} onClick={() => setShown(shown + PAGE)}>
          {t('compare.more', { count: Math.min(PAGE, hidden) })}
        </Button>
      )}
      <FileDiffDialog pair={pair} path={open} onClose={() => setOpen(null)} />
    </>
  );
}

function Kind({ kind }: { readonly kind: DiffKind }) {
  const { t } = useTranslation('delta');
  const Glyph = glyphs[kind];
  return (
    <span className={styles.kind} data-kind={kind}>
      <Glyph size={14} aria-hidden="true" />
      {t(`compare.${kind}`)}
    </span>
  );
}

function Amount({ bytes }: { readonly bytes: number | null }) {
  return <td className={table.number}>{bytes === null ? '–' : <Bytes value={bytes} />}</td>;
}
