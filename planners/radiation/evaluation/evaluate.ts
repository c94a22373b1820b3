import { IsocenterError, inputError } from '../../../engine/core/errors.ts';
import { voxelVolumeMm3 as gridVoxelVolumeMm3, voxelCount } from '../../../engine/core/grid.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import {
  type DoseVolumeConvention,
  doseAtVolumeCc,
  doseAtVolumePercent,
  maxDose,
  meanDose,
  minDose,
  type SortedDoses,
  sortDoses,
} from './dose-volume.ts';
import { evaluateGoal, type Goal, type GoalResult } from './goals.ts';
import { homogeneityIndex, paddickIndex } from './indices.ts';
import {
  bodyName,
  bodyVoxels,
  higherTargets,
  mergeVoxels,
  structureVoxels,
  subtractVoxels,
  type TargetPrescription,
} from './regions.ts';

/** Doses of some voxels of the patient's grid; every other voxel has 0 Gy. */
export interface DoseOnVoxels {
  /** Flat indices on the grid. */
  readonly voxels: Uint32Array;
  /** Total dose of each [Gy]. */
  readonly gy: Float32Array;
}

/** What an evaluation needs to know about the prescription; a `Protocol` is one. */
export interface EvaluationProtocol {
  readonly doseVolumeConvention: DoseVolumeConvention;
  readonly targets: readonly TargetPrescription[];
  readonly goals: readonly Goal[];
}

/** Doses of one structure as it was contoured; null where it has no voxels (or less than 0.1 cm^3, for D0.1cc). */
export interface StructureEvaluation {
  readonly name: string;
  readonly voxels: number;
  readonly volumeCc: number;
  readonly meanGy: number | null;
  readonly minGy: number | null;
  readonly maxGy: number | null;
  readonly d99Gy: number | null;
  readonly d98Gy: number | null;
  readonly d95Gy: number | null;
  readonly d50Gy: number | null;
  readonly d5Gy: number | null;
  readonly d2Gy: number | null;
  readonly d1Gy: number | null;
  readonly d0_1ccGy: number | null;
}

/** Indices of one target. */
export interface TargetIndices {
  readonly structure: string;
  readonly prescriptionGy: number;
  /** Paddick's index of the target merged with all targets of higher prescription. */
  readonly conformity: number | null;
  /** ICRU 83 index of the target without the targets of higher prescription. */
  readonly homogeneity: number | null;
}

export interface Evaluation {
  readonly doseVolumeConvention: DoseVolumeConvention;
  readonly structures: readonly StructureEvaluation[];
  readonly goals: readonly GoalResult[];
  readonly indices: readonly TargetIndices[];
  /** Goals and targets that could not be judged, one sentence each. */
  readonly notes: readonly string[];
}

export interface EvaluationInput {
  readonly patient: Patient;
  /** Total dose of all fractions [Gy] on the grid of the structure set, or on some of its voxels. */
  readonly dose: Float32Array | DoseOnVoxels;
  /** [mm^3]; the grid's own where it is left out. */
  readonly voxelVolumeMm3?: number;
  readonly protocol: EvaluationProtocol;
}

/**
 * Judges a dose: every structure as contoured, the protocol's goals (a target merged with all targets of higher
 * prescription, unless the goal says otherwise) and the indices of its targets. The result is plain JSON.
 *
 * @throws IsocenterError `evaluation/...` for a dose that is not finite or not on the grid
 */
export function evaluateDose(input: EvaluationInput): Evaluation {
  const { patient, protocol } = input;
  const { doseVolumeConvention: convention, targets } = protocol;
  const { dose, own, voxelMm3 } = sortedRegions(input);
  for (const { name } of patient.structureSet.structures) own.of(name);
  const { goals, notes } = goalsOn(input, { dose, own, voxelMm3 });
  const present = targets.filter(({ structure }) => own.of(structure) !== undefined);
  for (const target of targets) {
    if (!present.includes(target)) notes.push(`The patient has no target ${target.structure}.`);
  }

  return {
    doseVolumeConvention: convention,
    structures: [...own.sorted].map(([name, doses]) => structureEvaluation(name, doses, voxelMm3, convention)),
    goals,
    indices: present.map((target) => targetIndices(target, present, patient, dose, convention)),
    notes,
  };
}

/** The goals of {@link evaluateDose} alone: no more is sorted than they ask for. */
export function judgeGoals(input: EvaluationInput): readonly GoalResult[] {
  return goalsOn(input, sortedRegions(input)).goals;
}

/** Sorted doses of structures as contoured, made when they are first asked for. */
interface OwnDoses {
  readonly sorted: ReadonlyMap<string, SortedDoses>;
  of(name: string): SortedDoses | undefined;
}

interface Regions {
  readonly dose: Float32Array;
  readonly own: OwnDoses;
  readonly voxelMm3: number;
}

function sortedRegions({ patient, dose: given, voxelVolumeMm3 }: EvaluationInput): Regions {
  const { grid } = patient.structureSet;
  const dose = doseOnGrid(given, voxelCount(grid));
  const sorted = new Map<string, SortedDoses>();
  const of = (name: string): SortedDoses | undefined => {
    const voxels = structureVoxels(patient, name);
    if (voxels !== undefined && !sorted.has(name)) sorted.set(name, dosesIn(dose, voxels, name));
    return sorted.get(name);
  };
  return { dose, own: { sorted, of }, voxelMm3: voxelVolumeMm3 ?? gridVoxelVolumeMm3(grid) };
}

