import type { Adoption, FigureRange, UpdateFigures } from '#contract/models/figures.ts';

import { AppError } from '../app-error.ts';
import type { Clock } from '../ports.ts';
import type { FigureFilter, FigureRepository } from '../storage/figure-repository.ts';
import { toTimestamp } from '../storage/time.ts';
import { countDevices } from './adoption.ts';

type Question = Omit<FigureFilter, 'sinceMs'> & { readonly range: FigureRange };

export type FigureService = {
  /** Throws `APP_NOT_FOUND`. */
  updates(question: Question): UpdateFigures;
  /** Throws `APP_NOT_FOUND`. */
  adoption(question: Omit<Question, 'version'>): Adoption;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How far back a range looks, and the steps that a curve over it has. */
const ranges: Readonly<Record<FigureRange, { readonly lengthMs: number; readonly stepMs: number }>> = {
  '1h': { lengthMs: HOUR_MS, stepMs: 2 * MINUTE_MS },
  '24h': { lengthMs: DAY_MS, stepMs: HOUR_MS },
  '7d': { lengthMs: 7 * DAY_MS, stepMs: 6 * HOUR_MS },
  '30d': { lengthMs: 30 * DAY_MS, stepMs: DAY_MS },
};

/** The longest range; nothing older is kept for figures. */
export const FIGURES_KEPT_MS = ranges['30d'].lengthMs;

const MAX_RELEASES = 50;

export function createFigures({
  figures,
  clock,
  isApp,
}: {
  readonly figures: FigureRepository;
  readonly clock: Clock;
  readonly isApp: (appId: string) => boolean;
}): FigureService {
  function checkApp(appId: string): void {
    if (!isApp(appId)) throw new AppError('APP_NOT_FOUND', { appId });
  }

  return {
    updates({ range, ...filter }) {
      checkApp(filter.appId);
      const toMs = clock.now();
      const since = { ...filter, sinceMs: toMs - ranges[range].lengthMs };
      return {
        fromAt: toTimestamp(since.sinceMs),
        toAt: toTimestamp(toMs),
        total: figures.total(since),
        byRelease: figures.byRelease(since, MAX_RELEASES),
        byChannel: figures.byChannel(since),
        failures: figures.failures(since).map(({ cause, devices, releases, lastAtMs }) => ({
          cause,
          devices,
          releases,
          lastAt: toTimestamp(lastAtMs),
        })),
      };
    },
    adoption({ range, ...filter }) {
      checkApp(filter.appId);
      const { lengthMs, stepMs } = ranges[range];
      const sinceMs = clock.now() - lengthMs;
      const steps = Math.round(lengthMs / stepMs);
      return {
        at: Array.from({ length: steps }, (_, step) => toTimestamp(sinceMs + (step + 1) * stepMs)),
        series: countDevices(figures.bundleChanges({ ...filter, sinceMs }, stepMs), steps),
      };
    },
  };
}
