import '@mantine/charts/styles.layer.css';
import { AreaChart } from '@mantine/charts';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';

import type { FigureRange } from '#contract/models/figures.ts';
import { formatNumber } from '#renderer/i18n/format.ts';

import type { Band } from './adoption-series.ts';
import { formatStep } from './step-time.ts';

import styles from './AdoptionChart.module.css';

type Props = { readonly at: readonly string[]; readonly bands: readonly Band[]; readonly range: FigureRange };

const colorOf = (index: number): string => `var(--sw-series-${index + 1})`;

/** Devices by bundle as bands on each other; each band has a hatching of its own beside its colour. */
export function AdoptionChart({ at, bands, range }: Props) {
  const { t, i18n } = useTranslation('figures');
  const id = useId();
  const patternOf = (index: number): string => `${id}-${index}`;
  // Versions may hold dots, which the chart would take for paths into the data: bands are keyed by their place.
  const data = at.map((time, step) => ({
    at: formatStep(time, range, i18n.language),
    ...Object.fromEntries(bands.map(({ devices }, index) => [`b${index}`, devices[step] ?? 0])),
  }));
  const now = bands
    .map(({ name, devices }) => t('chartPart', { devices: devices.at(-1) ?? 0, version: name }))
    .join(', ');
  return (
    <div className={styles.figure}>
      <div role="img" aria-label={t('chartLabel', { range: t(`rangeLong.${range}`), now })} className={styles.chart}>
        <AreaChart
          h="100%"
          type="stacked"
          curveType="stepBefore"
          data={data}
          dataKey="at"
          series={bands.map(({ name }, index) => ({ name: `b${index}`, label: name, color: colorOf(index) }))}
          areaProps={({ name }) => ({
            fill: `url(#${patternOf(Number(name.slice(1)))})`,
            fillOpacity: 1,
            isAnimationActive: false,
          })}
          strokeWidth={1.5}
          withDots={false}
          accessibilityLayer={false}
          tickLine="none"
          gridColor="var(--sw-line)"
          textColor="var(--sw-muted)"
          xAxisProps={{ minTickGap: 32 }}
          yAxisProps={{ allowDecimals: false, width: 32 }}
          valueFormatter={(value) => formatNumber(value, i18n.language)}
        >
          <defs>
            {bands.map(({ name }, index) => (
              <Pattern key={name} id={patternOf(index)} index={index} />
            ))}
          </defs>
        </AreaChart>
      </div>
      <ul className={styles.legend}>
        {bands.map(({ name, devices }, index) => (
          <li key={name}>
            <svg width="14" height="14" aria-hidden="true">
              <defs>
                <Pattern id={`${patternOf(index)}-key`} index={index} />
              </defs>
              <rect
                x="0.5"
                y="0.5"
                width="13"
                height="13"
                fill={`url(#${patternOf(index)}-key)`}
                stroke={colorOf(index)}
              />
            </svg>
            <span className={styles.name}>{name}</span>
            <span className={styles.count}>{formatNumber(devices.at(-1) ?? 0, i18n.language)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Lines in another direction, or dots, on a light ground of the same colour. */
function Pattern({ id, index }: { readonly id: string; readonly index: number }) {
  const color = colorOf(index);
  const paths = [null, 'M0 6L6 0', 'M0 0L6 6', 'M0 3H6', 'M3 0V6', 'M0 0L6 6M0 6L6 0'] as const;
  const path = paths[index % paths.length] ?? null;
  return (
    <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse">
      <rect width="6" height="6" fill={color} fillOpacity={path === null ? 0.45 : 0.16} />
      {path !== null && <path d={path} stroke={color} strokeWidth="1.25" />}
    </pattern>
  );
}
