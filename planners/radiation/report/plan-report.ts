import type { Vec3 } from '../../../engine/core/grid.ts';
import type { Provenance } from '../../../engine/core/provenance.ts';
import type { StructureEvaluation, TargetIndices } from '../evaluation/evaluate.ts';
import type { GoalResult } from '../evaluation/goals.ts';
import type { Plan } from '../planning/plan.ts';
import type { NameMatch } from '../protocol/names.ts';

export interface BeamReport {
  readonly gantryDeg: number;
  readonly couchDeg: number;
  readonly collimatorDeg: number;
  /** [mm, patient frame] */
  readonly isocenterMm: Vec3;
  readonly ssdMm: number;
  readonly bixels: number;
}

/** The object of `isocenter plan --json`. */
export interface PlanReport {
  readonly patient: string;
  readonly device: { readonly kind: string; readonly name: string; readonly threads: number };
  readonly machine: string;
  readonly energyMV: number;
  readonly protocol: string;
  readonly fractions: number;
  readonly beams: readonly BeamReport[];
  readonly voxels: number;
  readonly bixels: number;
  readonly objective: number;
  readonly iterations: number;
  readonly evaluations: number;
  readonly stop: string;
  readonly projectedGradientNorm: number;
  readonly initialProjectedGradientNorm: number;
  /** `total` runs from the start of the process, or since the page was opened. */
  readonly timeMs: {
    readonly read: number;
    readonly geometry: number;
    readonly optimize: number;
    readonly evaluate: number;
    readonly total: number;
  };
  /** null where nobody knows: in a page. */
  readonly peakRssMb: number | null;
  readonly structures: readonly StructureEvaluation[];
  readonly goals: readonly GoalResult[];
  readonly indices: readonly TargetIndices[];
  /** Structures of the patient under the names of the protocol. */
  readonly matches: readonly NameMatch[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly provenance: Provenance;
}

export function planReport(parts: {
  plan: Plan;
  device: PlanReport['device'];
  machine: { readonly name: string; readonly energyMV: number };
  matches: readonly NameMatch[];
  warnings: readonly string[];
  readMs: number;
  peakRssMb: number | null;
  provenance: Provenance;
}): PlanReport {
  const { plan, device, machine, matches, warnings, readMs, peakRssMb, provenance } = parts;
  const { patient, protocol, fluence, evaluation, timeMs } = plan;
  const tenths = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    patient: patient.id,
    device,
    machine: machine.name,
    energyMV: machine.energyMV,
    protocol: protocol.name,
    fractions: protocol.fractions,
    beams: plan.beams.map(({ gantryDeg, couchDeg, collimatorDeg, isocenterMm, ssdMm, bixels }) => ({
      gantryDeg,
      couchDeg,
      collimatorDeg,
      isocenterMm,
      ssdMm,
      bixels: bixels.cells.length,
    })),
    voxels: patient.doseVoxels.length,
    bixels: fluence.weights.length,
    objective: fluence.value,
    iterations: fluence.iteration,
    evaluations: fluence.evaluations,
    stop: fluence.stop,
    projectedGradientNorm: fluence.projectedGradientNorm,
    initialProjectedGradientNorm: fluence.initialProjectedGradientNorm,
    timeMs: {
      read: tenths(readMs),
      geometry: tenths(timeMs.geometry),
      optimize: tenths(timeMs.optimize),
      evaluate: tenths(timeMs.evaluate),
      total: tenths(performance.now()),
    },
    peakRssMb,
    structures: evaluation.structures,
    goals: evaluation.goals,
    indices: evaluation.indices,
    matches,
    warnings,
    notes: [...new Set([...plan.notes, ...evaluation.notes])],
    provenance,
  };
}
