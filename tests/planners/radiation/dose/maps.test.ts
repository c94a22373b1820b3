import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../../engine/core/random.ts';
import { spectrumLength } from '../../../../kernels/fft-convolution/index.ts';
import { cubicBSpline } from '../../../../kernels/photon-dose-forward/reference.ts';
import {
  type BandedMatrix,
  bandStride,
  blurredBixelSplines,
  broadSpectra,
  coveredShares,
  packBands,
  transposed,
} from '../../../../planners/radiation/dose/maps.ts';
import { slab } from '../../../../planners/radiation/dose/reference.ts';

/** The dense matrix of one shape that a banded one stands for. */
function unpacked(m: BandedMatrix, shape: number, columns: number): Float64Array {
  const out = new Float64Array(m.rows * columns);
  for (let r = 0; r < m.rows; r++) {
    for (let a = 0; a < m.band; a++) {
      const weight = m.weights[(shape * m.rows + r) * m.band + a];
      if (m.starts[r] + a < columns) out[r * columns + m.starts[r] + a] = weight;
      else expect(weight).toBe(0);
    }
  }
  return out;
}

/** Largest error along one axis of a row of bixels, one open, read between the nodes of a fine map; relative to its peak. */
function fineError(pitchMm: number, bixelMm: number, sigmaMm: number): number {
  const marginMm = 4 * sigmaMm + 3 * pitchMm;
  const bixels = 5;
  const nodes = Math.ceil((bixels * bixelMm + 2 * marginMm) / pitchMm) + 1;
  const c = blurredBixelSplines({ nodes, pitchMm, marginMm, bixels, bixelMm, sigmaMm });
  const centre = 2.5 * bixelMm;
  let error = 0;
  for (let x = 0; x < bixels * bixelMm; x += 0.07) {
    const t = (x + marginMm) / pitchMm;
    let value = 0;
    for (let n = Math.floor(t) - 1; n <= Math.floor(t) + 2; n++) value += c[n * bixels + 2] * cubicBSpline(t - n);
    error = Math.max(error, Math.abs(value - slab(x - centre, bixelMm / 2, sigmaMm)));
  }
  return error / slab(0, bixelMm / 2, sigmaMm);
}

/** The same for a broad Gaussian on a periodic coarse map: cells' means, kernel spectrum, linear reading. */
function coarseError(pitchMm: number, bixelMm: number, sigmaMm: number): number {
  const size = 64;
  const bixels = 9;
  const spectra = new Float32Array(spectrumLength(size));
  broadSpectra(spectra, size, pitchMm, [sigmaMm], [1, 0, 0, 0]);
  // One Gaussian is a product of its axes; so is its spectrum.
  const axis = (k: number): number => spectra[Math.min(k, size - k) * size] / Math.sqrt(spectra[0]);
  const shares = coveredShares(size, pitchMm, bixels, bixelMm);
  let error = 0;
  // an open bixel at every place relative to the cells
  for (let b = 0; b < bixels; b++) {
    const map = new Float64Array(size);
    for (let n = 0; n < size; n++) {
      for (let k = 0; k < size; k++) {
        for (let m = 0; m < size; m++) {
          const share = shares[m * bixels + b];
          if (share !== 0) map[n] += share * axis(k) * Math.cos((2 * Math.PI * k * (n - m)) / size);
        }
      }
    }
    for (let x = 0; x < bixels * bixelMm; x += 0.11) {
      const t = (((x / pitchMm - 0.5) % size) + size) % size;
      const n = Math.floor(t);
      const value = map[n] * (1 - (t - n)) + map[(n + 1) % size] * (t - n);
      error = Math.max(error, Math.abs(value - slab(x - (b + 0.5) * bixelMm, bixelMm / 2, sigmaMm)));
    }
  }
  return error / slab(0, bixelMm / 2, sigmaMm);
}

// How fine the maps must be: error along one axis of one 5 mm bixel, in percent of that Gaussian's own peak (a square adds
// the errors of both axes). The narrow Gaussians of the two machines on a fine map read by cubic splines, and the narrowest
// broad one on a coarse map (cell means, spectrum corrected by sinc^3, read linearly):
//
//   fine pitch          1 mm    1.5 mm   1.7 mm   2 mm    2.5 mm   3 mm
//   sigma 2.12 mm       0.013   0.081    0.146    0.325   1.06     1.96
//   sigma 2.55 mm       0.010   0.055    0.103    0.223   0.53     1.80
//
//   coarse pitch        2.25 mm   4.5 mm   5.6 mm   6.75 mm   9 mm
//   sigma 9 mm          0.9       3.2      6.6      9.7       19
//
// Chosen: fine maps of 2 mm, or 0.8 sigma (1.7 mm for artiste-6mv) or half a bixel where these are smaller; coarse maps of
// half the broad sigma (4.5 mm), or 0.625 of it (5.6 mm) where that saves a doubling of the map. The 9 mm Gaussian holds a
// few percent of the peak of a single bixel, so its share of the 0.3 % seen in operator.test.ts is about as large as that of
// the fine map; where neighbouring bixels are open its errors, which follow the place of a bixel in its cell, cancel.
describe('pitch of the maps', () => {
  it('cubic splines: the error falls with the fourth power of the pitch and is small at 2 mm', () => {
    const at = (pitchMm: number): number => fineError(pitchMm, 5, 2.1233);
    expect(at(0.8 * 2.1233)).toBeLessThan(0.002);
    expect(at(2)).toBeLessThan(0.004);
    expect(at(2) / at(1)).toBeGreaterThan(10);
  });

  it('cell means and linear reading: the error falls with the square of the pitch', () => {
    const at = (share: number): number => coarseError(share * 9, 5, 9);
    expect(at(0.5)).toBeLessThan(0.04);
    expect(at(0.625)).toBeLessThan(0.08);
    expect(at(0.5) / at(0.25)).toBeGreaterThan(3);
  });
});

