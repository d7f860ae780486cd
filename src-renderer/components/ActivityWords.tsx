import {
  ArrowDownToLine,
  CircleSlash,
  FileWarning,
  MessageSquareText,
  RefreshCw,
  Split,
  Unlink,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { ActivityKind, ActivityOutcome } from '#contract/models/activity.ts';

import { StateWord, type Tone } from './StateWord.tsx';

import styles from './ActivityWords.module.css';

const kindGlyphs: Readonly<Record<ActivityKind, LucideIcon>> = {
  update: RefreshCw,
  stats: MessageSquareText,
  channel: Split,
  download: ArrowDownToLine,
  unpaired: Unlink,
  malformed: FileWarning,
};

const outcomeTones: Readonly<Record<ActivityOutcome, Tone>> = {
  offered: 'info',
  up_to_date: 'success',
  blocked: 'warning',
  failed: 'danger',
  ok: 'success',
  running: 'running',
};

/** What sort of row of the log it is. */
export function ActivityKindWord({ kind }: { readonly kind: ActivityKind }) {
  const { t } = useTranslation('activity');
  const Glyph = kindGlyphs[kind];
  return (
    <span className={styles.kind}>
      <Glyph size={14} aria-hidden="true" className={styles.glyph} />
      <span className={styles.word}>{t(`kind.${kind}`)}</span>
    </span>
  );
}

/** How a row of the log ended. */
export function ActivityOutcomeWord({ outcome }: { readonly outcome: ActivityOutcome }) {
  const { t } = useTranslation('activity');
  return (
    <StateWord tone={outcomeTones[outcome]} {...(outcome === 'blocked' ? { icon: CircleSlash } : {})}>
      {t(`outcome.${outcome}`)}
    </StateWord>
  );
}
