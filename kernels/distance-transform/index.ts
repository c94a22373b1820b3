import type { Device, DeviceBuffer, DeviceKind, Launch } from '../../engine/compute/device.ts';
import { inputError } from '../../engine/core/errors.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/** Voxels of a volume and their spacing. */
export interface DistanceTransformShape {
  readonly size: Vec3;
  /** [mm] */
  readonly spacingMm: Vec3;
}

/**
 * Distance [m] that stands for "there is none": with a minus where every voxel lies in the region, with a plus where none
 * does. The kernels' 1e36 mm^2.
 */
export const NO_SURFACE_M = 1e15;

const MOST_VOXELS = 2 ** 25;
const MOST_ALONG_AN_AXIS = 4096;
const SPACING_LIMITS_MM = [1e-3, 1000] as const;

/** The wasm version works in so many parts, however many threads there are; each has its own scratch. */
const PARTS = 64;
const TILE_COLUMNS = 16;
const ENVELOPE_BYTES = 32;

/** Words of one row of the bit mask: every row begins with a new word. */
export function wordsPerRow(size: Vec3): number {
  return Math.ceil(size[0] / 32);
}

/** Length of the bit mask. */
export function bitMaskLength(size: Vec3): number {
  return wordsPerRow(size) * size[1] * size[2];
}

/** Bytes of the scratch buffer; the devices need different amounts. */
export function distanceTransformScratchBytes(size: Vec3, kind: DeviceKind): number {
  if (kind === 'webgpu') return Math.ceil(size[0] * size[1] * size[2] * 4);
  return PARTS * partBytes(size);
}

/** One part: a tile of lines, the envelope of one line, and the reciprocals of both axes' steps. */
function partBytes(size: Vec3): number {
  const line = lineLength(size);
  return TILE_COLUMNS * 4 * line + (line + 1) * ENVELOPE_BYTES + (line + 1) * 8;
}

function lineLength([, ny, nz]: Vec3): number {
  return Math.ceil(Math.max(ny, nz) / 4) * 4 + 4;
}

/** @throws IsocenterError `distance-transform/...` where the size or the spacing is none, or outside the limits */
export function checkDistanceTransformShape({ size, spacingMm }: DistanceTransformShape): void {
  const [least, most] = SPACING_LIMITS_MM;
  if (!spacingMm.every((h) => h >= least && h <= most)) {
    throw inputError(
      'distance-transform/spacing',
      `a voxel spacing of ${spacingMm.join(' x ')} mm is outside ${least} to ${most} mm`,
      'give three positive spacings in mm',
    );
  }
  const whole = size.every((n) => Number.isInteger(n) && n >= 1 && n <= MOST_ALONG_AN_AXIS);
  if (!whole || size[0] * size[1] * size[2] > MOST_VOXELS) {
    throw inputError(
      'distance-transform/size',
      `a volume of ${size.join(' x ')} voxels is outside 1 to ${MOST_ALONG_AN_AXIS} along each axis and ${MOST_VOXELS} in all`,
      'crop the volume or choose larger voxels',
    );
  }
}

/**
 * Signed distance from every voxel's centre to the surface of a region of voxels, exact, in mm in and m out.
 *
 * The region is the union of its voxels' cells: closed boxes of one spacing around the centres. Its surface therefore lies
 * halfway between the centres of neighbours, and a centre outside is as far from it as from the nearest cell of the region
 * (positive), a centre inside as far as from the nearest cell that is not of the region (negative). Nothing is known beyond
 * the volume: what lies there counts neither as inside nor as outside. Without any surface all values are plus or minus
 * {@link NO_SURFACE_M}.
 *
 * @param b.bits u32[nz][ny][words]: bit i % 32 of word i / 32 of a row is 1 where voxel i is in the region
 * @param b.scratch {@link distanceTransformScratchBytes} bytes
 * @param b.distance f32[nz][ny][nx] m
 * @throws IsocenterError as {@link checkDistanceTransformShape}
 */
export function prepareDistanceTransform(
  device: Device,
  shape: DistanceTransformShape,
  b: { bits: DeviceBuffer; scratch: DeviceBuffer; distance: DeviceBuffer },
): readonly Launch[] {
  checkDistanceTransformShape(shape);
  const { size, spacingMm } = shape;
  const whole = [...size, wordsPerRow(size)].map((value) => ['u32', value] as const);
  const spacing = spacingMm.map((value) => ['f32', value] as const);
  const kernel = 'distance-transform';
  if (device.kind === 'wasm') {
    const parts = [PARTS, partBytes(size), lineLength(size)].map((value) => ['u32', value] as const);
    const common = { kernel, params: [...whole, ...spacing, ...parts], tasks: PARTS, workgroups: [1, 1, 1] as const };
    return [
      device.prepare({ ...common, entry: 'distanceAlongXY', buffers: [b.bits, b.scratch, b.distance] }),
      device.prepare({ ...common, entry: 'distanceAlongZ', buffers: [b.scratch, b.distance] }),
    ];
  }
  const threads = 64;
  const workgroups = workgroupsFor(Math.ceil((size[0] * size[1] * size[2]) / threads));
  const common = { kernel, params: [...whole, ...spacing, ['u32', 0] as const], tasks: 0, workgroups };
  return [
    device.prepare({ ...common, entry: 'distanceAlongX', buffers: [b.bits, b.distance] }),
    device.prepare({ ...common, entry: 'distanceAlongY', buffers: [b.distance, b.scratch] }),
    device.prepare({ ...common, entry: 'distanceAlongZ', buffers: [b.scratch, b.distance] }),
  ];
}
