import { expect, it } from 'vitest';

import { bandsOf } from './adoption-series.ts';

const bundle = (version: string, devices: readonly number[]) => ({
  version,
  isOnBuiltin: false,
  devices: [...devices],
});

it('puts bundles that are too many to tell apart into one band', () => {
  const series = Array.from({ length: 9 }, (_, index) => bundle(`1.0.${9 - index}`, [index, 9 - index]));
  const bands = bandsOf(series, ({ version }) => version ?? '', 'others');
  expect(bands.map(({ name }) => name)).toEqual(['1.0.9', '1.0.8', '1.0.7', '1.0.6', '1.0.5', 'others']);
  expect(bands.at(-1)?.devices).toEqual([5 + 6 + 7 + 8, 4 + 3 + 2 + 1]);
  expect(bandsOf(series.slice(0, 6), ({ version }) => version ?? '', 'others').at(-1)?.name).toBe('1.0.4');
});
