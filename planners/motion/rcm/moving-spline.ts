/** How a cubic spline ends. `clamped` gives its slopes there [channels]. */
export type SplineEnds =
  | { readonly kind: 'not-a-knot' }
  | { readonly kind: 'periodic' }
  | { readonly kind: 'clamped'; readonly first: ArrayLike<number>; readonly last: ArrayLike<number> };

/** A cubic spline of several channels: pieces of constant third derivative, smooth to the second. */
export interface CubicSpline {
  readonly channels: number;
  /** Knots [pieces + 1]. */
  readonly time: Float64Array;
  /** Value and its first, second and third derivative where a piece begins: [pieces][4][channels]. */
  readonly pieces: Float64Array;
}

/**
 * The cubic spline through `values` [knots][channels] at ascending `time` [knots]: at least four knots, or two where its ends are
 * clamped. A periodic one needs the same values at both ends.
 */
export function fitSpline(time: Float64Array, values: Float64Array, channels: number, ends: SplineEnds): CubicSpline {
  const count = time.length;
  const pieces = new Float64Array(4 * channels * (count - 1));
  const bend = new Float64Array(count);
  const y = new Float64Array(count);
  for (let c = 0; c < channels; c++) {
    for (let k = 0; k < count; k++) y[k] = values[k * channels + c];
    secondDerivatives(time, y, c, ends, bend);
    for (let k = 0; k + 1 < count; k++) {
      const h = time[k + 1] - time[k];
      const o = 4 * channels * k + c;
      pieces[o] = y[k];
      pieces[o + channels] = (y[k + 1] - y[k]) / h - (h * (2 * bend[k] + bend[k + 1])) / 6;
      pieces[o + 2 * channels] = bend[k];
      pieces[o + 3 * channels] = (bend[k + 1] - bend[k]) / h;
    }
  }
  return { channels, time, pieces };
}

/** Second derivatives at the knots: rows `h m_before + 2 (h + H) m + H m_after = 6 (change of slope)`, and one for each end. */
function secondDerivatives(t: Float64Array, y: Float64Array, c: number, ends: SplineEnds, out: Float64Array): void {
  const last = t.length - 1;
  const h = (k: number): number => t[k + 1] - t[k];
  const slope = (k: number): number => (y[k + 1] - y[k]) / h(k);
  const [low, mid, high, right] = [0, 1, 2, 3].map(() => new Float64Array(last + 1));
  for (let k = 1; k < last; k++) {
    low[k] = h(k - 1);
    mid[k] = 2 * (h(k - 1) + h(k));
    high[k] = h(k);
    right[k] = 6 * (slope(k) - slope(k - 1));
  }
  if (ends.kind === 'clamped') {
    mid[0] = 2 * h(0);
    high[0] = h(0);
    right[0] = 6 * (slope(0) - ends.first[c]);
    low[last] = h(last - 1);
    mid[last] = 2 * h(last - 1);
    right[last] = 6 * (ends.last[c] - slope(last - 1));
    tridiagonal(low, mid, high, right, 0, last, out);
  } else if (ends.kind === 'not-a-knot') {
    // One cubic over the first two pieces: m0 = m1 + (m1 - m2) h0 / h1; alike at the end.
    const begin = h(0) / h(1);
    const end = h(last - 1) / h(last - 2);
    mid[1] += h(0) * (1 + begin);
    high[1] -= h(0) * begin;
    mid[last - 1] += h(last - 1) * (1 + end);
    low[last - 1] -= h(last - 1) * end;
    tridiagonal(low, mid, high, right, 1, last - 1, out);
    out[0] = out[1] + begin * (out[1] - out[2]);
    out[last] = out[last - 1] + end * (out[last - 1] - out[last - 2]);
  } else {
    // Round the seam: the matrix has two corners, which a change of rank one takes out (Sherman and Morrison).
    const seam = h(last - 1);
    mid[0] = 2 * (seam + h(0));
    high[0] = h(0);
    right[0] = 6 * (slope(0) - slope(last - 1));
    const push = new Float64Array(last + 1);
    push[0] = -mid[0];
    push[last - 1] = seam;
    const first = mid[0];
    mid[0] += first;
    mid[last - 1] += (seam * seam) / first;
    const answer = new Float64Array(last + 1);
    tridiagonal(low, mid, high, push, 0, last - 1, answer);
    tridiagonal(low, mid, high, right, 0, last - 1, out);
    const across = (v: Float64Array): number => v[0] - (seam / first) * v[last - 1];
    const share = across(out) / (1 + across(answer));
    for (let k = 0; k < last; k++) out[k] -= share * answer[k];
    out[last] = out[0];
  }
}

/** Solves rows `from` to `to` of a tridiagonal system into `out`; the matrix is dominated by its diagonal. */
function tridiagonal(
  low: Float64Array,
  mid: Float64Array,
  high: Float64Array,
  right: Float64Array,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const over = new Float64Array(out.length);
  let pivot = mid[from];
  out[from] = right[from] / pivot;
  for (let k = from + 1; k <= to; k++) {
    over[k - 1] = high[k - 1] / pivot;
    pivot = mid[k] - low[k] * over[k - 1];
    out[k] = (right[k] - low[k] * out[k - 1]) / pivot;
  }
  for (let k = to - 1; k >= from; k--) out[k] -= over[k] * out[k + 1];
}

/** Number of the piece at `t`: the first before its beginning, the last after its end. */
export function pieceOf(time: ArrayLike<number>, pieces: number, t: number): number {
  let lo = 0;
  let hi = pieces;
  while (hi - lo > 1) {
    const middle = (lo + hi) >> 1;
    if (time[middle] <= t) lo = middle;
    else hi = middle;
  }
  return lo;
}
