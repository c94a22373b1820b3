import type { Device } from '../../../engine/compute/device.ts';
import type { BeamAngles } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import { type Hlut, relativeElectronDensity } from '../../../engine/formats/hlut.ts';
import { rowStride } from '../../../kernels/vector/index.ts';
import type { LbfgsConfig, LbfgsHooks } from '../../solver/projected-lbfgs.ts';
import { type Beam, centroidMm, createBeams } from '../beams/beam.ts';
import { onDoseGrid, voxelPositions } from '../dose/dose-grid.ts';
import { DoseOperator } from '../dose/operator.ts';
import { type Evaluation, evaluateDose } from '../evaluation/evaluate.ts';
import { structureVoxels, targetVoxels } from '../evaluation/regions.ts';
import { type FluenceResult, optimizeFluence } from '../fluence/optimize.ts';
import type { BeamModel } from '../machine/model.ts';
import type { ObjectiveTerm } from '../objectives/dose-objective.ts';
import { matchProtocol, objectiveVoxels } from '../protocol/match.ts';
import type { Protocol } from '../protocol/protocol.ts';
import { positionsIn } from './positions.ts';

export interface PlanRequest {
  readonly patient: Patient;
  readonly protocol: Protocol;
  readonly model: BeamModel;
  readonly angles: readonly BeamAngles[];
  /** Side of a bixel at the isocentre plane [mm]. */
  readonly bixelMm: number;
  /** Isocentre [mm, patient frame]; the centroid of all targets where it is left out. */
  readonly isocenterMm?: Vec3;
  readonly hlut: Hlut;
  /** Spacing of a dose grid of its own [mm]; the structures' grid where it is left out. */
  readonly doseGridMm?: number;
  readonly optimizer?: LbfgsConfig;
  /** Whether the dose of each beam alone is wanted too. */
  readonly beamDoses?: boolean;
  /** Weights of an earlier plan with the same beams and bixels [MU per fraction]. */
  readonly start?: Float32Array;
}

export type PlanPhase = 'geometry' | 'optimize' | 'evaluate';

export interface PlanHooks extends LbfgsHooks {
  readonly onPhase?: (phase: PlanPhase) => void;
}

export interface Plan {
  /** With structures and dose voxels on the dose grid. */
  readonly patient: Patient;
  /** What of the protocol the patient has. */
  readonly protocol: Protocol;
  readonly notes: readonly string[];
  readonly beams: readonly Beam[];
  readonly fluence: FluenceResult;
  readonly evaluation: Evaluation;
  /** Total dose [Gy] of each beam alone at each dose voxel, where it was asked for. */
  readonly beamDoses?: readonly Float32Array[];
  readonly timeMs: { readonly geometry: number; readonly optimize: number; readonly evaluate: number };
}

/** Beams, ray tracing and maps of a plan, ready to be optimised. */
export interface PreparedPlan {
  readonly patient: Patient;
  readonly protocol: Protocol;
  readonly notes: readonly string[];
  readonly beams: readonly Beam[];
  readonly operator: DoseOperator;
  readonly terms: readonly ObjectiveTerm[];
}

/** Everything that depends on the patient and the beams but not on the weights. */
export async function preparePlan(device: Device, request: PlanRequest): Promise<PreparedPlan> {
  const { protocol, notes } = matchProtocol(request.protocol, request.patient);
  const patient = request.doseGridMm === undefined ? request.patient : onDoseGrid(request.patient, request.doseGridMm);
  const density = relativeElectronDensity(patient.ct, request.hlut);
  const targets = targetVoxels(request.patient, protocol.targets);
  const beams = createBeams({
    angles: request.angles,
    isocenterMm: request.isocenterMm ?? centroidMm(request.patient.structureSet.grid, targets),
    position: patient.position,
    sadMm: request.model.sadMm,
    bixelMm: request.bixelMm,
    density,
    targetVoxels: targets,
  });
  const operator = await DoseOperator.create(device, {
    model: request.model,
    beams,
    density,
    positions: voxelPositions(patient.structureSet.grid, patient.doseVoxels),
    fractions: protocol.fractions,
  });
  const terms = protocol.objectives.map((objective) => ({
    objective,
    voxels: positionsIn(patient.doseVoxels, objectiveVoxels(patient, protocol, objective)),
  }));
  return { patient, protocol, notes, beams, operator, terms };
}

/** From a patient to an optimised, evaluated plan. */
export async function planPatient(device: Device, request: PlanRequest, hooks: PlanHooks = {}): Promise<Plan> {
  const clock = [performance.now()];
  hooks.onPhase?.('geometry');
  const prepared = await preparePlan(device, request);
  const { patient, protocol, operator, terms } = prepared;
  clock.push(performance.now());
  try {
    hooks.onPhase?.('optimize');
    const aims = protocol.targets.map(({ structure, prescriptionGy }) => ({
      voxels: positionsIn(patient.doseVoxels, structureVoxels(patient, structure) ?? new Uint32Array(0)),
      prescriptionGy,
    }));
    const start = request.start === undefined ? {} : { start: request.start };
    const fluence = await optimizeFluence(operator, terms, aims, request.optimizer, { ...hooks, ...start });
    clock.push(performance.now());
    hooks.onPhase?.('evaluate');
    const evaluation = evaluateDose({ patient, protocol, dose: { voxels: patient.doseVoxels, gy: fluence.dose } });
    clock.push(performance.now());
    const timeMs = { geometry: clock[1] - clock[0], optimize: clock[2] - clock[1], evaluate: clock[3] - clock[2] };
    const beamDoses = request.beamDoses === true ? await dosesOfBeams(operator, fluence.weights) : undefined;
    const plan = { patient, protocol, notes: prepared.notes, beams: prepared.beams, fluence, evaluation, timeMs };
    return beamDoses === undefined ? plan : { ...plan, beamDoses };
  } finally {
    operator.free();
  }
}

async function dosesOfBeams(operator: DoseOperator, weights: Float32Array): Promise<Float32Array[]> {
  const { device, beamStarts, bixelCount, voxelCount } = operator;
  const w = device.allocate(4 * rowStride(bixelCount), 'weights of a beam');
  const d = device.allocate(16 * Math.ceil(voxelCount / 4), 'dose of a beam');
  try {
    const doses: Float32Array[] = [];
    for (let beam = 0; beam + 1 < beamStarts.length; beam++) {
      const own = new Float32Array(bixelCount);
      own.set(weights.subarray(beamStarts[beam], beamStarts[beam + 1]), beamStarts[beam]);
      device.write(w, own);
      for (const launch of operator.prepareForward(w, d)) device.run(launch);
      const dose = new Float32Array(voxelCount);
      await device.read(d, dose);
      doses.push(dose);
    }
    return doses;
  } finally {
    device.free(w);
    device.free(d);
  }
}
