import type { ReactNode } from 'react';

import styles from './FiguresPanel.module.css';

/** One figure under its name. */
export function Figure({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={styles.figure}>
      <div className={styles.figureHead}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
