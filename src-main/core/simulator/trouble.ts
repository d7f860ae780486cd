import { does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';

import { reasonOf } from '../app-error.ts';

/** What a virtual device itself found wrong. */
export class Trouble extends Error {
  readonly sentence: SimulationSentence;

  constructor(sentence: SimulationSentence) {
    super(sentence.code);
    this.name = 'Trouble';
    this.sentence = sentence;
  }
}

/** The end of a sentence that says why: by our own code, or in the words of the system. */
export function whyOf(error: unknown): SimulationSentence {
  return error instanceof Trouble ? error.sentence : does('REASON', { reason: reasonOf(error) });
}
