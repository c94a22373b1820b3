import { type Device, upload } from '../../../engine/compute/device.ts';
import { inputError } from '../../../engine/core/errors.ts';
import { type Grid, type Volume, voxelCount } from '../../../engine/core/grid.ts';
import {
  type GammaShape,
  gammaScratchBytes,
  OUTSIDE,
  prepareGamma,
  uploadCells,
} from '../../../kernels/gamma/index.ts';

/** What counts as agreement; the defaults are those of most published work (3 %, 3 mm, global, 10 %). */
export interface GammaCriteria {
  /** Dose difference [%] of the normalisation dose, or of the reference dose at each point where `local`. Default 3. */
  readonly dosePercent?: number | undefined;
  /** Distance to agreement [mm]. Default 3. */
  readonly distanceMm?: number | undefined;
  /** Default false. */
  readonly local?: boolean | undefined;
  /** Points whose reference dose is below this share of the normalisation dose are not judged [%]. Default 10. */
  readonly thresholdPercent?: number | undefined;
  /** Gamma is not followed beyond this; a lower one is faster. Default 2. */
  readonly maxGamma?: number | undefined;
  /** [Gy] Default: the largest reference dose. */
  readonly normalisationGy?: number | undefined;
}

export interface GammaResult {
  /** Criteria as used, defaults filled in. */
  readonly criteria: { readonly [K in keyof GammaCriteria]-?: NonNullable<GammaCriteria[K]> };
  /** Gamma at each voxel of the reference; NOT_JUDGED (-1) below the threshold, OUTSIDE (-2) where there is no evaluated dose. */
  readonly gamma: Float32Array;
  /** Points judged. */
  readonly points: number;
  /** Points above the threshold that lie outside the evaluated dose: they are not judged. */
  readonly outside: number;
  /** Share of the points judged with gamma of at most 1 [%]. */
  readonly passPercent: number;
  readonly mean: number;
  readonly max: number;
  /** Points by gamma, in bins of 0.1 from 0; gammas at the largest are in the last. */
  readonly histogram: readonly number[];
}

