import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/** Codes of matRad's objective functions, as the kernel knows them. */
export const OBJECTIVE_CODES = {
  'squared-deviation': 0,
  'squared-overdosing': 1,
  'squared-underdosing': 2,
  'mean-dose-linear': 3,
  'mean-dose-quadratic': 4,
  eud: 5,
  'max-dvh': 6,
  'min-dvh': 7,
} as const;
export type ObjectiveCode = keyof typeof OBJECTIVE_CODES;

/** Floats of one row of the term table: code, weight, reference dose [Gy], exponent, voxel count, weight / count, 0, 0. */
export const TERM_STRIDE = 8;
/** Floats of one row of the states: value, slope, selected dose [Gy], equivalent uniform dose [Gy]. */
export const STATE_STRIDE = 4;
/** Voxels of one task of the gradient. */
export const OBJECTIVE_CHUNK = 1024;
/** Voxels of one chunk of a moment; see `chunks`. */
export const MOMENT_CHUNK = 1024;

export interface DoseObjectiveShape {
  readonly voxels: number;
  readonly terms: number;
  readonly momentChunks: number;
}

export function objectiveChunks(voxels: number): number {
  return Math.max(1, Math.ceil(voxels / OBJECTIVE_CHUNK));
}

/**
 * objective[0] = sum of weight * f(dose of the term's voxels), and gradient[v] = its derivative by dose[v]; formulas in
 * reference.ts.
 *
 * @param b.dose f32[voxels] Gy
 * @param b.terms f32[terms][8], see {@link TERM_STRIDE}
 * @param b.voxelStarts u32[voxels + 1] and b.voxelTerms u32[..]: the terms of each voxel
 * @param b.termVoxels u32[..]: voxels of the terms that need a sum, in the order of `chunks`
 * @param b.chunks u32[momentChunks][4]: term, first and end in termVoxels, unused; by ascending term
 * @param b.chunkStarts u32[terms + 1]: first chunk of each term
 * @param b.selected f32[terms], from rank-select: for DVH terms the dose of the term's rank, for EUD terms the largest dose
 * (exponent above 0) or the smallest (below 0), by which doses are divided before they are raised to the exponent
 * @param b.moments f32[momentChunks], b.states f32[terms][4], b.partials f32[objectiveChunks]: scratch
 * @param b.gradient f32[voxels], b.objective f32[4] (the first holds the value)
 */
export function prepareDoseObjective(
  device: Device,
  s: DoseObjectiveShape,
  b: {
    dose: DeviceBuffer;
    terms: DeviceBuffer;
    voxelStarts: DeviceBuffer;
    voxelTerms: DeviceBuffer;
    termVoxels: DeviceBuffer;
    chunks: DeviceBuffer;
    chunkStarts: DeviceBuffer;
    selected: DeviceBuffer;
    moments: DeviceBuffer;
    states: DeviceBuffer;
    partials: DeviceBuffer;
    gradient: DeviceBuffer;
    objective: DeviceBuffer;
  },
): readonly Launch[] {
  const kernel = 'dose-objective';
  const chunks = objectiveChunks(s.voxels);
  const launches: Launch[] = [];
  if (s.momentChunks > 0) {
    launches.push(
      device.prepare({
        kernel,
        entry: 'objectiveMoments',
        params: [['u32', s.momentChunks]],
        buffers: [b.dose, b.terms, b.chunks, b.termVoxels, b.selected, b.moments],
        tasks: s.momentChunks,
        workgroups: workgroupsFor(s.momentChunks),
      }),
    );
  }
  launches.push(
    device.prepare({
      kernel,
      entry: 'objectiveStates',
      params: [
        ['u32', s.terms],
        ['u32', s.momentChunks],
      ],
      buffers: [b.terms, b.chunkStarts, b.moments, b.selected, b.states],
      tasks: 1,
      workgroups: workgroupsFor(s.terms),
    }),
    device.prepare({
      kernel,
      entry: 'objectiveGradient',
      params: [
        ['u32', s.voxels],
        ['u32', OBJECTIVE_CHUNK],
      ],
      buffers: [b.dose, b.terms, b.states, b.voxelStarts, b.voxelTerms, b.gradient, b.partials],
      tasks: chunks,
      workgroups: workgroupsFor(chunks),
    }),
    device.prepare({
      kernel,
      entry: 'objectiveSum',
      params: [
        ['u32', s.terms],
        ['u32', chunks],
      ],
      buffers: [b.states, b.partials, b.objective],
      tasks: 1,
      workgroups: [1, 1, 1],
    }),
  );
  return launches;
}
