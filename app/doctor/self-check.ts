import { type Device, upload } from '../../engine/compute/device.ts';
import { T_patient_beam, transformPoint } from '../../engine/core/frames.ts';
import type { Vec3, Volume } from '../../engine/core/grid.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { rectangularField } from '../../planners/radiation/beams/bixels.ts';
import { DoseOperator } from '../../planners/radiation/dose/operator.ts';
import type { BeamModel } from '../../planners/radiation/machine/model.ts';
import { builtinMachine } from '../../planners/radiation/machine/registry.ts';

/** One small computation with a known result. */
export interface Check {
  readonly name: string;
  readonly pass: boolean;
  /** What was found, and what it must be. */
  readonly detail: string;
  readonly timeMs: number;
}

const seed = 1;
/** Limit of the project for the dot-product test in float32. */
const adjointTolerance = 1e-5;
/** Maps and their interpolation err up to 0.5 % of the maximum. */
const calibrationTolerance = 0.005;

/**
 * Computes the calibration field in a water tank: its dose must be the one that the machine states, and forward and
 * adjoint must be each other's transpose.
 */
export async function selfCheck(device: Device): Promise<Check[]> {
  const start = performance.now();
  const model = builtinMachine('generic-6mv');
  const operator = await calibrationField(device, model);
  try {
    const calibration = await checkCalibration(device, operator, model, start);
    return [calibration, await checkAdjoint(device, operator)];
  } finally {
    operator.free();
  }
}

async function calibrationField(device: Device, model: BeamModel): Promise<DoseOperator> {
  const { ssdMm, depthMm, fieldMm } = model.calibration;
  const angles = { gantryDeg: 0, couchDeg: 0, collimatorDeg: 0 };
  const isocenterMm: Vec3 = [0, model.sadMm - ssdMm, 0];
  const transform = T_patient_beam(angles, isocenterMm);
  const sourceMm = transformPoint(transform, [0, 0, model.sadMm]);
  const bixels = rectangularField(fieldMm, fieldMm, 5);
  const beams = [{ ...angles, isocenterMm, sadMm: model.sadMm, ssdMm, transform, sourceMm, bixels }];
  const depths = [depthMm, ...Array.from({ length: 63 }, (_, i) => 5 + 4 * i)];
  const positions = Float32Array.from(depths.flatMap((depth, i) => [i === 0 ? 0 : (i % 9) * 5 - 20, depth, 0, 0]));
  return DoseOperator.create(device, { model, beams, density: water(), positions, fractions: 1 });
}

/** Water below the plane y = 0: 300 x 300 x 300 mm. */
function water(): Volume {
  const size: Vec3 = [30, 30, 30];
  const grid = { size, spacingMm: [10, 10, 10], originMm: [-145, 5, -145] } as const;
  return { grid, data: new Float32Array(27000).fill(1), unit: '1' };
}

async function checkCalibration(
  device: Device,
  operator: DoseOperator,
  model: BeamModel,
  start: number,
): Promise<Check> {
  const dose = await forward(device, operator, new Float32Array(operator.bixelCount).fill(1));
  const { gyPerMu } = model.calibration;
  return {
    name: 'calibration',
    pass: Math.abs(dose[0] / gyPerMu - 1) <= calibrationTolerance,
    detail: `${(100 * dose[0]).toFixed(4)} cGy/MU, ${(100 * gyPerMu).toFixed(4)} within ${100 * calibrationTolerance} %`,
    timeMs: Math.round(performance.now() - start),
  };
}

async function checkAdjoint(device: Device, operator: DoseOperator): Promise<Check> {
  const start = performance.now();
  const random = seededRandom(seed);
  const x = Float32Array.from({ length: operator.bixelCount }, random);
  const y = Float32Array.from({ length: operator.voxelCount }, random);
  const left = dot(await forward(device, operator, x), y);
  const right = dot(x, await adjoint(device, operator, y));
  const error = Math.abs(left - right) / Math.abs(left);
  return {
    name: 'adjoint',
    pass: error <= adjointTolerance,
    detail: `<A x, y> and <x, A' y> differ by ${error.toExponential(1)}, at most ${adjointTolerance.toExponential(0)}`,
    timeMs: Math.round(performance.now() - start),
  };
}

async function forward(device: Device, operator: DoseOperator, x: Float32Array): Promise<Float32Array> {
  const weights = upload(device, x, 'weights');
  const dose = upload(device, new Float32Array(operator.voxelCount), 'dose');
  try {
    for (const launch of operator.prepareForward(weights, dose)) device.run(launch);
    const out = new Float32Array(operator.voxelCount);
    await device.read(dose, out);
    return out;
  } finally {
    device.free(weights);
    device.free(dose);
  }
}

async function adjoint(device: Device, operator: DoseOperator, y: Float32Array): Promise<Float32Array> {
  const slope = upload(device, y, 'voxel gradient');
  const gradient = upload(device, new Float32Array(operator.bixelCount), 'gradient');
  try {
    for (const launch of operator.prepareAdjoint(slope, gradient)) device.run(launch);
    const out = new Float32Array(operator.bixelCount);
    await device.read(gradient, out);
    return out;
  } finally {
    device.free(slope);
    device.free(gradient);
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
