/** Lower end of the Wilson score interval for `hits` of `total`, at a two-sided confidence. 0 when nothing was counted. */
export function wilsonLowerBound(hits: number, total: number, confidence: number): number {
  if (total <= 0) return 0;
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const share = hits / total;
  const centre = share + (z * z) / (2 * total);
  const spread = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  return Math.max(0, (centre - spread) / (1 + (z * z) / total));
}

/** Inverse of the standard normal distribution by bisection over its integral: exact to 1e-9, and called once a check. */
function normalQuantile(probability: number): number {
  let low = -10;
  let high = 10;
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    if (normalCumulative(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Abramowitz and Stegun 26.2.17 is only good to 7.5e-8, so this sums the series of the error function instead. */
function normalCumulative(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0;
  let term = x;
  let sum = x;
  for (let n = 3; Math.abs(term) > 1e-17; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + sum * Math.exp((-x * x) / 2) * 0.398_942_280_401_432_7;
}
