import type { Adoption } from '#contract/models/figures.ts';

import type { BundleChange } from '../storage/figure-repository.ts';

/** Devices per bundle at the end of each step, from what changed within them. Most devices at the end come first. */
export function countDevices(changes: readonly BundleChange[], steps: number): Adoption['series'] {
  const bundles = Map.groupBy(changes, ({ version, isOnBuiltin }) => JSON.stringify([version, isOnBuiltin]));
  const series = [...bundles.values()].map((ofBundle) => {
    const devices = Array.from({ length: steps }, () => 0);
    // A clock that was set back may have left something from the future; it is now.
    for (const { step, change } of ofBundle) {
      const first = Math.min(Math.max(step, 0), steps - 1);
      devices[first] = (devices[first] ?? 0) + change;
    }
    for (let step = 1; step < steps; step += 1) devices[step] = (devices[step] ?? 0) + (devices[step - 1] ?? 0);
    const [{ version, isOnBuiltin } = { version: null, isOnBuiltin: false }] = ofBundle;
    return { version, isOnBuiltin, devices };
  });
  const last = ({ devices }: Adoption['series'][number]): number => devices.at(-1) ?? 0;
  return series
    .filter(({ devices }) => devices.some((count) => count > 0))
    .toSorted((a, b) => last(b) - last(a) || (b.version ?? '').localeCompare(a.version ?? ''));
}
