import { type Device, type DeviceBuffer, upload } from '../../../engine/compute/device.ts';
import { inputError } from '../../../engine/core/errors.ts';
import { isRigid, MM_PER_M, metresFromMm, type Transform } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import type { DistanceField, Obstacle } from '../../../engine/core/scene.ts';
import { distanceTransformScratchBytes, prepareDistanceTransform } from '../../../kernels/distance-transform/index.ts';
import { cropRegion, resampledRegion, structureOf, type VoxelRegion } from './voxel-region.ts';

export interface StructureFieldOptions {
  /** Distance to keep from the structures' surface [m]. */
  readonly marginM: number;
  /** Side of the samples' cubes [mm]; without it the samples are the patient's voxels. Finer takes more memory and time. */
  readonly resolutionMm?: number;
  /**
   * Room around the structures in which the field is sampled [mm]; default the margin and 30 mm more. Beyond it the field
   * gives a lower bound of the distance.
   */
  readonly paddingMm?: number;
  /** From the patient frame (DICOM LPS, but in metres) to the robot's base frame; rigid. */
  readonly T_base_patient: Transform;
  /** Of the obstacle; default the structures' names. */
  readonly name?: string;
}

/** An obstacle that is a distance field. */
export type FieldObstacle = Obstacle & { readonly shape: { readonly kind: 'field'; readonly field: DistanceField } };

const DEFAULT_PADDING_MM = 30;
const RESOLUTION_LIMITS_MM = [0.1, 20] as const;
const MOST_MARGIN_M = 0.5;

/** Signed distance to a region of voxels: its samples are the centres of the region's grid, sample (0, 0, 0) at `originMm`. */
export interface RegionField {
  readonly field: DistanceField;
  /** [mm, patient frame] */
  readonly originMm: Vec3;
}

/**
 * Exact signed distances from the centres of a region's grid to the surface of its voxels (see the distance transform).
 *
 * @throws IsocenterError where the grid is outside the limits of the distance transform, or the device's memory ends
 */
export async function regionField(device: Device, region: VoxelRegion): Promise<RegionField> {
  const { size, spacingMm, originMm } = region.grid;
  const voxels = size[0] * size[1] * size[2];
  const buffers: DeviceBuffer[] = [];
  const keep = (buffer: DeviceBuffer): DeviceBuffer => {
    buffers.push(buffer);
    return buffer;
  };
  try {
    const bits = keep(upload(device, region.bits, 'voxels of the structures'));
    const scratchBytes = Math.ceil(distanceTransformScratchBytes(size, device.kind) / 16) * 16;
    const scratch = keep(device.allocate(scratchBytes, 'distance transform'));
    const distances = keep(device.allocate(Math.ceil(voxels / 4) * 16, 'distance field'));
    const shape = { size, spacingMm };
    for (const launch of prepareDistanceTransform(device, shape, { bits, scratch, distance: distances })) {
      device.run(launch);
    }
    const distance = new Float32Array(voxels);
    await device.read(distances, distance);
    return { field: { size, spacingM: metresFromMm(spacingMm), distance }, originMm };
  } finally {
    for (const buffer of buffers) device.free(buffer);
  }
}

/**
 * Contoured structures as one obstacle: the signed distance to the surface of their union, to be kept clear of by a margin.
 *
 * The union is that of the structures' voxels as boxes. Where `resolutionMm` is given, it is that of all cubes of this side
 * which the boxes touch: never smaller. The field's frame has the axes of the patient frame, in metres, and sample (0, 0, 0)
 * at its origin; the obstacle's pose carries it to the base frame.
 *
 * @throws IsocenterError for an unknown or empty structure, values outside their limits, a transform that is not rigid, and
 * a field that is too large
 */
export async function structureField(
  device: Device,
  patient: Patient,
  structureNames: readonly string[],
  options: StructureFieldOptions,
): Promise<FieldObstacle> {
  const { marginM, resolutionMm, paddingMm = DEFAULT_PADDING_MM + marginM * MM_PER_M, T_base_patient } = options;
  if (structureNames.length === 0) {
    throw inputError('structure-field/none', 'no structure was named', 'name at least one structure of the patient');
  }
  requireWithin('margin', marginM, 0, MOST_MARGIN_M, 'm');
  requireWithin('padding', paddingMm, 0, 1000, 'mm');
  if (resolutionMm !== undefined) requireWithin('resolution', resolutionMm, ...RESOLUTION_LIMITS_MM, 'mm');
  requireRigid(T_base_patient);
  const { grid } = patient.structureSet;
  const lists = structureNames.map((name) => structureOf(patient, name).voxels);
  const region =
    resolutionMm === undefined
      ? cropRegion(grid, lists, paddingMm)
      : resampledRegion(grid, lists, paddingMm, resolutionMm);
  const { field, originMm } = await regionField(device, region);
  return {
    name: options.name ?? structureNames.join(' + '),
    shape: { kind: 'field', field },
    pose: movedOrigin(T_base_patient, metresFromMm(originMm)),
    marginM,
  };
}

/** @throws IsocenterError `frames/not-rigid` */
export function requireRigid(T_base_patient: Transform): void {
  if (isRigid(T_base_patient)) return;
  throw inputError(
    'frames/not-rigid',
    `the transform from the patient to the robot's base is not rigid: ${Array.from(T_base_patient, (v) => Number(v.toPrecision(6))).join(', ')}`,
    'give a rotation and a translation in metres, for example from isocenter register',
  );
}

function requireWithin(what: string, value: number, least: number, most: number, unit: string): void {
  if (value >= least && value <= most) return;
  throw inputError(
    'structure-field/out-of-range',
    `a ${what} of ${value} ${unit} is outside ${least} to ${most} ${unit}`,
    `give a ${what} from ${least} to ${most} ${unit}`,
  );
}

/** The frame `t` with its origin moved to `origin`, given in that frame itself. */
function movedOrigin(t: Transform, origin: Vec3): Transform {
  const moved = t.slice();
  for (let r = 0; r < 3; r++) {
    moved[12 + r] += t[r] * origin[0] + t[4 + r] * origin[1] + t[8 + r] * origin[2];
  }
  return moved;
}
