import type { DevicePreference } from '../engine/compute/open.ts';
import type { Patient } from '../engine/core/patient.ts';
import { openDevice } from '../kernels/device.ts';
import { fluenceProblem } from '../planners/radiation/fluence/optimize.ts';
import { DoseObjective } from '../planners/radiation/objectives/dose-objective.ts';
import { planPatient, preparePlan } from '../planners/radiation/planning/plan.ts';
import { standardRequest } from './cases.ts';
import { type Timing, timeLaunches } from './timing.ts';

export interface Stages {
  readonly device: { readonly kind: string; readonly name: string; readonly threads: number };
  readonly voxels: number;
  readonly bixels: number;
  readonly timings: readonly Timing[];
  readonly plan: {
    readonly geometryMs: number;
    readonly optimizeMs: number;
    readonly evaluateMs: number;
    readonly iterations: number;
    readonly deviceMiB: number;
  };
}

/** Operator, one evaluation of objective and gradient, and a whole plan, on the benchmark's case. */
export async function measureStages(patient: Patient, protocol: string, prefer: DevicePreference): Promise<Stages> {
  const device = await openDevice({ prefer });
  const prepared = await preparePlan(device, standardRequest(patient, protocol));
  const { operator, terms } = prepared;
  const objective = new DoseObjective(device, operator.voxelCount, terms);
  const problem = fluenceProblem(operator, objective);
  const vector = (count: number, label: string) => device.allocate(16 * Math.ceil(count / 4), label);
  const w = vector(operator.bixelCount, 'weights');
  const gradient = vector(operator.bixelCount, 'gradient');
  const slope = vector(operator.voxelCount, 'slope');
  device.write(w, new Float32Array(operator.bixelCount).fill(10));
  device.write(slope, new Float32Array(operator.voxelCount).fill(1));
  const forward = operator.prepareForward(w, problem.dose);
  const adjoint = operator.prepareAdjoint(slope, gradient);
  const timings = [
    await timeLaunches('forward', device, forward),
    await timeLaunches('adjoint', device, adjoint),
    await timeLaunches('forward + adjoint', device, [...forward, ...adjoint]),
    await timeLaunches('objective and gradient', device, problem.evaluate(w, gradient)),
  ];
  problem.free();
  objective.free();
  operator.free();
  const plan = await planPatient(device, standardRequest(patient, protocol));
  const stages = {
    device: { kind: device.kind, name: device.name, threads: device.threads },
    voxels: operator.voxelCount,
    bixels: operator.bixelCount,
    timings,
    plan: {
      geometryMs: plan.timeMs.geometry,
      optimizeMs: plan.timeMs.optimize,
      evaluateMs: plan.timeMs.evaluate,
      iterations: plan.fluence.iteration,
      deviceMiB: device.memory().peakBytes / 2 ** 20,
    },
  };
  await device.close();
  console.log(`device ${stages.device.kind} (${stages.device.name}), ${stages.device.threads} threads`);
  console.log(`${stages.voxels} voxels, ${stages.bixels} bixels`);
  console.table(
    timings.map((t) => ({
      what: t.name,
      'median ms': t.medianMs.toFixed(2),
      'min ms': t.minMs.toFixed(2),
      samples: t.samples,
    })),
  );
  console.log(
    `plan: geometry ${stages.plan.geometryMs.toFixed(0)} ms, ${stages.plan.iterations} iterations in ${stages.plan.optimizeMs.toFixed(0)} ms, evaluation ${stages.plan.evaluateMs.toFixed(0)} ms, device memory ${stages.plan.deviceMiB.toFixed(0)} MiB\n`,
  );
  return stages;
}
