import { CircleX, Info, TriangleAlert, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { CostHint } from '#contract/models/delta.ts';
import type { Finding, Severity } from '#contract/models/finding.ts';
import { costHintSentences, findingSentences } from '#renderer/i18n/failure-text.ts';

import { CodeText } from './CodeText.tsx';

import styles from './FindingList.module.css';

const glyphs: Readonly<Record<Severity, LucideIcon>> = { error: CircleX, warning: TriangleAlert, info: Info };
const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** What the check found: worst first, each with its file and what mends it. */
export function FindingList({ findings }: { readonly findings: readonly Finding[] }) {
  const { i18n } = useTranslation();
  const sorted = findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
  return (
    <ul className={styles.list}>
      {sorted.map((finding) => (
        <FindingRow
          key={`${finding.code} ${finding.path ?? ''} ${JSON.stringify(finding.params)}`}
          severity={finding.severity}
          paths={finding.path === undefined ? [] : [finding.path]}
          {...findingSentences(finding, i18n.language)}
        />
      ))}
    </ul>
  );
}

/** What makes a download heavier than it need be, each with the files it is about and what to do. */
export function CostHintList({ hints }: { readonly hints: readonly CostHint[] }) {
  const { i18n } = useTranslation();
  return (
    <ul className={styles.list}>
      {hints.map((hint) => (
        <FindingRow key={hint.code} severity="info" paths={hint.paths} {...costHintSentences(hint, i18n.language)} />
      ))}
    </ul>
  );
}

type RowProps = {
  readonly severity: Severity;
  readonly paths: readonly string[];
  readonly message: string;
  readonly fix: string;
};

function FindingRow({ severity, paths, message, fix }: RowProps) {
  const { t } = useTranslation();
  const Glyph = glyphs[severity];
  return (
    <li className={styles.row} data-severity={severity}>
      <Glyph className={styles.glyph} size={15} aria-hidden="true" />
      <span className={styles.severity}>{t(wordOf[severity])}</span>
      <div className={styles.words}>
        <p className={styles.message}>
          <CodeText>{message}</CodeText>
        </p>
        {paths.map((path) => (
          <code key={path} className={styles.path} title={path}>
            {path}
          </code>
        ))}
        <p className={styles.fix}>
          <CodeText>{fix}</CodeText>
        </p>
      </div>
    </li>
  );
}

const wordOf = { error: 'error', warning: 'warning', info: 'info' } as const satisfies Record<Severity, string>;
