import type { ReactNode } from 'react';

import { Mark } from './Mark.tsx';

import styles from './EmptyState.module.css';

type Props = {
  /** One sentence. */
  readonly title: string;
  readonly hint?: ReactNode;
  /** What a person can do about it. */
  readonly actions?: ReactNode;
};

/** Nothing here yet, why, and what to do. */
export function EmptyState({ title, hint, actions }: Props) {
  return (
    <div className={styles.empty}>
      <span className={styles.mark}>
        <Mark size={36} />
      </span>
      <h2 className={styles.title}>{title}</h2>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
