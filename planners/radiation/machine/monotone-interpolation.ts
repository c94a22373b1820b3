/**
 * Monotone piecewise cubic interpolation (Fritsch and Carlson, SIAM J. Numer. Anal. 17 (1980) 238, with the weighted
 * harmonic mean of Fritsch and Butland for the slopes). Between two points it never leaves the range of their values;
 * outside the first and the last point it holds their values.
 *
 * @param x strictly increasing, at least two points
 */
export function monotoneInterpolant(x: ArrayLike<number>, y: ArrayLike<number>): (at: number) => number {
  const n = x.length;
  const h = Float64Array.from({ length: n - 1 }, (_, i) => x[i + 1] - x[i]);
  const secant = Float64Array.from({ length: n - 1 }, (_, i) => (y[i + 1] - y[i]) / h[i]);
  const slope = new Float64Array(n);
  slope[0] = n === 2 ? secant[0] : endSlope(h[0], h[1], secant[0], secant[1]);
  slope[n - 1] = n === 2 ? secant[0] : endSlope(h[n - 2], h[n - 3], secant[n - 2], secant[n - 3]);
  for (let i = 1; i < n - 1; i++) {
    if (secant[i - 1] * secant[i] <= 0) continue;
    const w1 = 2 * h[i] + h[i - 1];
    const w2 = h[i] + 2 * h[i - 1];
    slope[i] = (w1 + w2) / (w1 / secant[i - 1] + w2 / secant[i]);
  }
  return (at) => {
    if (!(at > x[0])) return y[0];
    if (at >= x[n - 1]) return y[n - 1];
    let i = 0;
    while (at >= x[i + 1]) i++;
    const t = (at - x[i]) / h[i];
    const s = 1 - t;
    return (
      s * s * ((1 + 2 * t) * y[i] + t * h[i] * slope[i]) + t * t * ((3 - 2 * t) * y[i + 1] - s * h[i] * slope[i + 1])
    );
  };
}

/** One-sided three-point slope, limited so that the end piece stays monotone. */
function endSlope(h0: number, h1: number, secant0: number, secant1: number): number {
  const slope = ((2 * h0 + h1) * secant0 - h0 * secant1) / (h0 + h1);
  if (slope * secant0 <= 0) return 0;
  return secant0 * secant1 <= 0 && Math.abs(slope) > 3 * Math.abs(secant0) ? 3 * secant0 : slope;
}
