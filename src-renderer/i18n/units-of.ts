import type { Units } from '#contract/texts/units.ts';

import { formatBytes, formatNumber } from './format.ts';

/** How a language writes the numbers of a sentence; fractions with as many digits as they have. */
export function unitsOf(language: string): Units {
  return {
    bytes: (bytes) => formatBytes(bytes, language),
    count: (count) => formatNumber(count, language),
    decimal: (value) => value.toLocaleString(language),
  };
}
