import type { ReactNode } from 'react';

import styles from './Tag.module.css';

/** A word that sets a thing apart from its kind, with nothing to report: “Default”, “Virtual”. */
export function Tag({ title, children }: { readonly title?: string; readonly children: ReactNode }) {
  return (
    <span className={styles.tag} title={title}>
      {children}
    </span>
  );
}
