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

type KindProps = { readonly kind: ActivityKind };
type OutcomeProps = { readonly outcome: ActivityOutcome };
/** Given by a list of many rows, which would pay for looking it up on each of them. */
type Word = { readonly word: string };

/** What sort of row of the log it is. */
export function ActivityKindWord({ kind }: KindProps) {
  const { t } = useTranslation('activity');
  return <ActivityKindMark kind={kind} word={t(`kind.${kind}`)} />;
}

export function ActivityKindMark({ kind, word }: KindProps & Word) {
  const Glyph = kindGlyphs[kind];
  return (
    <span className={styles.kind}>
      <Glyph size={14} aria-hidden="true" className={styles.glyph} />
      <span className={styles.word}>{word}</span>
    </span>
  );
}

/** How a row of the log ended. */
export function ActivityOutcomeWord({ outcome }: OutcomeProps) {
  const { t } = useTranslation('activity');
  return <ActivityOutcomeMark outcome={outcome} word={t(`outcome.${outcome}`)} />;
}

export function ActivityOutcomeMark({ outcome, word }: OutcomeProps & Word) {
  return (
    <StateWord tone={outcomeTones[outcome]} {...(outcome === 'blocked' ? { icon: CircleSlash } : {})}>
      {word}
    </StateWord>
  );
}
