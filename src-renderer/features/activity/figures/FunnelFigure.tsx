import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Funnel, UpdateFigures } from '#contract/models/figures.ts';
import { FunnelTable } from '#renderer/components/figures/FunnelTable.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';

import { Figure } from './Figure.tsx';

import styles from './FiguresPanel.module.css';

type Props = { readonly figures: UpdateFigures; readonly rangeWords: string };

const views = ['total', 'release', 'channel'] as const;
type View = (typeof views)[number];

export function FunnelFigure({ figures, rangeWords }: Props) {
  const { t } = useTranslation('figures');
  const [view, setView] = useState<View>('total');
  const { total, byRelease, byChannel } = figures;
  return (
    <Figure
      title={t('funnel')}
      aside={
        <SegmentedControl
          aria-label={t('by.label')}
          value={view}
          data={views.map((value) => ({ value, label: t(`by.${value}`) }))}
          onChange={(value) => setView(value)}
        />
      }
    >
      {total.offered === 0 ? (
        <p className={styles.none}>
          {t('none', { range: rangeWords })} {t('noneHint')}
        </p>
      ) : view === 'total' ? (
        <FunnelTable funnel={total} label={t('funnel')} />
      ) : (
        <Parts
          label={t(`by.${view}`)}
          head={t(`column.${view}`)}
          parts={
            view === 'release'
              ? byRelease.map(({ version, ...funnel }) => ({ name: version, funnel }))
              : byChannel.map(({ channel, ...funnel }) => ({ name: channel ?? t('noChannel'), funnel }))
          }
        />
      )}
    </Figure>
  );
}

const columns = ['offered', 'downloaded', 'ready', 'failed', 'rolledBack'] as const satisfies (keyof Funnel)[];

function Parts(props: {
  readonly label: string;
  readonly head: string;
  readonly parts: readonly { readonly name: string; readonly funnel: Funnel }[];
}) {
  const { label, head, parts } = props;
  const { t, i18n } = useTranslation('figures');
  return (
    // Many releases scroll here, so the keyboard has to reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={label}>
      <table className={styles.parts} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`step.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {parts.map(({ name, funnel }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              {columns.map((column) => (
                <td key={column} data-trouble={(isTrouble(column) && funnel[column] > 0) || undefined}>
                  {formatNumber(funnel[column], i18n.language)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isTrouble(column: keyof Funnel): boolean {
  return column === 'failed' || column === 'rolledBack';
}
