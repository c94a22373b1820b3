import type { DevicePreference } from '../engine/compute/open.ts';
import type { Patient } from '../engine/core/patient.ts';
import { openDevice } from '../kernels/device.ts';
import { equispacedAngles } from '../planners/radiation/beams/beam.ts';
import { fluenceProblem } from '../planners/radiation/fluence/optimize.ts';
import { DoseObjective } from '../planners/radiation/objectives/dose-objective.ts';
import { type PlanRequest, preparePlan } from '../planners/radiation/planning/plan.ts';
import { standardRequest } from './cases.ts';
import { timeLaunches } from './timing.ts';

export interface ScalingRow {
  readonly varied: 'voxels' | 'beams' | 'threads';
  readonly voxels: number;
  readonly beams: number;
  readonly bixels: number;
  readonly threads: number;
  readonly geometryMs: number;
  readonly iterationMs: number;
}

/** Time of one objective with gradient, and of the set-up, as voxels, beams and threads grow. */
export async function measureScaling(
  patient: Patient,
  protocol: string,
  prefer: DevicePreference,
): Promise<ScalingRow[]> {
  const rows: ScalingRow[] = [];
  const [x, y, z] = patient.structureSet.grid.spacingMm;
  const finest = Math.cbrt(x * y * z);
  for (const factor of [2, 1.5, 1.2, 1]) {
    rows.push(await measure(patient, protocol, prefer, 'voxels', { doseGridMm: finest * factor }));
  }
  for (const beams of [1, 3, 9, 18, 36]) {
    rows.push(
      await measure(patient, protocol, prefer, 'beams', { angles: equispacedAngles(beams), doseGridMm: finest * 1.2 }),
    );
  }
  for (const threads of [1, 2]) rows.push(await measure(patient, protocol, prefer, 'threads', {}, threads));
  console.log('scaling of one objective with gradient:');
  console.table(
    rows.map((r) => ({ ...r, geometryMs: r.geometryMs.toFixed(0), iterationMs: r.iterationMs.toFixed(2) })),
  );
  return rows;
}

async function measure(
  patient: Patient,
  protocol: string,
  prefer: DevicePreference,
  varied: ScalingRow['varied'],
  changes: Partial<PlanRequest>,
  threads?: number,
): Promise<ScalingRow> {
  const device = await openDevice(threads === undefined ? { prefer } : { prefer, threads });
  const began = performance.now();
  const prepared = await preparePlan(device, standardRequest(patient, protocol, changes));
  const geometryMs = performance.now() - began;
  const { operator, terms } = prepared;
  const objective = new DoseObjective(device, operator.voxelCount, terms);
  const problem = fluenceProblem(operator, objective);
  const w = device.allocate(16 * Math.ceil(operator.bixelCount / 4), 'weights');
  const gradient = device.allocate(16 * Math.ceil(operator.bixelCount / 4), 'gradient');
  device.write(w, new Float32Array(operator.bixelCount).fill(10));
  const timing = await timeLaunches('iteration', device, problem.evaluate(w, gradient), 1);
  const row = {
    varied,
    voxels: operator.voxelCount,
    beams: prepared.beams.length,
    bixels: operator.bixelCount,
    threads: device.threads,
    geometryMs,
    iterationMs: timing.medianMs,
  };
  await device.close();
  return row;
}
