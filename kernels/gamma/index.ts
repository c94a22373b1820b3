import { type Device, type DeviceBuffer, type Launch, upload } from '../../engine/compute/device.ts';
import { inputError } from '../../engine/core/errors.ts';
import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/** Where two doses lie and what counts as agreement. */
export interface GammaShape {
  /** Its voxel centres are the points that get a gamma. */
  readonly reference: Grid;
  /** Searched between its voxel centres, by trilinear interpolation. */
  readonly evaluated: Grid;
  /** Distance to agreement [mm]. */
  readonly distanceMm: number;
  /** Dose difference to agreement: in Gy where `local` is false, as a fraction of the reference dose at the point where it is true. */
  readonly doseTolerance: number;
  readonly local: boolean;
  /** Points of a lower reference dose are not judged [Gy]. */
  readonly thresholdGy: number;
  /** Gamma is not followed beyond this. */
  readonly maxGamma: number;
}

/** In the place of a gamma: the reference dose is below the threshold. */
export const NOT_JUDGED = -1;
/** In the place of a gamma: the point lies outside the box of the evaluated dose's voxel centres. */
export const OUTSIDE = -2;

const MOST_VOXELS = 2 ** 27;
const MOST_CELLS_IN_REACH = 2 ** 20;
const THREADS = 64;

/** Cells between voxel centres along each axis; an axis of one voxel has one cell without extent. */
export function cellsOf({ size }: Grid): Vec3 {
  return [Math.max(1, size[0] - 1), Math.max(1, size[1] - 1), Math.max(1, size[2] - 1)];
}

/** Bytes of the scratch buffer: the least and the largest dose of every cell of the evaluated grid. */
export function gammaScratchBytes(evaluated: Grid): number {
  const [x, y, z] = cellsOf(evaluated);
  return 8 * x * y * z;
}

/** @throws IsocenterError `gamma/...` where a criterion or a grid is outside the limits */
export function checkGammaShape(shape: GammaShape): void {
  const { reference, evaluated, distanceMm, doseTolerance, thresholdGy, maxGamma } = shape;
  const refuse = (message: string, hint: string): never => {
    throw inputError('gamma/bad-criterion', message, hint);
  };
  if (!(distanceMm >= 0.01 && distanceMm <= 100)) {
    refuse(`a distance to agreement of ${distanceMm} mm is outside 0.01 to 100 mm`, 'clinical criteria are 1 to 5 mm');
  }
  if (!(doseTolerance > 0 && doseTolerance < 1e9)) {
    refuse(`a dose tolerance of ${doseTolerance} is not a positive number`, 'it is a percentage of a positive dose');
  }
  if (!(thresholdGy >= 0 && thresholdGy < 1e9)) refuse(`a threshold of ${thresholdGy} Gy is none`, 'give 0 or more');
  if (!(maxGamma >= 1 && maxGamma <= 100)) refuse(`a largest gamma of ${maxGamma} is outside 1 to 100`, 'give 2');
  for (const { size, spacingMm, originMm } of [reference, evaluated]) {
    const sizes = size.every((n) => Number.isInteger(n) && n >= 1) && size[0] * size[1] * size[2] <= MOST_VOXELS;
    const lengths = spacingMm.every((h) => h >= 1e-3 && h <= 1000) && originMm.every((x) => Math.abs(x) <= 1e6);
    if (sizes && lengths) continue;
    throw inputError(
      'gamma/bad-grid',
      `a dose of ${size.join(' x ')} voxels of ${spacingMm.join(' x ')} mm is outside 1 to ${MOST_VOXELS} voxels of 0.001 to 1000 mm`,
      'crop the dose or choose larger voxels',
    );
  }
}

/**
 * Cells that a search may reach, relative to the one that holds the point, nearest first: i32 x, y, z and, as the bits of an
 * f32, the least squared distance [DTA^2] of such a cell from any place in the cell that holds the point.
 */
