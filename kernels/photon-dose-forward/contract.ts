import { seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelArray, type KernelCase } from '../contract.ts';
import { normalArray, uniformArray } from '../support/case-data.ts';
import { BEAM_TABLE_STRIDE, DOSE_CHUNK, type PhotonDoseShape, preparePhotonDoseForward } from './index.ts';
import { photonDoseReference } from './reference.ts';

export interface DoseCaseOptions {
  readonly name: string;
  readonly seed: number;
  readonly beams: number;
  readonly voxels: number;
  readonly coarseSize?: number;
  /** Which number of a voxel's geometry (x, y, depth, q) is NaN, at voxel 5 of the first beam. */
  readonly nanAt?: 0 | 1 | 2 | 3;
}

/**
 * Geometry and tables of a realistic call: isocentre-plane positions beyond the fine map on every side and beyond the
 * period of the coarse one, depths before and behind the depth table, four attenuations [1 / mm] of a 6 MV beam.
 */
export function doseTables(o: DoseCaseOptions): {
  readonly shape: PhotonDoseShape;
  readonly geometry: Float32Array;
  readonly beamTable: Float32Array;
  readonly depthTable: Float32Array;
} {
  const random = seededRandom(o.seed);
  const shape: PhotonDoseShape = {
    beams: o.beams,
    voxels: o.voxels,
    fineStride: 44,
    fineRows: 37,
    finePitchMm: 2.5,
    coarseSize: o.coarseSize ?? 16,
    coarsePitchMm: 8.125,
    depthRows: 41,
    depthStepMm: 8,
  };
  const geometry = new Float32Array(4 * o.beams * o.voxels);
  for (let i = 0; i < o.beams * o.voxels; i++) {
    geometry[4 * i] = -90 + 180 * random();
    geometry[4 * i + 1] = -80 + 160 * random();
    geometry[4 * i + 2] = Math.max(0, -20 + 380 * random());
    geometry[4 * i + 3] = 0.8 + 0.5 * random();
  }
  if (o.nanAt !== undefined) geometry[20 + o.nanAt] = Number.NaN;
  const beamTable = new Float32Array(BEAM_TABLE_STRIDE * o.beams);
  for (let beam = 0; beam < o.beams; beam++) {
    const at = BEAM_TABLE_STRIDE * beam;
    beamTable.set(uniformArray(random, 1, -56, -50), at);
    beamTable.set(uniformArray(random, 1, -46, -40), at + 1);
    beamTable.set(uniformArray(random, 2, -70, -60), at + 2);
    beamTable.set(uniformArray(random, 4, -0.5, 1), at + 4);
  }
  const attenuations = [0.0046, 0.008, 0.03, 0.4];
  const depthTable = new Float32Array(4 * shape.depthRows);
  for (let row = 0; row < shape.depthRows; row++) {
    attenuations.forEach((mu, i) => {
      depthTable[4 * row + i] = Math.exp(-mu * row * shape.depthStepMm);
    });
  }
  return { shape, geometry, beamTable, depthTable };
}

export function fineLength(s: PhotonDoseShape): number {
  return s.beams * s.fineRows * s.fineStride;
}

export function coarseLength(s: PhotonDoseShape): number {
  return 4 * s.beams * s.coarseSize ** 2;
}

function forwardCase(o: DoseCaseOptions): KernelCase<PhotonDoseShape> {
  const { shape, geometry, beamTable, depthTable } = doseTables(o);
  const random = seededRandom(o.seed + 1000);
  const fine = normalArray(random, fineLength(shape));
  const coarse = normalArray(random, coarseLength(shape));
  return {
    name: o.name,
    params: shape,
    inputs: { geometry, beamTable, depthTable, fine, coarse },
    outputs: { dose: { type: 'f32', length: o.voxels } },
    nan: o.nanAt !== undefined,
  };
}

export function doseReferenceTables(inputs: Readonly<Record<string, KernelArray>>) {
  return {
    geometry: inputs.geometry as Float32Array,
    beamTable: inputs.beamTable as Float32Array,
    depthTable: inputs.depthTable as Float32Array,
  };
}

export const DOSE_TOLERANCE = {
  relative: 2e-5,
  why:
    'positions in float32: 1e-5 of a cell at 90 mm, on maps of white noise, whose slope is their size per cell; the maps ' +
    'of a plan are smooth',
};

export const photonDoseForward = defineKernel<PhotonDoseShape>({
  name: 'photon-dose-forward',
  doc: "dose of each voxel from the beams' fine and coarse maps",
  inputs: {
    geometry: 'f32[beams][voxels][4] x, y at the isocentre plane [mm], radiological depth [mm], (SAD / z)^2',
    beamTable: 'f32[beams][8] fine x, y, coarse x, y of node (0, 0) [mm], four narrow coefficients',
    depthTable: 'f32[depthRows][4]',
    fine: 'f32[beams][fineRows][fineStride] cubic B-spline coefficients',
    coarse: 'f32[beams][coarseSize][coarseSize][4], periodic',
  },
  outputs: { dose: 'f32[voxels] Gy' },
  tolerance: DOSE_TOLERANCE,
  cases: [
    forwardCase({ name: 'no voxel', seed: 30, beams: 1, voxels: 0 }),
    forwardCase({ name: 'one voxel', seed: 31, beams: 1, voxels: 1 }),
    forwardCase({ name: 'three voxels, two beams', seed: 32, beams: 2, voxels: 3 }),
    forwardCase({ name: 'one voxel less than a chunk', seed: 33, beams: 1, voxels: DOSE_CHUNK - 1 }),
    forwardCase({ name: 'a chunk', seed: 34, beams: 2, voxels: DOSE_CHUNK }),
    forwardCase({ name: 'one voxel more than a chunk', seed: 35, beams: 2, voxels: DOSE_CHUNK + 1 }),
    forwardCase({ name: 'nine beams', seed: 36, beams: 9, voxels: 2 * DOSE_CHUNK + 77, coarseSize: 32 }),
    forwardCase({ name: 'one x is NaN', seed: 37, beams: 2, voxels: 9, nanAt: 0 }),
    forwardCase({ name: 'one y is NaN', seed: 37, beams: 2, voxels: 9, nanAt: 1 }),
    forwardCase({ name: 'one depth is NaN', seed: 37, beams: 2, voxels: 9, nanAt: 2 }),
    forwardCase({ name: 'one inverse-square factor is NaN', seed: 37, beams: 2, voxels: 9, nanAt: 3 }),
  ],
  cost: ({ params: s }) => ({
    flops: s.beams * s.voxels * 150,
    bytes: 4 * (s.beams * s.voxels * 4 + s.voxels + fineLength(s) + coarseLength(s)),
  }),
  reference: ({ params, inputs }) => ({
    dose: photonDoseReference(params, doseReferenceTables(inputs), inputs.fine, inputs.coarse),
  }),
  prepare: (device, { params }, { geometry, beamTable, depthTable, fine, coarse, dose }) => [
    preparePhotonDoseForward(device, params, { geometry, beamTable, depthTable, fine, coarse, dose }),
  ],
});
