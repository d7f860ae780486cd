import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

import styles from './Page.module.css';

type Props = {
  readonly title: ReactNode;
  /** One line below the title. */
  readonly subtitle?: ReactNode;
  /** The list a page of one thing belongs to. */
  readonly back?: { readonly href: string; readonly label: string };
  readonly actions?: ReactNode;
  /** The content takes the height that is left and scrolls by itself. */
  readonly isFilling?: boolean;
  readonly children: ReactNode;
};

/** A screen: its header, then its content. */
export function Page({ title, subtitle, back, actions, isFilling = false, children }: Props) {
  return (
    <div className={styles.page} data-filling={isFilling || undefined}>
      <header className={styles.header}>
        <div className={styles.heading}>
          {back && (
            <Link href={back.href} className={styles.back}>
              <ChevronLeft size={14} aria-hidden="true" />
              {back.label}
            </Link>
          )}
          <h1>{title}</h1>
          {subtitle !== undefined && <div className={styles.subtitle}>{subtitle}</div>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a screen under its own heading, parted by space and not by a box. */
export function Section({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={styles.section}>
      <div className={styles.sectionHead}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
