/** Twice as far as any distance within a slice of 4096 pixels squared. */
const FAR = 1e8;

/**
 * The shape halfway (or `share` of the way) from one slice to the next: signed distances to the two outlines, interpolated
 * (Raya and Udupa 1990).
 *
 * @param below {@link signedDistance} of each, f32[rows][columns]
 * @param out coverage, 0 to 1
 */
export function shapeBetween(below: Float32Array, above: Float32Array, share: number, out: Float32Array): void {
  for (let n = 0; n < out.length; n++) {
    const distance = (1 - share) * below[n] + share * above[n];
    out[n] = Math.min(1, Math.max(0, 0.5 - distance));
  }
}

/** Distance [pixels] of each centre to the outline at half coverage, negative inside. */
export function signedDistance(cover: Float32Array, columns: number, rows: number): Float32Array {
  const toInside = new Float64Array(cover.length);
  const toOutside = new Float64Array(cover.length);
  for (let n = 0; n < cover.length; n++) {
    if (cover[n] >= 0.5) toOutside[n] = FAR;
    else toInside[n] = FAR;
  }
  squaredDistances(toInside, columns, rows);
  squaredDistances(toOutside, columns, rows);
  const signed = new Float32Array(cover.length);
  for (let n = 0; n < signed.length; n++) {
    signed[n] = toInside[n] > 0 ? Math.sqrt(toInside[n]) - 0.5 : 0.5 - Math.sqrt(toOutside[n]);
  }
  return signed;
}

/** To the nearest pixel that is 0, in place, by lower envelopes of parabolas (Felzenszwalb and Huttenlocher 2012). */
function squaredDistances(squared: Float64Array, columns: number, rows: number): void {
  const most = Math.max(columns, rows);
  const work: Envelope = { line: new Float64Array(most), apex: new Int32Array(most), from: new Float64Array(most + 1) };
  for (let i = 0; i < columns; i++) envelope(squared, i, columns, rows, work);
  for (let j = 0; j < rows; j++) envelope(squared, j * columns, 1, columns, work);
}

interface Envelope {
  readonly line: Float64Array;
  readonly apex: Int32Array;
  readonly from: Float64Array;
}

/** One line of `count` values, each `stride` after the other. */
function envelope(squared: Float64Array, start: number, stride: number, count: number, work: Envelope): void {
  const { line, apex, from } = work;
  for (let q = 0, at = start; q < count; q++, at += stride) line[q] = squared[at];
  let top = 0;
  apex[0] = 0;
  from[0] = Number.NEGATIVE_INFINITY;
  from[1] = Number.POSITIVE_INFINITY;
  for (let q = 1; q < count; q++) {
    let s = crossing(line, apex[top], q);
    while (s <= from[top]) {
      top--;
      s = crossing(line, apex[top], q);
    }
    top++;
    apex[top] = q;
    from[top] = s;
    from[top + 1] = Number.POSITIVE_INFINITY;
  }
  for (let q = 0, n = 0, at = start; q < count; q++, at += stride) {
    while (from[n + 1] < q) n++;
    squared[at] = (q - apex[n]) ** 2 + line[apex[n]];
  }
}

function crossing(values: Float64Array, p: number, q: number): number {
  return (values[q] + q * q - (values[p] + p * p)) / (2 * (q - p));
}
