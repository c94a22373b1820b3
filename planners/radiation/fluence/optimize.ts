import type { Device, DeviceBuffer } from '../../../engine/compute/device.ts';
import { rowStride } from '../../../kernels/vector/index.ts';
import type { BoundedProblem } from '../../solver/bounded-problem.ts';
import {
  type LbfgsConfig,
  type LbfgsHooks,
  type LbfgsResult,
  minimizeProjected,
} from '../../solver/projected-lbfgs.ts';
import type { DoseOperator } from '../dose/operator.ts';
import { DoseObjective, type ObjectiveTerm } from '../objectives/dose-objective.ts';

/** The objective of the dose as a function of the bixel weights. */
export function fluenceProblem(
  operator: DoseOperator,
  objective: DoseObjective,
): BoundedProblem & { readonly dose: DeviceBuffer; free(): void } {
  const { device } = operator;
  const bytes = 16 * Math.ceil(operator.voxelCount / 4);
  const dose = device.allocate(bytes, 'dose');
  const slope = device.allocate(bytes, 'dose gradient');
  return {
    size: operator.bixelCount,
    value: objective.value,
    dose,
    evaluate: (w, gradient) => [
      ...operator.prepareForward(w, dose),
      ...objective.prepare(dose, slope),
      ...operator.prepareAdjoint(slope, gradient),
    ],
    free: () => {
      device.free(dose);
      device.free(slope);
    },
  };
}

export interface TargetAim {
  /** Positions in the dose vector. */
  readonly voxels: Uint32Array;
  readonly prescriptionGy: number;
}

export interface FluenceResult extends LbfgsResult {
  /** MU per fraction, one a bixel, beam by beam. */
  readonly weights: Float32Array;
  /** Gy, total, one a dose point. */
  readonly dose: Float32Array;
}

/**
 * Optimises the bixel weights of all beams for the weighted sum of `terms`.
 *
 * @param start warm start: weights [MU per fraction] of an earlier plan with the same bixels. Without it all bixels start
 * alike, scaled so that the targets receive their prescriptions in the mean
 */
export async function optimizeFluence(
  operator: DoseOperator,
  terms: readonly ObjectiveTerm[],
  aims: readonly TargetAim[],
  config: LbfgsConfig = {},
  hooks: LbfgsHooks & { readonly start?: Float32Array } = {},
): Promise<FluenceResult> {
  const { device } = operator;
  const objective = new DoseObjective(device, operator.voxelCount, terms);
  const problem = fluenceProblem(operator, objective);
  const w = device.allocate(4 * rowStride(operator.bixelCount), 'weights');
  try {
    device.write(w, hooks.start ?? (await uniformStart(device, operator, w, problem.dose, aims)));
    const result = await minimizeProjected(device, problem, w, config, hooks);
    const weights = new Float32Array(operator.bixelCount);
    const dose = new Float32Array(operator.voxelCount);
    await device.read(w, weights);
    for (const launch of operator.prepareForward(w, problem.dose)) device.run(launch);
    await device.read(problem.dose, dose);
    return { ...result, weights, dose };
  } finally {
    device.free(w);
    problem.free();
    objective.free();
  }
}

/** Weights that are all alike, scaled so that the targets receive their prescriptions in the mean; uses both buffers. */
export async function uniformStart(
  device: Device,
  operator: DoseOperator,
  w: DeviceBuffer,
  doseBuffer: DeviceBuffer,
  aims: readonly TargetAim[],
): Promise<Float32Array> {
  const weights = new Float32Array(operator.bixelCount).fill(1);
  const dose = new Float32Array(operator.voxelCount);
  device.write(w, weights);
  for (const launch of operator.prepareForward(w, doseBuffer)) device.run(launch);
  await device.read(doseBuffer, dose);
  let wanted = 0;
  let given = 0;
  for (const { voxels, prescriptionGy } of aims) {
    for (const v of voxels) given += dose[v];
    wanted += prescriptionGy * voxels.length;
  }
  return weights.fill(given > 0 ? wanted / given : 1);
}
