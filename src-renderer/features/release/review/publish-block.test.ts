import { describe, expect, it } from 'vitest';

import { publishBlock } from './publish-block.ts';

const fine = { counts: { errors: 0, warnings: 0, infos: 0 }, isAppValid: true, isVersionUsable: true };

describe('publishBlock', () => {
  it('lets warnings pass: pressing the button is the consent', () => {
    expect(publishBlock({ ...fine, counts: { errors: 0, warnings: 3, infos: 1 } })).toBeNull();
  });

  it('names the first thing that stands in the way', () => {
    expect(publishBlock({ ...fine, counts: null, isAppValid: false })).toBe('checking');
    expect(publishBlock({ ...fine, counts: { errors: 1, warnings: 0, infos: 0 }, isAppValid: false })).toBe('errors');
    expect(publishBlock({ ...fine, isAppValid: false, isVersionUsable: false })).toBe('app');
    expect(publishBlock({ ...fine, isVersionUsable: false })).toBe('version');
  });
});