export function cellsInReach({ evaluated, distanceMm, maxGamma }: GammaShape): Int32Array {
  const cells = cellsOf(evaluated);
  const h = evaluated.spacingMm.map((mm) => mm / distanceMm);
  const reach = h.map((step, axis) => Math.min(Math.ceil(maxGamma / step) + 1, cells[axis] - 1));
  const span = reach.map((n) => 2 * n + 1);
  if (span[0] * span[1] * span[2] > 8 * MOST_CELLS_IN_REACH) throw tooFine(evaluated, maxGamma * distanceMm);
  const gap = (offset: number, axis: number): number => Math.max(0, Math.abs(offset) - 1) * h[axis];
  const found: { at: Vec3; least: number; centre: number }[] = [];
  for (let z = -reach[2]; z <= reach[2]; z++) {
    for (let y = -reach[1]; y <= reach[1]; y++) {
      for (let x = -reach[0]; x <= reach[0]; x++) {
        const least = gap(x, 0) ** 2 + gap(y, 1) ** 2 + gap(z, 2) ** 2;
        if (least >= maxGamma ** 2) continue;
        found.push({ at: [x, y, z], least, centre: (x * h[0]) ** 2 + (y * h[1]) ** 2 + (z * h[2]) ** 2 });
      }
    }
  }
  if (found.length > MOST_CELLS_IN_REACH) throw tooFine(evaluated, maxGamma * distanceMm);
  found.sort((a, b) => a.least - b.least || a.centre - b.centre);
  const list = new Int32Array(4 * found.length);
  const bits = new Float32Array(list.buffer);
  found.forEach(({ at, least }, n) => {
    list.set(at, 4 * n);
    bits[4 * n + 3] = least;
  });
  return list;
}

function tooFine({ spacingMm }: Grid, reachMm: number): Error {
  return inputError(
    'gamma/too-fine',
    `a search over ${reachMm} mm in voxels of ${spacingMm.join(' x ')} mm visits more than ${MOST_CELLS_IN_REACH} cells a point`,
    'lower the largest gamma or the distance, or give the evaluated dose on larger voxels',
  );
}

/**
 * Gamma index (Low, Harms, Mutic and Purdy, Med Phys 25:656, 1998) of an evaluated dose at the voxel centres r of a reference
 * dose: the least of sqrt(|r' - r|^2 / DTA^2 + (De(r') - Dr(r))^2 / DD^2) over all r' between the evaluated dose's voxel
 * centres, De trilinear, at most `maxGamma`. Not a search over samples: each cell's minimum is found in closed form for the
 * linearised dose and refined to that of the trilinear one; cells that cannot hold it are passed over by bounds.
 *
 * @param b.reference f32[voxels of the reference grid] Gy
 * @param b.evaluated f32[voxels of the evaluated grid] Gy
 * @param b.cells {@link cellsInReach}, i32[n][4]; see {@link uploadCells}
 * @param b.scratch {@link gammaScratchBytes} bytes
 * @param b.gamma f32[voxels of the reference grid], or {@link NOT_JUDGED}, {@link OUTSIDE}
 * @throws IsocenterError as {@link checkGammaShape}
 */
export function prepareGamma(
  device: Device,
  shape: GammaShape,
  b: Readonly<Record<'reference' | 'evaluated' | 'cells' | 'scratch' | 'gamma', DeviceBuffer>>,
  cellCount: number,
): readonly Launch[] {
  checkGammaShape(shape);
  const { reference, evaluated } = shape;
  const [nx, ny, nz] = reference.size;
  const cells = cellsOf(evaluated);
  const u32 = (value: number) => ['u32', value] as const;
  const f32 = (value: number) => ['f32', value] as const;
  const axes = [0, 1, 2] as const;
  const params = [
    ...reference.size.map(u32),
    u32(cellCount),
    ...evaluated.size.map(u32),
    u32(shape.local ? 1 : 0),
    ...axes.map((axis) => f32(reference.spacingMm[axis] / evaluated.spacingMm[axis])),
    f32(shape.thresholdGy),
    ...axes.map((axis) => f32((reference.originMm[axis] - evaluated.originMm[axis]) / evaluated.spacingMm[axis])),
    f32(shape.maxGamma),
    ...axes.map((axis) => f32(evaluated.spacingMm[axis] / shape.distanceMm)),
    f32(1 / shape.doseTolerance),
  ];
  const kernel = 'gamma';
  return [
    device.prepare({
      kernel,
      entry: 'gammaRanges',
      params,
      buffers: [b.evaluated, b.scratch],
      tasks: cells[1] * cells[2],
      workgroups: workgroupsFor(Math.ceil((cells[0] * cells[1] * cells[2]) / THREADS)),
    }),
    device.prepare({
      kernel,
      entry: 'gammaIndex',
      params,
      buffers: [b.reference, b.evaluated, b.cells, b.scratch, b.gamma],
      tasks: ny * nz,
      workgroups: workgroupsFor(Math.ceil((nx * ny * nz) / THREADS)),
    }),
  ];
}

/** The cells in reach as a buffer, and how many they are. */
export function uploadCells(
  device: Device,
  shape: GammaShape,
): { readonly cells: DeviceBuffer; readonly count: number } {
  const list = cellsInReach(shape);
  return { cells: upload(device, list, 'gamma cells in reach'), count: list.length / 4 };
}
