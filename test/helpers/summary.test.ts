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
    const { passed, failures, skipped } = summarizePlaywright(report);
    expect(passed).toBe(1);
    expect(failures.map(({ name }) => name)).toEqual([
      'frame.spec.ts › opens › [chromium]',
      'frame.spec.ts › inner › blinks › [chromium]',
    ]);
    expect(skipped).toEqual([]);
  });

  it('says what a failed test said, without its colours', () => {
    const error = { message: '\u001b[31mexpected 1\u001b[39m\n  at a.spec.ts' };
    const test = { ...outcome('unexpected'), results: [{ error }] };
    const suite = { title: 'a.spec.ts', specs: [{ title: 'opens', tests: [test] }] };
    expect(summarizePlaywright({ errors: [], suites: [suite] }).failures).toEqual([
      { name: 'a.spec.ts › opens › [chromium]', message: 'expected 1\n  at a.spec.ts' },
    ]);
  });

  it('names what was skipped with its reason', () => {
    const suite = { title: 'a.spec.ts', specs: [{ title: 'window', tests: [outcome('skipped', 'no Electron')] }] };
    expect(summarizePlaywright({ errors: [], suites: [suite] }).skipped).toEqual([
      { name: 'a.spec.ts › window › [chromium]', reason: 'no Electron' },
    ]);
  });

  it('counts a spec that does not load as a failure', () => {
    expect(summarizePlaywright({ errors: [{ message: 'syntax' }], suites: [] }).failures).toEqual([
      { name: 'outside of tests', message: 'syntax' },
    ]);
  });
});

describe('closingLine', () => {
  it('names skipped tests only where there are any', () => {
    expect(closingLine(3, 0, 0)).toBe('3 passed, 0 failed');
    expect(closingLine(3, 1, 2)).toBe('3 passed, 1 failed, 2 skipped');
  });
});
