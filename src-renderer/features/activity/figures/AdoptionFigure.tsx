import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { FigureRange } from '#contract/models/figures.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { adoptionQuery } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';

import { bandsOf, type Band } from './adoption-series.ts';
import { Figure } from './Figure.tsx';
import { formatStep } from './step-time.ts';

import styles from './FiguresPanel.module.css';

const AdoptionChart = lazy(async () => ({ default: (await import('./AdoptionChart.tsx')).AdoptionChart }));

const views = ['chart', 'table'] as const;

type Props = {
  readonly appId: string;
  readonly range: FigureRange;
  readonly channel: string | null;
  readonly isRealOnly: boolean;
};

/** What devices run over time: as a curve, or the same numbers as a table. */
export function AdoptionFigure({ appId, range, channel, isRealOnly }: Props) {
  const { t } = useTranslation('figures');
  const api = useApi();
  const [view, setView] = useState<(typeof views)[number]>('chart');
  const { data, error, refetch } = useQuery(
    adoptionQuery(api, { appId, range, isRealOnly, ...(channel === null ? {} : { channel }) }),
  );
  const bands = useMemo(
    () =>
      bandsOf(
        data?.series ?? [],
        ({ version, isOnBuiltin }) =>
          version === null ? t('neverSaid') : isOnBuiltin ? t('builtin', { version }) : version,
        t('others'),
      ),
    [data, t],
  );
  return (
    <Figure
      title={t('adoption')}
      aside={
        <SegmentedControl
          aria-label={t('view.label')}
          value={view}
          data={views.map((value) => ({ value, label: t(`view.${value}`) }))}
          onChange={(value) => setView(value)}
        />
      }
    >
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data !== undefined && bands.length === 0 && <p className={styles.none}>{t('noDevices')}</p>}
      {data !== undefined &&
        bands.length > 0 &&
        (view === 'chart' ? (
          <Suspense fallback={<p className={styles.none}>{t('loading')}</p>}>
            <AdoptionChart at={data.at} bands={bands} range={range} />
          </Suspense>
        ) : (
          <AdoptionTable at={data.at} bands={bands} range={range} />
        ))}
    </Figure>
  );
}

function AdoptionTable(props: {
  readonly at: readonly string[];
  readonly bands: readonly Band[];
  readonly range: FigureRange;
}) {
  const { at, bands, range } = props;
  const { t, i18n } = useTranslation('figures');
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('adoption')}>
      <table className={styles.parts} aria-label={t('adoption')}>
        <thead>
          <tr>
            <th scope="col">{t('column.time')}</th>
            {bands.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {at
            .map((time, step) => (
              <tr key={time}>
                <th scope="row">{formatStep(time, range, i18n.language)}</th>
                {bands.map(({ name, devices }) => (
                  <td key={name}>{formatNumber(devices[step] ?? 0, i18n.language)}</td>
                ))}
              </tr>
            ))
            .toReversed()}
        </tbody>
      </table>
    </div>
  );
}
