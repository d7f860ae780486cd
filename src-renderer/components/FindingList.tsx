import { CircleX, Info, TriangleAlert, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Finding, Severity } from '#contract/models/finding.ts';
import { findingSentences } from '#renderer/i18n/failure-text.ts';

import styles from './FindingList.module.css';

const glyphs: Readonly<Record<Severity, LucideIcon>> = { error: CircleX, warning: TriangleAlert, info: Info };
const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** What the check found: worst first, each with its file and what mends it. */
export function FindingList({ findings }: { readonly findings: readonly Finding[] }) {
  const { t, i18n } = useTranslation();
  const sorted = findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
  return (
    <ul className={styles.list}>
      {sorted.map((finding) => {
        const Glyph = glyphs[finding.severity];
        const { message, fix } = findingSentences(finding, i18n.language);
        return (
          <li
            key={`${finding.code} ${finding.path ?? ''} ${JSON.stringify(finding.params)}`}
            className={styles.row}
            data-severity={finding.severity}
          >
            <Glyph className={styles.glyph} size={15} aria-hidden="true" />
            <span className={styles.severity}>{t(wordOf[finding.severity])}</span>
            <div className={styles.words}>
              <p className={styles.message}>{message}</p>
              {finding.path !== undefined && (
                <code className={styles.path} title={finding.path}>
                  {finding.path}
                </code>
              )}
              <p className={styles.fix}>{fix}</p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

const wordOf = { error: 'error', warning: 'warning', info: 'info' } as const satisfies Record<Severity, string>;
