import { seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelArray, type KernelCase } from '../contract.ts';
import {
  coarseLength,
  DOSE_TOLERANCE,
  type DoseCaseOptions,
  doseReferenceTables,
  doseTables,
  fineLength,
} from '../photon-dose-forward/contract.ts';
import type { PhotonDoseShape } from '../photon-dose-forward/index.ts';
import { normalArray, withValue } from '../support/case-data.ts';
import { adjointParts, preparePhotonDoseAdjoint } from './index.ts';
import { createVoxelOrder } from './order.ts';
import { photonDoseAdjointReference } from './reference.ts';

type Shape = PhotonDoseShape & { readonly parts: number };

function adjointCase(
  o: DoseCaseOptions & { readonly parts?: number; readonly nanGradient?: boolean },
): KernelCase<Shape> {
  const { shape, geometry, beamTable, depthTable } = doseTables(o);
  const parts = o.parts ?? adjointParts(o.beams);
  const gradient = normalArray(seededRandom(o.seed + 1000), o.voxels);
  // Most voxels of a plan have no gradient.
  for (let v = 0; v < o.voxels; v += 3) gradient[v] = 0;
  return {
    name: o.name,
    params: { ...shape, parts },
    inputs: {
      geometry,
      beamTable,
      depthTable,
      gradient: o.nanGradient ? withValue(gradient, 5, Number.NaN) : gradient,
    },
    outputs: {
      fine: { type: 'f32', length: parts * fineLength(shape) },
      coarse: { type: 'f32', length: parts * coarseLength(shape) },
    },
    nan: o.nanGradient === true,
  };
}

/** [beams][parts][rest] -> [beams][rest]: how voxels are divided among the parts is the device's affair. */
export function sumParts(maps: KernelArray, beams: number, parts: number): Float64Array {
  const length = maps.length / (beams * parts);
  const sum = new Float64Array(beams * length);
  for (let i = 0; i < maps.length; i++) sum[Math.floor(i / (length * parts)) * length + (i % length)] += maps[i];
  return sum;
}

export const photonDoseAdjoint = defineKernel<Shape>({
  name: 'photon-dose-adjoint',
  doc: 'the transpose of photon-dose-forward: from a gradient per voxel to one per map node',
  inputs: {
    geometry: 'f32[beams][voxels][4] x, y at the isocentre plane [mm], radiological depth [mm], (SAD / z)^2',
    beamTable: 'f32[beams][8] fine x, y, coarse x, y of node (0, 0) [mm], four narrow coefficients',
    depthTable: 'f32[depthRows][4]',
    gradient: 'f32[voxels] 1 / Gy',
  },
  outputs: {
    fine: 'f32[beams][parts][fineRows][fineStride], to be summed over the parts',
    coarse: 'f32[beams][parts][coarseSize][coarseSize][4], to be summed over the parts',
  },
  tolerance: DOSE_TOLERANCE,
  cases: [
    adjointCase({ name: 'no voxel', seed: 40, beams: 1, voxels: 0 }),
    adjointCase({ name: 'one voxel', seed: 41, beams: 1, voxels: 1, parts: 1 }),
    adjointCase({ name: 'three voxels in eight parts', seed: 42, beams: 2, voxels: 3, parts: 8 }),
    adjointCase({ name: '1,023 voxels', seed: 43, beams: 1, voxels: 1023 }),
    adjointCase({ name: '1,024 voxels', seed: 44, beams: 3, voxels: 1024, parts: 4 }),
    adjointCase({ name: '1,025 voxels', seed: 45, beams: 3, voxels: 1025, parts: 4 }),
    adjointCase({ name: 'nine beams', seed: 46, beams: 9, voxels: 8269, coarseSize: 32 }),
    adjointCase({ name: 'one gradient is NaN', seed: 47, beams: 2, voxels: 99, nanGradient: true }),
  ],
  cost: ({ params: s }) => ({
    flops: s.beams * s.voxels * 170,
    bytes: 4 * (s.beams * s.voxels * 4 + s.voxels + 2 * s.parts * (fineLength(s) + coarseLength(s))),
  }),
  reference: ({ params, inputs }) => ({
    ...photonDoseAdjointReference(params, doseReferenceTables(inputs), inputs.gradient),
  }),
  compared: ({ params: { beams, parts } }, { fine, coarse }) => ({
    fine: sumParts(fine, beams, parts),
    coarse: sumParts(coarse, beams, parts),
  }),
  prepare: async (device, { params }, { geometry, beamTable, depthTable, gradient, fine, coarse }) => {
    const { order, starts } = await createVoxelOrder(device, params, geometry, beamTable);
    const buffers = { geometry, beamTable, depthTable, gradient, order, starts, fine, coarse };
    return preparePhotonDoseAdjoint(device, params, buffers);
  },
});