describe('fine maps', () => {
  const o = { nodes: 40, pitchMm: 1.7, marginMm: 14, bixels: 8, bixelMm: 5, sigmaMm: 2.5 };
  const c = blurredBixelSplines(o);

  it('the spline goes through the blurred bixels at its nodes', () => {
    const at = (n: number, b: number): number => (n < 0 || n >= o.nodes ? 0 : c[n * o.bixels + b]);
    for (let b = 0; b < o.bixels; b++) {
      for (let n = 0; n < o.nodes; n++) {
        const value = (at(n - 1, b) + 4 * at(n, b) + at(n + 1, b)) / 6;
        const wanted = slab(n * o.pitchMm - o.marginMm - (b + 0.5) * o.bixelMm, o.bixelMm / 2, o.sigmaMm);
        expect(Math.abs(value - wanted)).toBeLessThan(1e-14);
      }
    }
  });

  it('neighbouring bixels make one wide one', () => {
    const wide = blurredBixelSplines({ ...o, bixels: 1, bixelMm: 40 });
    for (let n = 0; n < o.nodes; n++) {
      const sum = c.subarray(n * o.bixels, (n + 1) * o.bixels).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(wide[n], 13);
    }
  });
});

describe('coarse cells', () => {
  it.each([
    [4.5, 5],
    [5.625, 5],
    [4.5, 3],
    [4.5, 10],
    [4.5, 4.5],
  ])('of %d mm share bixels of %d mm without loss', (pitchMm, bixelMm) => {
    const [cells, bixels] = [32, 9];
    const shares = coveredShares(cells, pitchMm, bixels, bixelMm);
    for (let b = 0; b < bixels; b++) {
      let area = 0;
      for (let n = 0; n < cells; n++) area += shares[n * bixels + b] * pitchMm;
      expect(area).toBeCloseTo(bixelMm, 12);
    }
    for (let n = 0; n < cells; n++) {
      const covered = shares.subarray(n * bixels, (n + 1) * bixels).reduce((a, b) => a + b, 0);
      const inside = Math.max(0, Math.min(1, (bixels * bixelMm) / pitchMm - n));
      expect(covered).toBeCloseTo(inside, 12);
    }
  });

  it('spectra hold the strengths at zero frequency and nothing of unused components', () => {
    const size = 32;
    const length = spectrumLength(size);
    const spectra = new Float32Array(length);
    broadSpectra(spectra, size, 5, [9, 22], [1, 2, 0, 0, 3, -1, 0, 0.5]);
    const plane = length / 4;
    [3, 0, 2, 0.5].forEach((sum, i) => {
      // float32; the inverse transform's 1 / size^2 is in the spectrum
      expect(spectra[i * plane] * size * size).toBeCloseTo(sum, 5);
    });
    // symmetric in ky
    for (let k = 1; k < size; k++) expect(spectra[3 * size + k]).toBe(spectra[3 * size + size - k]);
  });
});

describe('banded matrices', () => {
  /** Random bands of differing places and widths, some rows empty, one full. */
  function bands(rows: number, columns: number, seed: number): Float64Array {
    const random = seededRandom(seed);
    const m = new Float64Array(rows * columns);
    for (let r = 0; r < rows; r++) {
      if (r % 5 === 3) continue;
      const first = Math.floor(random() * columns);
      const width = 1 + Math.floor(random() * 6);
      for (let c = first; c < Math.min(columns, first + width); c++) m[r * columns + c] = normal(random);
    }
    return m;
  }

  it.each([
    [17, 30, 1],
    [40, 9, 2],
    [5, 3, 3],
    [1, 1, 4],
    [12, 4, 5],
  ])('of %d x %d keep every entry (seed %d)', (rows, columns, seed) => {
    const dense = [bands(rows, columns, seed), bands(rows, columns, seed + 50)];
    const packed = packBands(dense, rows, columns);
    expect(packed.band % 4).toBe(0);
    expect([packed.rows, packed.shapes]).toEqual([rows, 2]);
    // whole bands lie within a row of the map that they read
    expect(Math.max(...packed.starts) + packed.band).toBeLessThanOrEqual(bandStride(columns, packed.band));
    dense.forEach((m, shape) => {
      expect(unpacked(packed, shape, columns)).toEqual(m.map((x) => Math.fround(x)));
    });
  });

  it('leave out what does not count', () => {
    const m = Float64Array.of(0, 1e-9, 1, -0.5, 1e-9, 0, 0, 0, 1e-8);
    expect([...unpacked(packBands([m], 1, 9), 0, 9)].slice(0, 6)).toEqual([0, 0, 1, -0.5, 1e-9, 0].map(Math.fround));
    expect(packBands([m], 1, 9).band).toBe(4);
    const empty = packBands([new Float64Array(12)], 3, 4);
    expect([empty.band, ...empty.starts]).toEqual([4, 0, 0, 0]);
  });

  it('transposed twice are themselves', () => {
    const m = bands(7, 11, 9);
    const t = transposed(m, 7, 11);
    expect(t[3 * 7 + 2]).toBe(m[2 * 11 + 3]);
    expect(transposed(t, 11, 7)).toEqual(m);
  });
});
