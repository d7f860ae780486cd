import { useTranslation } from 'react-i18next';

import type { UpdateFigures } from '#contract/models/figures.ts';
import { FailureTable } from '#renderer/components/figures/FailureTable.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';

import { Figure } from './Figure.tsx';

import styles from './FiguresPanel.module.css';

type Props = {
  readonly figures: UpdateFigures;
  readonly rangeWords: string;
  readonly onCause: (cause: string) => void;
};

export function FailureFigure({ figures, rangeWords, onCause }: Props) {
  const { t } = useTranslation('figures');
  return (
    <Figure title={t('failures')}>
      {figures.failures.length === 0 ? (
        <div className={styles.none}>
          <StateWord tone={figures.total.offered === 0 ? 'neutral' : 'success'}>
            {t('noFailures', { range: rangeWords })}
          </StateWord>
        </div>
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('failures')}>
          <FailureTable failures={figures.failures} label={t('failures')} onCause={onCause} />
        </div>
      )}
    </Figure>
  );
}
