import { describe, expect, it } from 'vitest';

import { flatten } from './flatten.ts';

const paths = (names: readonly string[], platform: 'android' | 'ios' | 'electron') =>
  flatten(
    names.map((path) => ({ path })),
    platform,
  ).map(({ path }) => path);

describe('flattening (protocol/clients.md §5, §12.1)', () => {
  it.each([
    ['index.html at the root', ['index.html', 'a.js'], ['index.html', 'a.js'], ['index.html', 'a.js']],
    ['one folder', ['www/index.html', 'www/a.js'], ['index.html', 'a.js'], ['index.html', 'a.js']],
    [
      'one folder beside hidden ones',
      ['www/index.html', '__MACOSX/www/a', '.DS_Store'],
      ['index.html'],
      ['www/index.html', '__MACOSX/www/a', '.DS_Store'],
    ],
    ['two folders', ['a/index.html', 'b/x'], ['a/index.html', 'b/x'], ['a/index.html', 'b/x']],
    ['a single file', ['app.js'], [], ['app.js']],
    ['index.html alone', ['index.html'], ['index.html'], ['index.html']],
  ])('%s', (_, names, android, ios) => {
    expect(paths(names, 'android')).toEqual(android);
    expect(paths(names, 'ios')).toEqual(ios);
    expect(paths(names, 'electron')).toEqual(names);
  });
});
