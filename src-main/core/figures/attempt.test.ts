import { describe, expect, it } from 'vitest';

import type { ReleaseOutcome } from '../devices/release-outcome.ts';
import { nextAttempt, type Attempt } from './attempt.ts';

const after = (...outcomes: readonly ReleaseOutcome[]): Attempt | null =>
  outcomes.reduce<Attempt | null>((attempt, outcome) => nextAttempt(attempt, outcome), null);

describe('an update on a device', () => {
  it.each<[string, readonly ReleaseOutcome[], Attempt]>([
    ['a good one', ['offered', 'downloaded', 'set', 'updated'], { step: 4, trouble: null }],
    ['one whose download failed', ['offered', 'failed'], { step: 1, trouble: 'failed' }],
    ['one that failed and is offered again', ['offered', 'failed', 'offered'], { step: 1, trouble: 'failed' }],
    ['one whose retry gets on', ['offered', 'failed', 'offered', 'downloaded'], { step: 2, trouble: null }],
    ['one that was rolled back', ['offered', 'downloaded', 'set', 'rolled_back'], { step: 3, trouble: 'rolled_back' }],
    [
      'one that was rolled back and is downloaded again',
      ['offered', 'downloaded', 'set', 'rolled_back', 'offered', 'downloaded'],
      { step: 3, trouble: 'rolled_back' },
    ],
    [
      'one that was good in the end',
      ['set', 'rolled_back', 'downloaded', 'set', 'updated'],
      { step: 4, trouble: null },
    ],
    ['one that took itself back later', ['updated', 'rolled_back'], { step: 3, trouble: 'rolled_back' }],
    ['one whose later check failed', ['updated', 'failed'], { step: 4, trouble: null }],
    ['one of which only the end was heard', ['updated'], { step: 4, trouble: null }],
  ])('is %s', (_, outcomes, expected) => {
    expect(after(...outcomes)).toEqual(expected);
  });
});
