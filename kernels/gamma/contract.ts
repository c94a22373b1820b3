import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelCase } from '../contract.ts';
import { cellsInReach, type GammaShape, gammaScratchBytes, prepareGamma } from './index.ts';
import { gammaReference } from './reference.ts';

type Dose = (x: number, y: number, z: number) => number;

const grid = (size: Vec3, spacingMm: Vec3, originMm: Vec3 = [0, 0, 0]): Grid => ({ size, spacingMm, originMm });

function sampled({ size, spacingMm, originMm }: Grid, dose: Dose): Float32Array {
  return Float32Array.from({ length: size[0] * size[1] * size[2] }, (_, n) => {
    const at = [n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / (size[0] * size[1]))];
    return dose(...(at.map((i, a) => originMm[a] + i * spacingMm[a]) as [number, number, number]));
  });
}

function gammaCase(
  name: string,
  grids: Pick<GammaShape, 'reference' | 'evaluated'>,
  doses: readonly [Dose, Dose],
  changes: Partial<GammaShape> = {},
): KernelCase<GammaShape> {
  const criteria = { distanceMm: 3, doseTolerance: 0.06, local: false, thresholdGy: 0.2, maxGamma: 2 };
  const params = { ...criteria, ...grids, ...changes };
  const { reference, evaluated } = params;
  return {
    name,
    params,
    inputs: {
      reference: sampled(reference, doses[0]),
      evaluated: sampled(evaluated, doses[1]),
      cells: new Uint32Array(cellsInReach(params).buffer),
    },
    outputs: { gamma: { type: 'f32', length: reference.size[0] * reference.size[1] * reference.size[2] } },
    scratch: { scratch: gammaScratchBytes(evaluated) },
  };
}

/** A field of 2 Gy with a penumbra of `sigma` mm. */
const field =
  (shift: number, scale: number, sigma = 3): Dose =>
  (x, y, z) =>
    (scale * 2) / (1 + Math.exp((Math.hypot(x - shift, y, z) - 9) / sigma));

function noise(seed: number, level: number, dose: Dose): Dose {
  const random = seededRandom(seed);
  return (x, y, z) => Math.max(0, dose(x, y, z) + level * (random() - 0.5));
}

const ball = grid([6, 6, 5], [2.5, 2.5, 2.5], [0, -5, -2.5]);
const finer = grid([16, 15, 11], [1.5, 1.7, 1.9], [-5, -9.1, -7]);
const row = grid([40, 1, 1], [1, 1, 1]);
const plane = grid([12, 11, 1], [2, 2, 3]);

export const gamma = defineKernel<GammaShape>({
  name: 'gamma',
  doc: 'gamma index of an evaluated dose against a reference dose, least over the trilinear dose',
  inputs: {
    reference: 'f32[nz][ny][nx] Gy',
    evaluated: 'f32[mz][my][mx] Gy',
    cells: 'i32[n][4] offsets of cells x, y, z and, as bits of an f32, their least squared distance [DTA^2]',
  },
  outputs: { gamma: 'f32[nz][ny][nx]; -1 below the threshold, -2 outside the evaluated dose' },
  tolerance: {
    relative: 5e-4,
    why: 'a search ends where gamma can gain no more than 2e-4, and brute force knows it to 2e-4',
  },
  cases: [
    gammaCase('the same dose', { reference: ball, evaluated: ball }, [field(0, 1), field(0, 1)]),
    gammaCase('shifted and scaled', { reference: ball, evaluated: finer }, [field(0, 1), field(2, 1.03)]),
    gammaCase('fails nearly everywhere', { reference: ball, evaluated: finer }, [field(0, 1), field(9, 0.8, 1)]),
    gammaCase('local', { reference: ball, evaluated: finer }, [field(0, 1), field(1, 1.05)], {
      local: true,
      doseTolerance: 0.03,
      thresholdGy: 0,
    }),
    gammaCase('noise', { reference: ball, evaluated: finer }, [field(0, 1), noise(611, 0.2, field(1, 1))]),
    gammaCase('noise of voxels', { reference: ball, evaluated: ball }, [field(0, 1), noise(612, 1.5, field(0, 1))], {
      distanceMm: 2,
      maxGamma: 5,
    }),
    gammaCase('a line', { reference: row, evaluated: row }, [(x) => 0.05 * x, (x) => 0.05 * x + 0.12]),
    gammaCase('a plane', { reference: plane, evaluated: plane }, [field(9, 1), field(11, 1.02)]),
    gammaCase('partly outside', { reference: grid([9, 3, 2], [3, 3, 3], [-12, -1, -1]), evaluated: finer }, [
      field(0, 1),
      field(0.5, 1),
    ]),
    gammaCase(
      'one voxel',
      { reference: grid([1, 1, 1], [5, 5, 5]), evaluated: grid([1, 1, 1], [4, 4, 4], [1, 0, 1]) },
      [() => 2, () => 2.03],
    ),
  ],
  cost: ({ params: { reference } }) => {
    const points = reference.size[0] * reference.size[1] * reference.size[2];
    return { flops: 3000 * points, bytes: 20 * points };
  },
  reference: ({ params, inputs }) => ({
    gamma: gammaReference(params, inputs.reference as Float32Array, inputs.evaluated as Float32Array),
  }),
  prepare: (device, { params, inputs }, { reference, evaluated, cells, scratch, gamma: out }) =>
    prepareGamma(device, params, { reference, evaluated, cells, scratch, gamma: out }, inputs.cells.length / 4),
});
