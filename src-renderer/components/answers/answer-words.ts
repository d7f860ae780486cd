import type { TFunction } from 'i18next';

import type { TraceStep } from '#contract/models/activity.ts';
import type { PreviewAnswer } from '#contract/models/channel.ts';
import { isKnownRefusal } from '#renderer/components/refusal-code.ts';
import type { Tone } from '#renderer/components/StateWord.tsx';

export type AnswersT = TFunction<['channels', 'devices']>;

export const answerTones: Readonly<Record<PreviewAnswer['outcome'], Tone>> = {
  offered: 'info',
  up_to_date: 'success',
  blocked: 'warning',
  failed: 'danger',
};

/** The step of the decision that came to the answer. */
export function stepOf({ rule, outcome, detail, values }: PreviewAnswer): TraceStep {
  return { rule, outcome: outcome === 'offered' ? 'pass' : 'stop', detail, values };
}

type Answer = Pick<PreviewAnswer, 'outcome' | 'code' | 'version' | 'channel'>;

/** An answer in a few words: “offered 1.0.7”, “refused: development builds”. `home` is the channel one looks at. */
export function answerWords(answer: Answer, home: string, t: AnswersT): string {
  const words = wordsOf(answer, t);
  const { channel } = answer;
  return channel === null || channel === home ? words : t('channels:answers.onChannel', { answer: words, channel });
}

function wordsOf({ outcome, code, version }: Answer, t: AnswersT): string {
  const reason = isKnownRefusal(code) ? t(`devices:refusal.${code}`) : code;
  switch (outcome) {
    case 'offered':
      return code === 'builtin'
        ? t('channels:answers.builtin')
        : t('channels:answers.offered', { version: version ?? '' });
    case 'up_to_date':
      return t('channels:answers.upToDate');
    case 'blocked':
      return t('channels:answers.refused', { reason });
    case 'failed':
      return t('channels:answers.failed', { reason });
  }
}
