import type { Adoption } from '#contract/models/figures.ts';

/** One band of the curve. */
export type Band = { readonly name: string; readonly devices: readonly number[] };

/** More bands than these cannot be told apart; the last one stands for all others. */
const MAX_BANDS = 6;

/** Bundles as bands, most devices first; those that are many together are one. */
export function bandsOf(
  series: Adoption['series'],
  nameOf: (bundle: Adoption['series'][number]) => string,
  others: string,
): readonly Band[] {
  const bands = series.map((bundle) => ({ name: nameOf(bundle), devices: bundle.devices }));
  if (bands.length <= MAX_BANDS) return bands;
  const kept = bands.slice(0, MAX_BANDS - 1);
  const rest = bands.slice(MAX_BANDS - 1);
  const devices = rest[0]?.devices.map((_, step) => rest.reduce((sum, band) => sum + (band.devices[step] ?? 0), 0));
  return [...kept, { name: others, devices: devices ?? [] }];
}
