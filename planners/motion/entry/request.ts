import { inputError } from '../../../engine/core/errors.ts';
import type { Transform } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import { requireRigid } from '../collision/structure-field.ts';

/** A structure that a path must keep clear of. */
export interface AvoidedStructure {
  readonly name: string;
  /** Distance that the path must keep from its surface [mm]. */
  readonly marginMm: number;
  /** What the least allowed clearance costs, in mm of tissue; default {@link EntryWeights.clearanceMm}. */
  readonly weightMm?: number;
}

/** What a robot makes of an entry. */
export interface ArmVerdict {
  readonly ok: boolean;
  /** From 0 (at the edge of what it can do) to 1 (free to move). */
  readonly dexterity: number;
  /** Why not; refusals are counted by it. */
  readonly reason?: string;
}

/**
 * Asks the robot about one entry.
 *
 * @param entryM where the shaft enters the skin [m, base frame]
 * @param direction unit vector along the shaft into the patient [base frame]
 * @param depthM from the skin to the target along the shaft [m]
 */
export type ArmCheck = (entryM: Vec3, direction: Vec3, depthM: number) => ArmVerdict | Promise<ArmVerdict>;

/** Prices of the score, all in mm of tissue: a path of 1 mm more tissue costs as much as 1 of anything else. */
export interface EntryWeights {
  /** A millimetre of tissue; raising it shortens the path. */
  readonly tissue: number;
  /** A structure at its margin; the price falls linearly to nothing at `comfortMm` more. Raising it widens the clearance. */
  readonly clearanceMm: number;
  /** A degree between the path and the skin's normal; raising it makes the path steeper. */
  readonly anglePerDeg: number;
  /** An arm without any dexterity; raising it favours entries in which the arm moves freely. */
  readonly dexterityMm: number;
}

export const defaultEntryWeights: EntryWeights = { tissue: 1, clearanceMm: 20, anglePerDeg: 0.2, dexterityMm: 20 };

/** Lengths in mm in the patient frame (DICOM LPS). */
export interface EntryRequest {
  readonly patient: Patient;
  /** A point, or a structure: then the centroid of its voxels, or the voxel centre nearest to it where it lies outside. */
  readonly target: { readonly pointMm: Vec3 } | { readonly structure: string };
  readonly avoid: readonly AvoidedStructure[];
  /** Structure whose surface is the skin; without it the patient's dose voxels are the body. */
  readonly body?: string;
  /** Entries are sought only on skin voxels of this structure. */
  readonly region?: string;
  /** Entries are sought only where the way from the target to the skin is within this cone. */
  readonly cone?: { readonly axis: Vec3; readonly halfAngleDeg: number };
  /** Length of the straight shaft: the longest way from skin to target, and what must find room before the skin; default 200. */
  readonly toolLengthMm?: number;
  /** Largest angle between path and skin normal, default 60. */
  readonly maxAngleDeg?: number;
  /** Beyond margin and this distance more clearance is worth nothing, default 10. Raising it keeps paths farther away. */
  readonly comfortMm?: number;
  /** One entry is tried in each cube of this side, default 6. Smaller is finer and takes longer. */
  readonly candidateSpacingMm?: number;
  /** Radius of the neighbourhood that the skin's normal is taken from, default 10. Larger is smoother. */
  readonly normalRadiusMm?: number;
  readonly weights?: Partial<EntryWeights>;
  /** Length of the ranked list, default 20. */
  readonly count?: number;
  /** The robot, where there is one. */
  readonly arm?: { readonly T_base_patient: Transform; readonly check: ArmCheck };
}

/** Limits are kept to this [mm, deg]: what lies exactly on one does not hang on rounding. */
export const LIMIT_ROUNDING = 1e-9;

/** A request with everything filled in. */
export interface EntrySettings {
  readonly toolLengthMm: number;
  readonly maxAngleDeg: number;
  readonly comfortMm: number;
  readonly candidateSpacingMm: number;
  readonly normalRadiusMm: number;
  readonly count: number;
  readonly weights: EntryWeights;
}

/** Fills in the defaults. @throws IsocenterError `entry/out-of-range`, naming value, unit and limit */
export function entrySettings(request: EntryRequest): EntrySettings {
  const settings: EntrySettings = {
    toolLengthMm: request.toolLengthMm ?? 200,
    maxAngleDeg: request.maxAngleDeg ?? 60,
    comfortMm: request.comfortMm ?? 10,
    candidateSpacingMm: request.candidateSpacingMm ?? 6,
    normalRadiusMm: request.normalRadiusMm ?? 10,
    count: request.count ?? 20,
    weights: { ...defaultEntryWeights, ...request.weights },
  };
  requireRange('tool length', settings.toolLengthMm, 1, 2000, 'mm');
  requireRange('largest angle', settings.maxAngleDeg, 0, 89, 'deg');
  requireRange('comfort distance', settings.comfortMm, 1e-3, 200, 'mm');
  requireRange('spacing of the candidates', settings.candidateSpacingMm, 0.1, 100, 'mm');
  requireRange('radius for the normal', settings.normalRadiusMm, 1, 100, 'mm');
  requireRange('length of the list', settings.count, 1, 10_000, '');
  for (const [name, weight] of Object.entries(settings.weights)) requireRange(`weight ${name}`, weight, 0, 1e6, '');
  for (const { name, marginMm, weightMm } of request.avoid) {
    requireRange(`margin of ${name}`, marginMm, 0, 200, 'mm');
    if (weightMm !== undefined) requireRange(`weight of ${name}`, weightMm, 0, 1e6, 'mm');
  }
  if (request.cone !== undefined) {
    requireRange('half angle of the cone', request.cone.halfAngleDeg, 0, 180, 'deg');
    const length = Math.hypot(...request.cone.axis);
    if (!(length > 0 && Number.isFinite(length))) {
      throw inputError(
        'entry/cone-axis',
        `the cone's axis ${request.cone.axis.join(', ')} has no direction`,
        'give a vector from the target towards the skin, in the patient frame',
      );
    }
  }
  if (request.arm !== undefined) requireRigid(request.arm.T_base_patient);
  return settings;
}

function requireRange(what: string, value: number, least: number, most: number, unit: string): void {
  if (value >= least && value <= most) return;
  const limits = `${least} to ${most}${unit === '' ? '' : ` ${unit}`}`;
  throw inputError(
    'entry/out-of-range',
    `a ${what} of ${value}${unit === '' ? '' : ` ${unit}`} is outside ${limits}`,
    `give a value from ${limits}`,
  );
}
