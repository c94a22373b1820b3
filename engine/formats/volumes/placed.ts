import { inputError } from '../../core/errors.ts';
import type { Vec3, Volume } from '../../core/grid.ts';
import { inGridOrder, nearestAxes, placeStack } from '../../core/oriented-grid.ts';
import { MOST_VOXELS } from './samples.ts';

/** Largest angle between a volume's axes and the patient's that is taken for none [deg]. */
const SLACK_DEG = 0.05;

/** A volume's place, all in LPS [mm]. */
export interface Placement {
  readonly counts: Vec3;
  /** Centre of the first voxel. */
  readonly firstMm: Vec3;
  /** Steps from voxel to voxel along its own axes. */
  readonly steps: readonly [Vec3, Vec3, Vec3];
}

/** @throws IsocenterError `AREA/size`, `AREA/oblique` naming file, sizes, angle and limit */
export function checkPlacement(file: string, area: string, { counts, steps, firstMm }: Placement) {
  if (!counts.every((n) => Number.isInteger(n) && n >= 1) || counts[0] * counts[1] * counts[2] > MOST_VOXELS) {
    throw inputError(
      `${area}/size`,
      `${file}: ${counts.join(' x ')} voxels are none, or more than ${MOST_VOXELS}`,
      'crop the volume or choose larger voxels',
    );
  }
  const spacings = steps.map((v) => Math.hypot(...v)) as unknown as Vec3;
  const isPlaced = spacings.every((mm) => mm > 1e-4 && mm < 1000) && firstMm.every((mm) => Math.abs(mm) < 1e6);
  const found = isPlaced ? nearestAxes(steps) : undefined;
  if (found === undefined) {
    throw inputError(
      `${area}/orientation`,
      `${file}: its axes (${steps.map((v) => `[${v.join(', ')}]`).join(', ')} mm) span no grid`,
      'its header is damaged: write it again',
    );
  }
  if (found.angleDeg > SLACK_DEG) {
    throw inputError(
      `${area}/oblique`,
      `${file}: its axes are turned by ${found.angleDeg.toFixed(2)} deg from the patient's (limit ${SLACK_DEG})`,
      'resample it to an upright grid first',
    );
  }
  return placeStack(found.orientation, firstMm, counts, spacings);
}

/** Samples in the file's order on a grid of the patient. */
export function placedVolume(
  stack: ReturnType<typeof checkPlacement>,
  counts: Vec3,
  samples: Float32Array,
  unit: string,
): Volume {
  return { grid: stack.grid, data: inGridOrder(samples, stack, counts), unit };
}
