import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { expired } from './retention.ts';

const DAY_MS = 86_400_000;
const nowMs = 1000 * DAY_MS;

/** Releases r0 (newest) … with their ages in days. */
const aged = (...days: number[]) =>
  days.map((age, index) => ({ releaseId: `r${index}`, createdAtMs: nowMs - age * DAY_MS }));
const ids = (releases: readonly { readonly releaseId: string }[]) =>
  releases.map(({ releaseId }) => releaseId).join(' ');

describe('retention (issue 5 line 6)', () => {
  it.each([
    ['keeps everything unless told otherwise', null, null, [], ''],
    ['by count keeps the newest', 2, null, [], 'r2 r3'],
    ['by age keeps the young', null, 10, [], 'r2 r3'],
    ['by both removes what neither keeps', 3, 10, [], 'r3'],
    ['by both keeps the young however many', 1, 10, [], 'r2 r3'],
    ['never removes what is in use', 1, null, ['r3'], 'r1 r2'],
    ['counts what is in use among the newest', 2, null, ['r0'], 'r2 r3'],
  ] as const)('%s', (_, keepCount, keepDays, inUse, gone) => {
    const { goes } = expired(aged(0, 5, 15, 30), { keepCount, keepDays }, nowMs, new Set<string>(inUse));
    expect(ids(goes)).toBe(gone);
  });

  it('a release of exactly the age goes', () => {
    expect(ids(expired(aged(10), { keepCount: null, keepDays: 10 }, nowMs, new Set()).goes)).toBe('r0');
  });

  it('never touches what is in use, nor the newest ones, nor the young, whatever there is', () => {
    const limit = fc.option(fc.integer({ min: 1, max: 50 }), { nil: null });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 })),
        limit,
        limit,
        fc.array(fc.integer({ min: 0, max: 60 })),
        (days, keepCount, keepDays, used) => {
          const releases = aged(...days.toSorted((a, b) => a - b));
          const inUse = new Set(used.map((index) => `r${index}`));
          const { goes, staysInUse } = expired(releases, { keepCount, keepDays }, nowMs, inUse);
          for (const release of goes) {
            expect(inUse.has(release.releaseId)).toBe(false);
            expect(releases.indexOf(release)).toBeGreaterThanOrEqual(keepCount ?? 0);
            expect(nowMs - release.createdAtMs).toBeGreaterThanOrEqual((keepDays ?? 0) * DAY_MS);
          }
          for (const { releaseId } of staysInUse) expect(inUse.has(releaseId)).toBe(true);
        },
      ),
    );
  });
});
