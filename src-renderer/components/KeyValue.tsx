import { Fragment, type ReactNode } from 'react';

import styles from './KeyValue.module.css';

export type KeyValueRow = { readonly label: string; readonly value: ReactNode };

/** Facts of one thing, label beside value. */
export function KeyValue({ rows }: { readonly rows: readonly KeyValueRow[] }) {
  return (
    <dl className={styles.list}>
      {rows.map(({ label, value }) => (
        <Fragment key={label}>
          <dt className={styles.label}>{label}</dt>
          <dd className={styles.value}>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
