/** Floats of a row of {@link splineWeights}. */
export const SPLINE_WEIGHTS = 4;

/**
 * Weights of the four control points of a segment at the middles of `perSegment` equal parts of it: the uniform cubic
 * B-spline, [perSegment][4].
 */
export function splineWeights(perSegment: number): Float64Array {
  const out = new Float64Array(SPLINE_WEIGHTS * perSegment);
  for (let i = 0; i < perSegment; i++) {
    const u = (i + 0.5) / perSegment;
    const v = 1 - u;
    out.set([v ** 3 / 6, (3 * u ** 3 - 6 * u ** 2 + 4) / 6, (3 * v ** 3 - 6 * v ** 2 + 4) / 6, u ** 3 / 6], 4 * i);
  }
  return out;
}
