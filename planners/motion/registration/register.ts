import { inputError } from '../../../engine/core/errors.ts';
import { MM_PER_M, type Transform } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import { localisationError, targetError } from './errors.ts';
import { principalAxes } from './point-set.ts';
import { residuals, rigidFit } from './rigid-fit.ts';

export interface RegistrationRequest {
  /** Fiducials in the robot's base frame [mm]. */
  readonly fixedMm: readonly Vec3[];
  /** The same fiducials in the same order, in the patient frame [mm, DICOM LPS]. */
  readonly movingMm: readonly Vec3[];
  /** Where the target registration error is wanted [mm, patient frame]. */
  readonly targetMm?: Vec3 | undefined;
}

export interface Registration {
  /** From the patient frame (DICOM LPS, in metres) to the robot's base frame [m]. */
  readonly T_base_patient: Transform;
  /** Distance between each fixed fiducial and its moved partner [mm]. */
  readonly residualsMm: readonly number[];
  /** FRE: their root mean square [mm]. */
  readonly fiducialRegistrationErrorMm: number;
  /** FLE that explains it, root mean square [mm]; see {@link localisationError}. */
  readonly fiducialLocalisationErrorMm: number;
  /** Expected at the target, root mean square [mm]; see {@link targetError}. */
  readonly targetRegistrationErrorMm?: number;
  /** What the user should know, one sentence each. */
  readonly warnings: readonly string[];
}

/** Fiducials whose spread across the best line is below this part of the spread along it fix no rotation about it. */
const LEAST_WIDTH = 0.01;
const MOST_SCALE = 2;
/** Fiducials closer together than this [mm] were given in metres, or are of no use. */
const LEAST_SPREAD_MM = 1;
/** Below this [mm] a residual is rounding. */
const ROUNDING_MM = 1e-6;

/**
 * Registers a patient to a robot from fiducials known in both frames: the rigid motion of least squares
 * ({@link rigidFit}), and what it is worth.
 *
 * @throws IsocenterError `registration/...` for fewer than three pairs, counts that differ, coordinates that are no numbers,
 * fiducials on one line or within a millimetre, and sets of different scale
 */
export function registerPatient({ fixedMm, movingMm, targetMm }: RegistrationRequest): Registration {
  checkPairs(fixedMm, movingMm);
  const spreads = [checkSpread('fixed', fixedMm), checkSpread('moving', movingMm)];
  const scale = spreads[0] / spreads[1];
  if (!(scale <= MOST_SCALE && scale >= 1 / MOST_SCALE)) {
    throw inputError(
      'registration/scale',
      `the fixed fiducials spread over ${spreads[0].toPrecision(4)} mm, the moving ones over ${spreads[1].toPrecision(4)} mm: no rigid motion joins them`,
      'give both sets in mm, and the same fiducials in both',
    );
  }
  if (targetMm !== undefined && !targetMm.every(Number.isFinite)) {
    throw inputError('registration/not-finite', `the target ${targetMm.join(', ')} is no point`, 'give x,y,z in mm');
  }
  const { T_fixed_moving, rmsError, mirroredRmsError } = rigidFit(fixedMm, movingMm);
  const T_base_patient = T_fixed_moving.slice();
  for (let r = 12; r < 15; r++) T_base_patient[r] /= MM_PER_M;
  const fle = localisationError(rmsError, fixedMm.length);
  const warnings: string[] = [];
  if (mirroredRmsError < rmsError / 2 && rmsError > ROUNDING_MM) {
    warnings.push(
      `A mirror image would fit better (${mirroredRmsError.toFixed(2)} mm instead of ${rmsError.toFixed(2)} mm): check the signs of the axes and the order of the fiducials.`,
    );
  }
  return {
    T_base_patient,
    residualsMm: residuals(fixedMm, movingMm, T_fixed_moving),
    fiducialRegistrationErrorMm: rmsError,
    fiducialLocalisationErrorMm: fle,
    ...(targetMm === undefined ? {} : { targetRegistrationErrorMm: targetError(movingMm, targetMm, fle) }),
    warnings,
  };
}

function checkPairs(fixed: readonly Vec3[], moving: readonly Vec3[]): void {
  if (fixed.length !== moving.length) {
    throw inputError(
      'registration/count',
      `there are ${fixed.length} fixed fiducials and ${moving.length} moving ones`,
      'give every fiducial in both frames, in the same order or by name',
    );
  }
  if (fixed.length < 3) {
    throw inputError(
      'registration/too-few',
      `there are ${fixed.length} pairs of fiducials; a registration needs 3 at least`,
      'measure at least three fiducials that are not on one line; four or more tell how good it is',
    );
  }
  for (const [set, points] of [['fixed', fixed] as const, ['moving', moving] as const]) {
    const bad = points.findIndex((p) => !p.every(Number.isFinite));
    if (bad < 0) continue;
    const message = `${set} fiducial ${bad + 1} is at ${points[bad].join(', ')} mm, which is no point`;
    throw inputError('registration/not-finite', message, 'give three finite numbers a fiducial');
  }
}

/** Root mean square distance from the centroid [mm]. */
function checkSpread(set: string, points: readonly Vec3[]): number {
  const [along, across, height] = principalAxes(points).variances.map(Math.sqrt);
  const spread = Math.hypot(along, across, height);
  if (spread < LEAST_SPREAD_MM) {
    throw inputError(
      'registration/one-place',
      `the ${points.length} ${set} fiducials spread over ${spread.toPrecision(3)} mm only; the limit is ${LEAST_SPREAD_MM} mm`,
      'give coordinates in mm, of fiducials that are well apart',
    );
  }
  if (!(across >= LEAST_WIDTH * along)) {
    throw inputError(
      'registration/collinear',
      `the ${set} fiducials lie on one line: they spread over ${along.toPrecision(3)} mm along it and ${across.toPrecision(3)} mm across; at least ${100 * LEAST_WIDTH} % is needed`,
      'add a fiducial well off the line: the rotation about it cannot be told',
    );
  }
  return spread;
}
