import { NumberInput, Slider } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { formatShare } from '#renderer/i18n/format.ts';

import styles from './ShareInput.module.css';

const WHOLE_BPS = 10_000;
/** What one press of an arrow key moves: a percent, with Shift the smallest step there is. */
const STEP_BPS = 100;
const FINE_STEP_BPS = 1;

const marks = [0, 25, 50, 75, 100].map((value) => ({ value, label: `${value} %` }));

type Props = {
  /** In basis points. */
  readonly value: number;
  readonly onChange: (basisPoints: number) => void;
};

/** A share of the devices: a slider for the rough, a number for the exact; both by keyboard. */
export function ShareInput({ value, onChange }: Props) {
  const { t, i18n } = useTranslation('channels');
  const words = (bps: number) => `${formatShare(bps, i18n.language)} %`;
  const set = (basisPoints: number) => onChange(clamp(Math.round(basisPoints)));
  const onArrow = (event: KeyboardEvent) => {
    const direction = directionOf(event.key);
    if (direction === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    set(value + direction * (event.shiftKey ? FINE_STEP_BPS : STEP_BPS));
  };
  return (
    <div className={styles.share}>
      <Slider
        className={styles.slider}
        classNames={{ markLabel: styles.mark }}
        value={value / 100}
        min={0}
        max={100}
        step={0.01}
        precision={2}
        marks={marks}
        label={null}
        thumbLabel={t('roll.share')}
        thumbValueText={(percent) => words(Math.round(percent * 100))}
        // Before the slider's own, which would move by a hundredth of a percent.
        thumbProps={{ onKeyDownCapture: onArrow }}
        onChange={(percent) => set(roughly(percent * 100))}
      />
      <NumberInput
        className={styles.number}
        label={t('roll.share')}
        description={t('roll.shareHint')}
        value={value / 100}
        min={0}
        max={100}
        step={1}
        decimalScale={2}
        suffix=" %"
        hideControls
        clampBehavior="strict"
        onKeyDownCapture={(event) => {
          if (event.key === 'ArrowUp' || event.key === 'ArrowDown') onArrow(event);
        }}
        onChange={(percent) => {
          if (typeof percent === 'number') set(percent * 100);
        }}
      />
    </div>
  );
}

/** A pointer is not exact to a hundredth of a percent: whole ones, and tenths below the first. */
function roughly(basisPoints: number): number {
  return basisPoints < STEP_BPS ? Math.round(basisPoints / 10) * 10 : Math.round(basisPoints / STEP_BPS) * STEP_BPS;
}

function directionOf(key: string): -1 | 0 | 1 {
  if (key === 'ArrowUp' || key === 'ArrowRight') return 1;
  return key === 'ArrowDown' || key === 'ArrowLeft' ? -1 : 0;
}

function clamp(basisPoints: number): number {
  return Math.min(WHOLE_BPS, Math.max(0, basisPoints));
}
