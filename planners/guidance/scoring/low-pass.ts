/** Second-order Butterworth low-pass, forward and backward; ends continued by reflection about the end point. */
export function lowPassZeroPhase(x: Float64Array, cutoffHz: number, rateHz: number): Float64Array {
  const n = x.length;
  const pad = Math.min(n - 1, Math.round((3 * rateHz) / cutoffHz));
  const wide = Float64Array.from({ length: n + 2 * pad }, (_, i) => {
    const at = i - pad;
    if (at < 0) return 2 * x[0] - x[-at];
    return at < n ? x[at] : 2 * x[n - 1] - x[2 * n - 2 - at];
  });
  const g = Math.tan((Math.PI * cutoffHz) / rateHz);
  const scale = 1 / (1 + g * (g + Math.SQRT2));
  for (let pass = 0; pass < 2; pass++) {
    let first = 0;
    let second = wide[0];
    for (let i = 0; i < wide.length; i++) {
      const high = (wide[i] - second - (g + Math.SQRT2) * first) * scale;
      const band = g * high + first;
      first = g * high + band;
      const low = g * band + second;
      second = g * band + low;
      wide[i] = low;
    }
    wide.reverse();
  }
  return wide.slice(pad, pad + n);
}
