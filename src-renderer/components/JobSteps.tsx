import { Circle, CircleCheck, LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Job, JobStep } from '#contract/models/job.ts';
import { formatBytes, formatDuration, formatNumber } from '#renderer/i18n/format.ts';

import styles from './JobSteps.module.css';

const glyphs = { waiting: Circle, running: LoaderCircle, done: CircleCheck } as const;

/** A job step by step: what is done and how long it took, what is counted right now. */
export function JobSteps({ steps }: { readonly steps: Job['steps'] }) {
  const { t } = useTranslation('frame');
  return (
    <ol className={styles.steps}>
      {steps.map((step) => {
        const Glyph = glyphs[step.state];
        return (
          <li key={step.name} className={styles.step} data-state={step.state}>
            <Glyph size={15} aria-hidden="true" />
            <span>{t(`step.${step.name as 'pack'}`, { defaultValue: step.name })}</span>
            <span className={styles.figure}>
              <StepFigure step={step} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function StepFigure({ step }: { readonly step: JobStep }) {
  const { i18n } = useTranslation();
  if (step.state === 'done') {
    return step.durationMs === undefined ? null : formatDuration(Math.round(step.durationMs), i18n.language);
  }
  if (step.state === 'waiting') return null;
  const { done, total } = step;
  if (done === undefined || total === undefined || total === 0) return `${Math.floor(step.value * 100)} %`;
  const figure = (value: number) =>
    step.unit === 'bytes' ? formatBytes(value, i18n.language) : formatNumber(value, i18n.language);
  return `${figure(done)} / ${figure(total)}`;
}
