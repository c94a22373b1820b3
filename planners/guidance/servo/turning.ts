/** Rotations as [9] column-major matrices, written where they are told to be. No allocation. */

/** Of a unit quaternion x, y, z, w. */
export function rotationOf(x: number, y: number, z: number, w: number, out: Float64Array): void {
  out[0] = 1 - 2 * (y * y + z * z);
  out[1] = 2 * (x * y + z * w);
  out[2] = 2 * (x * z - y * w);
  out[3] = 2 * (x * y - z * w);
  out[4] = 1 - 2 * (x * x + z * z);
  out[5] = 2 * (y * z + x * w);
  out[6] = 2 * (x * z + y * w);
  out[7] = 2 * (y * z - x * w);
  out[8] = 1 - 2 * (x * x + y * y);
}

/** out = a b; not one of them. */
export function multiply(a: Float64Array, b: Float64Array, out: Float64Array): void {
  for (let c = 0; c < 3; c++) {
    for (let r = 0; r < 3; r++) {
      out[3 * c + r] = a[r] * b[3 * c] + a[3 + r] * b[3 * c + 1] + a[6 + r] * b[3 * c + 2];
    }
  }
}

/** out = a b'; not one of them. */
export function multiplyTransposed(a: Float64Array, b: Float64Array, out: Float64Array): void {
  for (let c = 0; c < 3; c++) {
    for (let r = 0; r < 3; r++) out[3 * c + r] = a[r] * b[c] + a[3 + r] * b[3 + c] + a[6 + r] * b[6 + c];
  }
}

/** The vector along the axis of a rotation, as long as its angle [rad]. At half a turn one of the two is taken. */
export function rotationVector(m: Float64Array, out: Float64Array): void {
  const x = (m[5] - m[7]) / 2;
  const y = (m[6] - m[2]) / 2;
  const z = (m[1] - m[3]) / 2;
  const sine = Math.sqrt(x * x + y * y + z * z);
  const cosine = (m[0] + m[4] + m[8] - 1) / 2;
  const angle = Math.atan2(sine, cosine);
  if (sine > 1e-6 || cosine > 0) {
    const grow = sine > 1e-9 ? angle / sine : 1;
    out[0] = grow * x;
    out[1] = grow * y;
    out[2] = grow * z;
    return;
  }
  // Near half a turn the axis is the largest column of m + 1.
  let best = 0;
  for (let c = 1; c < 3; c++) if (m[4 * c] > m[4 * best]) best = c;
  let square = 0;
  for (let r = 0; r < 3; r++) {
    out[r] = m[3 * best + r] + (r === best ? 1 : 0);
    square += out[r] * out[r];
  }
  for (let r = 0; r < 3; r++) out[r] *= angle / Math.sqrt(square);
}
