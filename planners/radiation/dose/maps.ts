import { spectrumLength } from '../../../kernels/fft-convolution/index.ts';
import { erf } from '../math/erf.ts';

/** A matrix whose rows hold `band` neighbouring weights each, as the separable-map kernel wants it. */
export interface BandedMatrix {
  readonly rows: number;
  /** Multiple of four. */
  readonly band: number;
  readonly shapes: number;
  /** First column of each row. */
  readonly starts: Uint32Array;
  /** [shapes][rows][band] */
  readonly weights: Float32Array;
}

/** Weights below this fraction of the largest are left out of a band. */
const NEGLIGIBLE = 1e-6;

/** Packs dense matrices of one shape ([shape][row][column]) into bands that cover the entries of all of them. */
export function packBands(dense: readonly Float64Array[], rows: number, columns: number): BandedMatrix {
  const largest = Math.max(...dense.map((m) => m.reduce((a, b) => Math.max(a, Math.abs(b)), 0)));
  const firsts = new Uint32Array(rows);
  let width = 1;
  for (let r = 0; r < rows; r++) {
    let first = columns;
    let last = -1;
    for (const m of dense) {
      for (let c = 0; c < columns; c++) {
        if (Math.abs(m[r * columns + c]) <= NEGLIGIBLE * largest) continue;
        first = Math.min(first, c);
        last = Math.max(last, c);
      }
    }
    firsts[r] = last < 0 ? 0 : first;
    width = Math.max(width, last - first + 1);
  }
  const band = Math.ceil(width / 4) * 4;
  const stride = bandStride(columns, band);
  const starts = firsts.map((first) => Math.min(first, stride - band));
  const weights = new Float32Array(dense.length * rows * band);
  dense.forEach((m, shape) => {
    for (let r = 0; r < rows; r++) {
      for (let a = 0; a < band && starts[r] + a < columns; a++) {
        weights[(shape * rows + r) * band + a] = m[r * columns + starts[r] + a];
      }
    }
  });
  return { rows, band, shapes: dense.length, starts, weights };
}

/** Floats from row to row of a map whose rows a band of this width reads: whole groups of four, none shorter than a band. */
export function bandStride(columns: number, band: number): number {
  return Math.max(Math.ceil(columns / 4) * 4, band);
}

export function transposed(m: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(m.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = m[r * columns + c];
  return out;
}

/**
 * Cubic B-spline coefficients, on `nodes` nodes of pitch `pitchMm`, of a row of bixels blurred by a unit Gaussian:
 * entry [node][bixel]. Node 0 lies `marginMm` before the outer edge of bixel 0.
 */
export function blurredBixelSplines(o: {
  nodes: number;
  pitchMm: number;
  marginMm: number;
  bixels: number;
  bixelMm: number;
  sigmaMm: number;
}): Float64Array {
  const out = new Float64Array(o.nodes * o.bixels);
  const sample = new Float64Array(o.nodes);
  const scale = 1 / (Math.SQRT2 * o.sigmaMm);
  for (let b = 0; b < o.bixels; b++) {
    for (let n = 0; n < o.nodes; n++) {
      const left = n * o.pitchMm - o.marginMm - b * o.bixelMm;
      sample[n] = 0.5 * (erf(left * scale) - erf((left - o.bixelMm) * scale));
    }
    toSplineCoefficients(sample);
    for (let n = 0; n < o.nodes; n++) out[n * o.bixels + b] = sample[n];
  }
  return out;
}

/** Solves (c[i-1] + 4 c[i] + c[i+1]) / 6 = s[i] in place, with zero beyond the ends (Thomas algorithm). */
function toSplineCoefficients(s: Float64Array): void {
  const n = s.length;
  const upper = new Float64Array(n);
  let pivot = 4;
  s[0] = (6 * s[0]) / pivot;
  for (let i = 1; i < n; i++) {
    upper[i] = 1 / pivot;
    pivot = 4 - upper[i];
    s[i] = (6 * s[i] - s[i - 1]) / pivot;
  }
  for (let i = n - 2; i >= 0; i--) s[i] -= upper[i + 1] * s[i + 1];
}

/** Share of each cell (pitch `pitchMm`, cell 0 begins at the outer edge of bixel 0) that each bixel covers: [cell][bixel]. */
export function coveredShares(cells: number, pitchMm: number, bixels: number, bixelMm: number): Float64Array {
  const out = new Float64Array(cells * bixels);
  for (let c = 0; c < cells; c++) {
    for (let b = 0; b < bixels; b++) {
      const overlap = Math.min((c + 1) * pitchMm, (b + 1) * bixelMm) - Math.max(c * pitchMm, b * bixelMm);
      out[c * bixels + b] = Math.max(0, overlap) / pitchMm;
    }
  }
  return out;
}

/**
 * Spectra of the four broad kernels of one beam on a periodic map, for the fft-convolution kernel: sums of Gaussians,
 * divided by the spectrum of what the map itself blurs (a cell is a mean over its square, and reading between the nodes is
 * linear: together sinc^3 along each axis).
 *
 * @param broad coefficients [4][sigmas]
 */
export function broadSpectra(
  out: Float32Array,
  size: number,
  pitchMm: number,
  sigmasMm: readonly number[],
  broad: ArrayLike<number>,
): void {
  const plane = spectrumLength(size) / 4;
  const half = size / 2;
  const blur = new Float64Array(half + 1);
  const gauss = sigmasMm.map(() => new Float64Array(half + 1));
  for (let k = 0; k <= half; k++) {
    const perSample = k / size;
    const sinc = k === 0 ? 1 : Math.sin(Math.PI * perSample) / (Math.PI * perSample);
    blur[k] = sinc ** -3 / size;
    const f = perSample / pitchMm;
    sigmasMm.forEach((sigma, s) => {
      gauss[s][k] = Math.exp(-2 * (Math.PI * sigma * f) ** 2);
    });
  }
  const count = sigmasMm.length;
  for (let kx = 0; kx <= half; kx++) {
    for (let ky = 0; ky < size; ky++) {
      const my = Math.min(ky, size - ky);
      const correction = blur[kx] * blur[my];
      for (let i = 0; i < 4; i++) {
        let sum = 0;
        for (let s = 0; s < count; s++) sum += broad[i * count + s] * gauss[s][kx] * gauss[s][my];
        out[i * plane + kx * size + ky] = sum * correction;
      }
    }
  }
}