function goalsOn({ patient, protocol }: EvaluationInput, { dose, own, voxelMm3 }: Regions) {
  const goals: GoalResult[] = [];
  const notes: string[] = [];
  for (const goal of protocol.goals) {
    const doses = goalDoses(goal, patient, protocol.targets, dose, own);
    if (doses === undefined) notes.push(`${goal.structure} ${goal.metric}: the patient has no ${goal.structure}.`);
    else goals.push(evaluateGoal(goal, doses, voxelMm3, protocol.doseVolumeConvention));
  }
  return { goals, notes };
}

function goalDoses(
  goal: Goal,
  patient: Patient,
  targets: readonly TargetPrescription[],
  dose: Float32Array,
  own: OwnDoses,
): SortedDoses | undefined {
  if (goal.structure === bodyName) return dosesIn(dose, bodyVoxels(patient, targets), bodyName);
  const higher = (goal.mergeHigherTargets ?? true) ? higherTargets(targets, goal.structure) : [];
  if (higher.length === 0 || structureVoxels(patient, goal.structure) === undefined) return own.of(goal.structure);
  return dosesIn(dose, mergedVoxels(patient, goal.structure, higher), goal.structure);
}

function structureEvaluation(
  name: string,
  doses: SortedDoses,
  voxelMm3: number,
  convention: DoseVolumeConvention,
): StructureEvaluation {
  const atPercent = (volumePercent: number): number | null =>
    orNull(doseAtVolumePercent(doses, volumePercent, convention));
  return {
    name,
    voxels: doses.length,
    volumeCc: (doses.length * voxelMm3) / 1000,
    meanGy: orNull(meanDose(doses)),
    minGy: orNull(minDose(doses)),
    maxGy: orNull(maxDose(doses)),
    d99Gy: atPercent(99),
    d98Gy: atPercent(98),
    d95Gy: atPercent(95),
    d50Gy: atPercent(50),
    d5Gy: atPercent(5),
    d2Gy: atPercent(2),
    d1Gy: atPercent(1),
    d0_1ccGy: orNull(doseAtVolumeCc(doses, 0.1, voxelMm3, convention)),
  };
}

function targetIndices(
  target: TargetPrescription,
  targets: readonly TargetPrescription[],
  patient: Patient,
  dose: Float32Array,
  convention: DoseVolumeConvention,
): TargetIndices {
  const { structure, prescriptionGy } = target;
  const higher = higherTargets(targets, structure);
  const merged = mergedVoxels(patient, structure, higher);
  let isodose = 0;
  for (let n = 0; n < dose.length; n++) if (dose[n] >= prescriptionGy) isodose++;
  let covered = 0;
  for (let n = 0; n < merged.length; n++) if (dose[merged[n]] >= prescriptionGy) covered++;
  const alone = higher
    .map((other) => structureVoxels(patient, other.structure)!)
    .reduce(subtractVoxels, structureVoxels(patient, structure)!);
  return {
    structure,
    prescriptionGy,
    conformity: orNull(paddickIndex({ target: merged.length, isodose, covered })),
    homogeneity: orNull(homogeneityIndex(dosesIn(dose, alone, structure), convention)),
  };
}

function mergedVoxels(patient: Patient, name: string, higher: readonly TargetPrescription[]): Uint32Array {
  return [name, ...higher.map(({ structure }) => structure)]
    .map((structure) => structureVoxels(patient, structure) ?? new Uint32Array(0))
    .reduce(mergeVoxels);
}

function doseOnGrid(dose: Float32Array | DoseOnVoxels, voxels: number): Float32Array {
  if (!(dose instanceof Float32Array)) {
    if (dose.gy.length !== dose.voxels.length) throw wrongSize(dose.gy.length, dose.voxels.length);
    const onGrid = new Float32Array(voxels);
    for (let n = 0; n < dose.gy.length; n++) onGrid[dose.voxels[n]] = dose.gy[n];
    return onGrid;
  }
  if (dose.length !== voxels) throw wrongSize(dose.length, voxels);
  return dose;
}

function dosesIn(dose: Float32Array, voxels: Uint32Array, name: string): Float32Array {
  const doses = new Float32Array(voxels.length);
  for (let n = 0; n < voxels.length; n++) {
    const gy = dose[voxels[n]];
    if (!Number.isFinite(gy)) {
      throw inputError(
        'evaluation/dose-not-finite',
        `The dose in voxel ${voxels[n]} of ${name} is ${gy} Gy.`,
        'Look for the first warning of the dose calculation; a dose file with such values has to be written again.',
      );
    }
    doses[n] = gy;
  }
  return sortDoses(doses);
}

function wrongSize(found: number, expected: number): IsocenterError {
  return new IsocenterError({
    code: 'evaluation/dose-size',
    message: `The dose has ${found} values for ${expected} voxels.`,
    hint: "Resample the dose to the grid of the patient's structures first.",
    origin: 'internal',
  });
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
