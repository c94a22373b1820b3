/** Twice as far as any distance within a slice of 4096 pixels squared. */
const FAR = 1e8;

/**
 * The shape halfway (or `share` of the way) from one slice to the next: signed distances to the two outlines, interpolated
 * (Raya and Udupa 1990). All are f32[rows][columns] of coverage, 0 to 1.
 */
export function shapeBetween(
  below: Float32Array,
  above: Float32Array,
  share: number,
  columns: number,
  rows: number,
  out: Float32Array,
): void {
  const a = signedDistance(below, columns, rows);
  const b = signedDistance(above, columns, rows);
  for (let n = 0; n < out.length; n++) {
    const distance = (1 - share) * a[n] + share * b[n];
    out[n] = Math.min(1, Math.max(0, 0.5 - distance));
  }
}

/** Distance [pixels] of each centre to the outline at half coverage, negative inside. */
function signedDistance(cover: Float32Array, columns: number, rows: number): Float64Array {
  const outside = distanceTo(cover, columns, rows, (value) => value >= 0.5);
  const inside = distanceTo(cover, columns, rows, (value) => value < 0.5);
  for (let n = 0; n < outside.length; n++) {
    outside[n] = outside[n] > 0 ? outside[n] - 0.5 : 0.5 - inside[n];
  }
  return outside;
}

/** Distance of each pixel to the nearest that `isIt`, by lower envelopes of parabolas (Felzenszwalb and Huttenlocher 2012). */
function distanceTo(
  cover: Float32Array,
  columns: number,
  rows: number,
  isIt: (value: number) => boolean,
): Float64Array {
  const squared = Float64Array.from(cover, (value) => (isIt(value) ? 0 : FAR));
  const line = new Float64Array(Math.max(columns, rows));
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < rows; j++) line[j] = squared[j * columns + i];
    envelope(line, rows, (j, value) => {
      squared[j * columns + i] = value;
    });
  }
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) line[i] = squared[j * columns + i];
    envelope(line, columns, (i, value) => {
      squared[j * columns + i] = value;
    });
  }
  for (let n = 0; n < squared.length; n++) squared[n] = Math.sqrt(squared[n]);
  return squared;
}

function envelope(values: Float64Array, count: number, put: (at: number, value: number) => void): void {
  const apex = new Int32Array(count);
  const from = new Float64Array(count + 1);
  let top = 0;
  from[0] = Number.NEGATIVE_INFINITY;
  from[1] = Number.POSITIVE_INFINITY;
  for (let q = 1; q < count; q++) {
    let s = crossing(values, apex[top], q);
    while (s <= from[top]) {
      top--;
      s = crossing(values, apex[top], q);
    }
    top++;
    apex[top] = q;
    from[top] = s;
    from[top + 1] = Number.POSITIVE_INFINITY;
  }
  const results = new Float64Array(count);
  for (let q = 0, n = 0; q < count; q++) {
    while (from[n + 1] < q) n++;
    results[q] = (q - apex[n]) ** 2 + values[apex[n]];
  }
  for (let q = 0; q < count; q++) put(q, results[q]);
}

function crossing(values: Float64Array, p: number, q: number): number {
  return (values[q] + q * q - (values[p] + p * p)) / (2 * (q - p));
}
