import {
  Circle,
  CircleAlert,
  CircleCheck,
  CircleDot,
  CircleX,
  LoaderCircle,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';

import styles from './StateWord.module.css';

/** `running` moves, `neutral` has nothing to report. */
export type Tone = 'success' | 'warning' | 'danger' | 'info' | 'running' | 'neutral';

const glyphs: Readonly<Record<Tone, LucideIcon>> = {
  success: CircleCheck,
  warning: TriangleAlert,
  danger: CircleX,
  info: CircleAlert,
  running: LoaderCircle,
  neutral: Circle,
};

type Props = {
  readonly tone: Tone;
  /** The word: colour alone says nothing. */
  readonly children: ReactNode;
  /** Another glyph than the tone's own. */
  readonly icon?: LucideIcon;
};

type WordProps = Props & {
  /** Says more than a word, such as a path: goes on in the next line instead of ending in an ellipsis. */
  readonly isSentence?: boolean;
};

/** A state as glyph and word, in running text and in tables. */
export function StateWord({ tone, children, icon, isSentence = false }: WordProps) {
  const Glyph = icon ?? glyphs[tone];
  return (
    <span className={styles.word} data-tone={tone} data-sentence={isSentence || undefined}>
      <Glyph className={styles.glyph} size={14} strokeWidth={2} aria-hidden="true" />
      <span className={styles.text}>{children}</span>
    </span>
  );
}

/** The same on a tinted ground, where a state has to be found at a glance. */
export function StatusBadge({ tone, children, icon }: Props) {
  const Glyph = icon ?? (tone === 'success' ? CircleDot : glyphs[tone]);
  return (
    <span className={styles.badge} data-tone={tone}>
      <Glyph className={styles.glyph} size={12} strokeWidth={2.25} aria-hidden="true" />
      <span className={styles.text}>{children}</span>
    </span>
  );
}
