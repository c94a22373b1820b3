/**
 * Circular convolution with even kernels in float64 and without a fast transform: the kernels are brought to space by
 * direct cosine sums, then each output is a direct sum over the input's non-zero elements.
 *
 * A spectrum S(kx, ky), kx <= n / 2, is real, even in both and carries the 1 / n^2 of the inverse transform, so the kernel
 * is k(x, y) = sum over all kx, ky of S(kx, ky) cos(2 pi kx x / n) cos(2 pi ky y / n) and is even too (definition of the
 * discrete Fourier transform; the sines cancel). Because k is even, the transpose of the convolution with k is itself.
 */

/** The kernel k[y][x] of one spectrum plane [n / 2 + 1][n]. */
export function kernelOf(spectrum: ArrayLike<number>, offset: number, n: number): Float64Array {
  const half = n / 2;
  const cosine = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  // Sum over ky for each kx, then over kx; both for half of the outputs, the others are mirror images.
  const alongY = new Float64Array((half + 1) * (half + 1));
  for (let kx = 0; kx <= half; kx++) {
    for (let y = 0; y <= half; y++) {
      let sum = 0;
      for (let ky = 0; ky < n; ky++) sum += spectrum[offset + kx * n + ky] * cosine[(ky * y) % n];
      alongY[kx * (half + 1) + y] = sum;
    }
  }
  const kernel = new Float64Array(n * n);
  for (let y = 0; y <= half; y++) {
    for (let x = 0; x <= half; x++) {
      let sum = 0;
      for (let kx = 0; kx < n; kx++) sum += alongY[Math.min(kx, n - kx) * (half + 1) + y] * cosine[(kx * x) % n];
      for (const row of [y, (n - y) % n]) {
        for (const column of [x, (n - x) % n]) kernel[row * n + column] = sum;
      }
    }
  }
  return kernel;
}

function addConvolved(
  map: ArrayLike<number>,
  kernel: Float64Array,
  n: number,
  add: (y: number, x: number, value: number) => void,
): void {
  const sum = new Float64Array(n * n);
  for (let v = 0; v < n; v++) {
    for (let u = 0; u < n; u++) {
      const value = map[v * n + u];
      if (value === 0) continue;
      for (let y = 0; y < n; y++) {
        const row = ((y - v + n) % n) * n;
        for (let x = 0; x < n; x++) sum[y * n + x] += value * kernel[row + ((x - u + n) % n)];
      }
    }
  }
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) add(y, x, sum[y * n + x]);
}

/** f32[beams][n][n] -> [beams][n][n][4]. */
export function convolveReference(
  beams: number,
  n: number,
  input: ArrayLike<number>,
  spectra: ArrayLike<number>,
): Float64Array {
  const output = new Float64Array(beams * n * n * 4);
  for (let beam = 0; beam < beams; beam++) {
    const map = Float64Array.from({ length: n * n }, (_, i) => input[beam * n * n + i]);
    for (let k = 0; k < 4; k++) {
      const kernel = kernelOf(spectra, (beam * 4 + k) * (n / 2 + 1) * n, n);
      addConvolved(map, kernel, n, (y, x, value) => {
        output[((beam * n + y) * n + x) * 4 + k] = value;
      });
    }
  }
  return output;
}

/** f32[beams][parts][n][n][4] -> [beams][n][n]. */
export function convolveAdjointReference(
  beams: number,
  parts: number,
  n: number,
  input: ArrayLike<number>,
  spectra: ArrayLike<number>,
): Float64Array {
  const output = new Float64Array(beams * n * n);
  for (let beam = 0; beam < beams; beam++) {
    for (let k = 0; k < 4; k++) {
      const map = new Float64Array(n * n);
      for (let part = 0; part < parts; part++) {
        for (let i = 0; i < n * n; i++) map[i] += input[((beam * parts + part) * n * n + i) * 4 + k];
      }
      const kernel = kernelOf(spectra, (beam * 4 + k) * (n / 2 + 1) * n, n);
      addConvolved(map, kernel, n, (y, x, value) => {
        output[(beam * n + y) * n + x] += value;
      });
    }
  }
  return output;
}