export interface GammaHooks {
  /** Called after each part, with the share that is done; a promise is waited for. */
  readonly onProgress?: (share: number) => void | Promise<void>;
  /** An abort ends the work before its next part, by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Parts in which a gamma that is watched is computed. */
const WATCHED_PARTS = 24;
const BINS_PER_GAMMA = 10;
/** Rounding of float32 must not fail a point that agrees to the last digit. */
const PASS = 1 + 1e-5;

/**
 * Gamma index of an evaluated dose at every voxel of a reference dose; both in Gy, on any two grids of the patient frame.
 *
 * @throws IsocenterError `gamma/...`: NaN or a negative dose in one of them, a reference without dose, no point above the
 * threshold, doses that do not overlap, criteria outside the limits
 */
export async function gammaIndex(
  device: Device,
  reference: Volume,
  evaluated: Volume,
  wanted: GammaCriteria = {},
  hooks: GammaHooks = {},
): Promise<GammaResult> {
  const largest = checkDose(reference, 'reference');
  checkDose(evaluated, 'evaluated');
  const criteria = {
    dosePercent: wanted.dosePercent ?? 3,
    distanceMm: wanted.distanceMm ?? 3,
    local: wanted.local ?? false,
    thresholdPercent: wanted.thresholdPercent ?? 10,
    maxGamma: wanted.maxGamma ?? 2,
    normalisationGy: wanted.normalisationGy ?? largest,
  };
  if (!(criteria.normalisationGy > 0)) {
    throw inputError(
      'gamma/no-dose',
      'the reference dose is zero everywhere, so that percentages of it mean nothing',
      'give the dose of a plan as the reference, or a normalisation dose',
    );
  }
  const shape: GammaShape = {
    reference: reference.grid,
    evaluated: evaluated.grid,
    distanceMm: criteria.distanceMm,
    doseTolerance: (criteria.dosePercent / 100) * (criteria.local ? 1 : criteria.normalisationGy),
    local: criteria.local,
    thresholdGy: (criteria.thresholdPercent / 100) * criteria.normalisationGy,
    maxGamma: criteria.maxGamma,
  };
  const gamma = await run(device, shape, reference.data, evaluated.data, hooks);
  return { criteria, gamma, ...summarise(gamma, shape) };
}

async function run(
  device: Device,
  shape: GammaShape,
  reference: Float32Array,
  evaluated: Float32Array,
  hooks: GammaHooks,
): Promise<Float32Array> {
  const { cells, count } = uploadCells(device, shape);
  const bytes = (length: number): number => Math.ceil(length / 16) * 16;
  const [nx, ny, nz] = shape.reference.size;
  const slices = hooks.onProgress === undefined ? nz : Math.ceil(nz / WATCHED_PARTS);
  const perSlice = nx * ny;
  const buffers = {
    reference: device.allocate(bytes(4 * perSlice * slices), 'gamma reference'),
    evaluated: upload(device, evaluated, 'gamma evaluated'),
    cells,
    scratch: device.allocate(bytes(gammaScratchBytes(shape.evaluated)), 'gamma ranges'),
    gamma: device.allocate(bytes(4 * perSlice * slices), 'gamma'),
  };
  try {
    const gamma = new Float32Array(reference.length);
    for (let first = 0; first < nz; first += slices) {
      hooks.signal?.throwIfAborted();
      const part = slabOf(shape.reference, first, Math.min(slices, nz - first));
      const range = [perSlice * first, perSlice * (first + part.size[2])] as const;
      device.write(buffers.reference, reference.subarray(...range));
      const launches = prepareGamma(device, { ...shape, reference: part }, buffers, count);
      // The ranges of the evaluated dose are those of the first part.
      for (const launch of first === 0 ? launches : launches.slice(-1)) device.run(launch);
      await device.read(buffers.gamma, gamma.subarray(...range));
      await hooks.onProgress?.((first + part.size[2]) / nz);
    }
    return gamma;
  } finally {
    for (const buffer of Object.values(buffers)) device.free(buffer);
  }
}

/** Some slices of a grid. */
function slabOf({ size, spacingMm, originMm }: Grid, first: number, count: number): Grid {
  return {
    size: [size[0], size[1], count],
    spacingMm,
    originMm: [originMm[0], originMm[1], originMm[2] + first * spacingMm[2]],
  };
}

function summarise(
  gamma: Float32Array,
  { maxGamma, thresholdGy }: GammaShape,
): Omit<GammaResult, 'criteria' | 'gamma'> {
  const histogram = new Array<number>(Math.ceil(maxGamma * BINS_PER_GAMMA)).fill(0);
  let [points, outside, passed, sum, max] = [0, 0, 0, 0, 0];
  for (const value of gamma) {
    if (value === OUTSIDE) outside++;
    if (value < 0) continue;
    points++;
    sum += value;
    if (value <= PASS) passed++;
    if (value > max) max = value;
    histogram[Math.min(histogram.length - 1, Math.floor(value * BINS_PER_GAMMA))]++;
  }
  if (points === 0) {
    throw outside > 0
      ? inputError(
          'gamma/no-overlap',
          `all ${outside} points of the reference above ${thresholdGy.toPrecision(4)} Gy lie outside the evaluated dose`,
          'check that both doses are in the same frame of reference',
        )
      : inputError(
          'gamma/no-points',
          `no point of the reference dose reaches the threshold of ${thresholdGy.toPrecision(4)} Gy`,
          'lower the threshold or the normalisation dose',
        );
  }
  return { points, outside, passPercent: (100 * passed) / points, mean: sum / points, max, histogram };
}

/** Largest dose of a volume whose every voxel is a dose. */
function checkDose({ grid, data }: Volume, role: string): number {
  if (data.length !== voxelCount(grid)) {
    throw inputError(
      'gamma/bad-dose',
      `the ${role} dose has ${data.length} values on a grid of ${voxelCount(grid)} voxels`,
      'give one value a voxel',
    );
  }
  let largest = 0;
  for (let n = 0; n < data.length; n++) {
    if (data[n] >= 0 && data[n] < 1e9) {
      if (data[n] > largest) largest = data[n];
      continue;
    }
    const [nx, ny] = grid.size;
    const voxel = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))].join(', ');
    throw inputError(
      'gamma/bad-dose',
      `the ${role} dose is ${data[n]} Gy at voxel (${voxel}), where a dose is 0 Gy or more`,
      'mend the dose, or crop it to where it is known',
    );
  }
  return largest;
}
