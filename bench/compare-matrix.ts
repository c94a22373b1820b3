import type { DevicePreference } from '../engine/compute/open.ts';
import type { Patient } from '../engine/core/patient.ts';
import { openDevice } from '../kernels/device.ts';
import { preparePlan } from '../planners/radiation/planning/plan.ts';
import { standardRequest } from './cases.ts';
import { buildInfluenceMatrix, matrixBytes, multiply, transpose } from './explicit-matrix.ts';
import type { Stages } from './stages.ts';
import { type Timing, time } from './timing.ts';

/** matRad's geometric lateral cut-off for photons [mm]. */
const CUT_OFF_MM = 50;

export interface MatrixComparison {
  readonly cutOffMm: number;
  readonly nonZeros: number;
  readonly buildMs: number;
  readonly mebibytes: number;
  readonly timings: readonly Timing[];
  readonly ratios: {
    readonly forwardPlusAdjoint: number;
    readonly setUp: number;
    readonly memory: number;
  };
}

/**
 * Builds the explicit dose-influence matrix of the benchmark's case (float32, compressed rows, plus its transpose; plain
 * JavaScript on one thread) and compares set-up, memory and products with the matrix-free operator of the same run.
 */
export async function compareWithMatrix(
  patient: Patient,
  protocol: string,
  stages: Stages,
  prefer: DevicePreference,
): Promise<MatrixComparison> {
  const device = await openDevice({ prefer });
  const request = standardRequest(patient, protocol);
  const prepared = await preparePlan(device, request);
  const rays: Float32Array[] = [];
  for (let b = 0; b < prepared.beams.length; b++) rays.push(await prepared.operator.readRays(b));
  const began = performance.now();
  const matrix = buildInfluenceMatrix(request.model, prepared.beams, rays, prepared.protocol.fractions, CUT_OFF_MM);
  const transposed = transpose(matrix);
  const buildMs = performance.now() - began;
  await device.close();

  const weights = new Float32Array(matrix.columns).fill(10);
  const dose = new Float32Array(matrix.rows);
  const back = new Float32Array(matrix.columns);
  const timings = [
    await time('matrix: forward', () => multiply(matrix, weights, dose)),
    await time('matrix: adjoint', () => multiply(transposed, dose, back)),
  ];
  const bytes = matrixBytes(matrix) + matrixBytes(transposed);
  const free = stages.timings.find((t) => t.name === 'forward + adjoint') as Timing;
  const ratios = {
    forwardPlusAdjoint: (timings[0].medianMs + timings[1].medianMs) / free.medianMs,
    setUp: (buildMs + stages.plan.geometryMs) / stages.plan.geometryMs,
    memory: bytes / 2 ** 20 / stages.plan.deviceMiB,
  };
  console.log(`explicit matrix of the same model, lateral cut-off ${CUT_OFF_MM} mm, float32 + uint32, one thread:`);
  console.log(
    `${matrix.value.length} non-zeros, ${(bytes / 2 ** 20).toFixed(0)} MiB with its transpose, built in ${(buildMs / 1000).toFixed(1)} s; ` +
      `forward ${timings[0].medianMs.toFixed(0)} ms, adjoint ${timings[1].medianMs.toFixed(0)} ms`,
  );
  console.log(
    `matrix-free against it: products ${ratios.forwardPlusAdjoint.toFixed(1)} x faster, set-up ${ratios.setUp.toFixed(0)} x faster, memory ${ratios.memory.toFixed(0)} x smaller\n`,
  );
  return { cutOffMm: CUT_OFF_MM, nonZeros: matrix.value.length, buildMs, mebibytes: bytes / 2 ** 20, timings, ratios };
}
