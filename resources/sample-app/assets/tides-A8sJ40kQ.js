const HALF_LUNAR_DAY = 44_714_000;
const REFERENCE_HIGH = Date.UTC(2024, 0, 11, 13, 20);

/** Highs and lows of the local day, from the mean lunar tide alone: nice to look at, useless at sea. */
export function tidesOf(now) {
  const start = new Date(now).setHours(0, 0, 0, 0);
  const end = new Date(now).setHours(24, 0, 0, 0);
  const step = HALF_LUNAR_DAY / 2;
  const tides = [];
  for (let index = Math.ceil((start - REFERENCE_HIGH) / step); ; index += 1) {
    const at = REFERENCE_HIGH + index * step;
    if (at >= end) return tides;
    const high = index % 2 === 0;
    const spring = Math.cos((2 * Math.PI * (at - REFERENCE_HIGH)) / (14.765 * 86_400_000));
    tides.push({ at, kind: high ? 'high' : 'low', metres: high ? 4.6 + 0.9 * spring : 1.4 - 0.7 * spring });
  }
}
