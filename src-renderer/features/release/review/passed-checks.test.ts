import { describe, expect, it } from 'vitest';

import { passedChecks, ungroupedCodes } from './passed-checks.ts';

describe('passedChecks', () => {
  it('speaks of every error and warning that the check knows', () => {
    expect(ungroupedCodes()).toEqual([]);
  });

  it('leaves out the check that something was found by', () => {
    const facts = { isZip: false, hasProject: true };
    const passed = passedChecks([{ code: 'NAME_CASE_CLASH', severity: 'error', params: {} }], facts);
    expect(passed).toContain('ready');
    expect(passed).not.toContain('names');
  });

  it('claims nothing about what was not looked at', () => {
    const passed = passedChecks([], { isZip: true, hasProject: false });
    expect(passed).toContain('zip');
    expect(passed).not.toContain('links');
    expect(passed).not.toContain('config');
  });
});
