import type { FigureRange } from '#contract/models/figures.ts';

/** What tells the steps of a range apart. */
const parts: Readonly<Record<FigureRange, Intl.DateTimeFormatOptions>> = {
  '1h': { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  '24h': { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  '7d': { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  '30d': { day: 'numeric', month: 'short' },
};

export function formatStep(at: string, range: FigureRange, language: string): string {
  return new Intl.DateTimeFormat(language, parts[range]).format(new Date(at));
}
