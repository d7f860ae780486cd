import { describe, expect, it } from 'vitest';

import { closingLine, summarizePlaywright } from './summary.ts';

const outcome = (status: 'expected' | 'unexpected' | 'flaky' | 'skipped', reason?: string) => ({
  projectName: 'chromium',
  status,
  ...(reason === undefined ? {} : { annotations: [{ type: 'skip', description: reason }] }),
});

describe('summarizePlaywright', () => {
  it('counts every test of every project, and takes a flaky one for failed', () => {
    const report = {
      errors: [],
      suites: [
        {
          title: 'frame.spec.ts',
          specs: [{ title: 'opens', tests: [outcome('expected'), outcome('unexpected')] }],
          suites: [{ title: 'inner', specs: [{ title: 'blinks', tests: [outcome('flaky')] }] }],
        },
      ],
    };
    expect(summarizePlaywright(report)).toEqual({ passed: 1, failed: 2, skipped: [] });
  });

  it('names what was skipped with its reason', () => {
    const suite = { title: 'a.spec.ts', specs: [{ title: 'window', tests: [outcome('skipped', 'no Electron')] }] };
    expect(summarizePlaywright({ errors: [], suites: [suite] }).skipped).toEqual([
      { name: 'a.spec.ts › window › [chromium]', reason: 'no Electron' },
    ]);
  });

  it('counts a spec that does not load as a failure', () => {
    expect(summarizePlaywright({ errors: [{ message: 'syntax' }], suites: [] }).failed).toBe(1);
  });
});

describe('closingLine', () => {
  it('names skipped tests only where there are any', () => {
    expect(closingLine(3, 0, 0)).toBe('3 passed, 0 failed');
    expect(closingLine(3, 1, 2)).toBe('3 passed, 1 failed, 2 skipped');
  });
});
