import { stripVTControlCharacters } from 'node:util';

/** What a suite of tests came to. */
export type Summary = {
  readonly passed: number;
  readonly failures: readonly FailedTest[];
  readonly skipped: readonly SkippedTest[];
};

export type FailedTest = {
  readonly name: string;
  /** What it said first, without colours. */
  readonly message: string;
};

export type SkippedTest = {
  readonly name: string;
  /** Undefined when the test does not say why. */
  readonly reason?: string;
};

/** Where a run of vitest leaves its summary as JSON; unset in a run of one's own. */
export const SUMMARY_VARIABLE = 'SLIPWAY_TEST_SUMMARY';

type PlaywrightSuite = {
  readonly title: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly projectName: string;
      readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped';
      readonly annotations?: readonly { readonly type: string; readonly description?: string }[];
      readonly results?: readonly { readonly error?: { readonly message?: string } }[];
    }[];
  }[];
};

/** Report of Playwright's own JSON reporter. */
export type PlaywrightReport = {
  readonly suites: readonly PlaywrightSuite[];
  readonly errors: readonly { readonly message?: string }[];
};

/** Counts each test once per project. Errors outside of tests (a spec that does not load) count as failures. */
export function summarizePlaywright(report: PlaywrightReport): Summary {
  let passed = 0;
  const failures: FailedTest[] = report.errors.map(({ message }) => ({
    name: 'outside of tests',
    message: firstLines(message),
  }));
  const skipped: SkippedTest[] = [];
  const visit = (suite: PlaywrightSuite, path: readonly string[]): void => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        const name = [...path, spec.title, `[${test.projectName}]`].join(' › ');
        if (test.status === 'expected') passed += 1;
        else if (test.status === 'skipped') {
          const reason = test.annotations?.find(({ type }) => type === 'skip' || type === 'fixme')?.description;
          skipped.push(reason === undefined ? { name } : { name, reason });
        } else {
          failures.push({ name, message: firstLines(test.results?.findLast(({ error }) => error)?.error?.message) });
        }
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, [...path, inner.title]);
  };
  for (const suite of report.suites) visit(suite, [suite.title]);
  return { passed, failures, skipped };
}

/** As much of a failure as fits where only the end of a long output is kept. */
export function firstLines(message: string | undefined): string {
  if (message === undefined) return 'no reason given';
  return stripVTControlCharacters(message).trim().split('\n').slice(0, 12).join('\n').slice(0, 1500);
}

/** The one line that machines read: `N passed, N failed`, and `, N skipped` when there are any. */
export function closingLine(passed: number, failed: number, skipped: number): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
