import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { StateWord } from '#renderer/components/StateWord.tsx';

import styles from './RotationPage.module.css';

type Props = {
  readonly number: number;
  readonly title: string;
  /** How it is known to be done; null while it is open. */
  readonly done: 'seen' | 'told' | null | undefined;
  readonly isCurrent: boolean;
  readonly children: ReactNode;
};

/** One step: its number, its state in a word, and what to do. */
export function Step({ number, title, done, isCurrent, children }: Props) {
  const { t } = useTranslation('rotation');
  const state = done ?? 'open';
  return (
    <li className={styles.step} data-state={state} aria-current={isCurrent ? 'step' : undefined}>
      <span className={styles.number} aria-hidden="true">
        {number}
      </span>
      <div className={styles.content}>
        <div className={styles.head}>
          <h2>{title}</h2>
          <StateWord tone={state === 'open' ? 'neutral' : 'success'}>{t(`state.${state}`)}</StateWord>
        </div>
        {children}
      </div>
    </li>
  );
}
