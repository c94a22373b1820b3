import { afterAll, describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../engine/core/random.ts';
import type { KernelArray, KernelCase, KernelContract } from '../../kernels/contract.ts';
import { openDevice } from '../../kernels/device.ts';
import { fftConvolution, fftConvolutionAdjoint, radialSpectra } from '../../kernels/fft-convolution/contract.ts';
import { fftScratchBytes, fftTables } from '../../kernels/fft-convolution/index.ts';
import { photonDoseAdjoint, sumParts } from '../../kernels/photon-dose-adjoint/contract.ts';
import { coarseLength, doseTables, fineLength, photonDoseForward } from '../../kernels/photon-dose-forward/contract.ts';
import { separableMap, transposedPair } from '../../kernels/separable-map/contract.ts';
import { normalArray } from '../../kernels/support/case-data.ts';
import { runCase } from '../support/kernel-lanes.ts';

const device = await openDevice({ prefer: 'wasm', threads: 2 });
afterAll(() => device.close());

/** Outputs of a case whose only purpose is to be run: the references have tests of their own. */
async function run<P>(contract: KernelContract<P>, c: KernelCase<P>): Promise<Readonly<Record<string, KernelArray>>> {
  const unchecked = { ...contract, reference: () => ({}) };
  const { outputs, problems } = await runCase(device, unchecked, c);
  expect(problems).toEqual([]);
  return outputs;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));

/** <A x, y> and <x, A' y> agree to float32; of random signs, the sums cancel, so |A x| |y| is the scale. */
function expectAdjoint(forward: number, adjoint: number, scale: number, seed: number): void {
  const error = Math.abs(forward - adjoint) / scale;
  expect(error, `seed ${seed}: <A x, y> = ${forward}, <x, A' y> = ${adjoint}, scale ${scale}`).toBeLessThan(1e-5);
  // The scale must not hide a wrong transpose: the products themselves are of its order, not of the tolerance's.
  expect(Math.abs(forward), `seed ${seed}`).toBeGreaterThan(1e-4 * scale);
}

describe("<A x, y> = <x, A' y>", () => {
  for (const seed of [201, 202, 203]) {
    it(`separable-map and its transposed matrices, seed ${seed}`, async () => {
      const size = { rowsIn: 14, colsIn: 11, rowsOut: 39, colsOut: 30, width: 6 };
      const [forward, adjoint] = transposedPair({ name: '', seed, beams: 2, parts: 1, shapes: 2, ...size });
      const ax = (await run(separableMap, forward)).output;
      const aty = (await run(separableMap, adjoint)).output;
      // Input and output have strides of their own; the padding is zero on both sides.
      const rows = (data: KernelArray, stride: number, cols: number): Float64Array =>
        Float64Array.from(data.filter((_, i) => i % stride < cols));
      const left = rows(ax, forward.params.strideOut, size.colsOut);
      const y = rows(adjoint.inputs.input, adjoint.params.strideIn, size.colsOut);
      const x = rows(forward.inputs.input, forward.params.strideIn, size.colsIn);
      const right = rows(aty, adjoint.params.strideOut, size.colsIn);
      expectAdjoint(dot(left, y), dot(x, right), norm(left) * norm(y), seed);
    });
  }

  for (const [seed, size] of [
    [211, 16],
    [212, 64],
    [213, 128],
    [214, 256],
  ] as const) {
    it(`fft-convolution of size ${size}, seed ${seed}`, async () => {
      const random = seededRandom(seed);
      const params = { beams: 2, size, filledRows: size - 5, filledCols: (size >> 1) + 3, parts: 3 };
      const x = new Float32Array(params.beams * size * size);
      for (let beam = 0; beam < params.beams; beam++) {
        for (let row = 0; row < params.filledRows; row++) {
          for (let col = 0; col < params.filledCols; col++) x[(beam * size + row) * size + col] = normal(random);
        }
      }
      const y = normalArray(random, 4 * params.beams * params.parts * size * size);
      const tables = { spectra: radialSpectra(random, params.beams, size), tables: fftTables(size) };
      const scratch = { scratch: fftScratchBytes(params) };
      const ax = await run(fftConvolution, {
        name: '',
        params,
        inputs: { input: x, ...tables },
        outputs: { output: { type: 'f32', length: 4 * x.length } },
        scratch,
      });
      const aty = await run(fftConvolutionAdjoint, {
        name: '',
        params,
        inputs: { input: y, ...tables },
        outputs: { output: { type: 'f32', length: x.length } },
        scratch,
      });
      const summed = sumParts(y, params.beams, params.parts);
      const back = aty.output.map((value, i) => (x[i] === 0 ? 0 : value));
      expectAdjoint(dot(ax.output, summed), dot(x, back), norm(ax.output) * norm(summed), seed);
    });
  }

  for (const [seed, beams, voxels, parts] of [
    [221, 1, 5000, 8],
    [222, 3, 4097, 4],
    [223, 9, 2500, 2],
  ] as const) {
    it(`photon-dose-forward and -adjoint, ${beams} beams, seed ${seed}`, async () => {
      const { shape, ...tables } = doseTables({ name: '', seed, beams, voxels });
      const random = seededRandom(seed + 1);
      const fine = normalArray(random, fineLength(shape));
      const coarse = normalArray(random, coarseLength(shape));
      const gradient = normalArray(random, voxels);
      const forward = await run(photonDoseForward, {
        name: '',
        params: shape,
        inputs: { ...tables, fine, coarse },
        outputs: { dose: { type: 'f32', length: voxels } },
      });
      const adjoint = await run(photonDoseAdjoint, {
        name: '',
        params: { ...shape, parts },
        inputs: { ...tables, gradient },
        outputs: {
          fine: { type: 'f32', length: parts * fine.length },
          coarse: { type: 'f32', length: parts * coarse.length },
        },
      });
      const left = dot(forward.dose, gradient);
      const right =
        dot(fine, sumParts(adjoint.fine, beams, parts)) + dot(coarse, sumParts(adjoint.coarse, beams, parts));
      expectAdjoint(left, right, norm(forward.dose) * norm(gradient), seed);
    });
  }
});
