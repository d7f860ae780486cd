import type { ReactNode } from 'react';

import styles from './CodeBlock.module.css';

type Props = {
  /** What it is, for people who hear it. */
  readonly label: string;
  readonly children: ReactNode;
  /** Lines break instead of scrolling sideways. */
  readonly isWrapped?: boolean;
  /** Takes its whole height instead of scrolling after a few lines. */
  readonly isTall?: boolean;
};

/** Text of a program: config, payload, diff. Scrolls by keyboard too. */
export function CodeBlock({ label, children, isWrapped = false, isTall = false }: Props) {
  return (
    <pre
      className={styles.code}
      data-wrapped={isWrapped || undefined}
      data-tall={isTall || undefined}
      role="group"
      aria-label={label}
      // A region that scrolls has to be reachable by keyboard (WCAG 2.1.1).
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      {children}
    </pre>
  );
}
