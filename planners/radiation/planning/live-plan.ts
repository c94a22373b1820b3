import type { Device, DeviceBuffer } from '../../../engine/compute/device.ts';
import { rowStride } from '../../../kernels/vector/index.ts';
import { LbfgsMemory } from '../../solver/lbfgs-workspace.ts';
import {
  DEFAULT_HISTORY,
  type IterationReport,
  type LbfgsResult,
  minimizeProjected,
} from '../../solver/projected-lbfgs.ts';
import { type Evaluation, evaluateDose, judgeGoals } from '../evaluation/evaluate.ts';
import type { GoalResult } from '../evaluation/goals.ts';
import { structureVoxels } from '../evaluation/regions.ts';
import { fluenceProblem, uniformStart } from '../fluence/optimize.ts';
import { DoseObjective } from '../objectives/dose-objective.ts';
import { objectiveVoxels } from '../protocol/match.ts';
import type { Objective } from '../protocol/objectives.ts';
import { type PlanRequest, type PreparedPlan, preparePlan } from './plan.ts';
import { positionsIn } from './positions.ts';

export interface LiveHooks {
  readonly signal?: AbortSignal;
  /** Called after iterations, at most so often; {@link LivePlan.dose} is that of the iteration. */
  readonly onDose?: (report: IterationReport) => void;
  /** Least time between two calls of `onDose` [ms]; default 100. The first iteration always calls. */
  readonly doseEveryMs?: number;
  /** Called after every iteration, and at the end, with the dose where the device has it: f32[voxelCount], total [Gy]. */
  readonly onDeviceDose?: (dose: DeviceBuffer, isLast: boolean) => void;
}

/**
 * A plan that stays open: optimised again and again from where it stands, as its objectives change. Everything that depends on
 * patient and beams alone is made once; weights stay on the device between runs.
 */
export class LivePlan {
  readonly prepared: PreparedPlan;
  /** Total dose [Gy] of each dose voxel of the patient, after the last iteration that was shown. */
  readonly dose: Float32Array;
  /** Those of {@link dose} [MU per fraction]. */
  readonly weights: Float32Array;
  readonly #device: Device;
  readonly #w: DeviceBuffer;
  readonly #memory: LbfgsMemory;
  /** Of the region of each objective so far, in the dose vector. */
  readonly #positions = new Map<string, Uint32Array>();
  #isStarted = false;

  private constructor(device: Device, prepared: PreparedPlan) {
    this.#device = device;
    this.prepared = prepared;
    const { bixelCount, voxelCount } = prepared.operator;
    this.dose = new Float32Array(voxelCount);
    this.weights = new Float32Array(bixelCount);
    this.#w = device.allocate(4 * rowStride(bixelCount), 'weights');
    this.#memory = new LbfgsMemory(device, bixelCount, DEFAULT_HISTORY);
  }

  /** `request.start` is where the first run begins, where it fits the bixels. */
  static async create(device: Device, request: PlanRequest): Promise<LivePlan> {
    const plan = new LivePlan(device, await preparePlan(device, request));
    if (request.start?.length === plan.weights.length) plan.#startFrom(request.start);
    return plan;
  }

  #startFrom(weights: Float32Array): void {
    this.weights.set(weights);
    this.#device.write(this.#w, weights);
    this.#isStarted = true;
  }

  /**
   * Optimises for `objectives`, from the weights and with the curvature of the run before where there was one: an objective that
   * is dragged changes little from wish to wish. An abort ends the run after its
   * iteration: weights and dose are then those reached.
   */
  async optimize(objectives: readonly Objective[], hooks: LiveHooks = {}): Promise<LbfgsResult> {
    const device = this.#device;
    const { operator } = this.prepared;
    const terms = objectives.map((objective) => ({ objective, voxels: this.#voxelsOf(objective) }));
    const objective = new DoseObjective(device, operator.voxelCount, terms);
    const problem = fluenceProblem(operator, objective);
    const { doseEveryMs = 100, onDose, onDeviceDose, signal } = hooks;
    let shownMs = Number.NEGATIVE_INFINITY;
    const onIteration = async (report: IterationReport): Promise<void> => {
      onDeviceDose?.(problem.dose, false);
      if (performance.now() - shownMs < doseEveryMs) return;
      await Promise.all([device.read(problem.dose, this.dose), device.read(this.#w, this.weights)]);
      onDose?.(report);
      shownMs = performance.now();
    };
    try {
      if (!this.#isStarted) await this.#start(problem.dose);
      const result = await minimizeProjected(
        device,
        problem,
        this.#w,
        {},
        {
          onIteration,
          memory: this.#memory,
          ...(signal && { signal }),
        },
      );
      for (const launch of operator.prepareForward(this.#w, problem.dose)) device.run(launch);
      onDeviceDose?.(problem.dose, true);
      await Promise.all([device.read(problem.dose, this.dose), device.read(this.#w, this.weights)]);
      return result;
    } finally {
      problem.free();
      objective.free();
    }
  }

  /** Judges {@link dose}. */
  evaluate(): Evaluation {
    const { patient, protocol } = this.prepared;
    return evaluateDose({ patient, protocol, dose: { voxels: patient.doseVoxels, gy: this.dose } });
  }

  /** The goals on {@link dose}, as {@link evaluate} has them, at a fraction of its time. */
  judge(): readonly GoalResult[] {
    const { patient, protocol } = this.prepared;
    return judgeGoals({ patient, protocol, dose: { voxels: patient.doseVoxels, gy: this.dose } });
  }

  free(): void {
    this.#device.free(this.#w);
    this.#memory.free();
    this.prepared.operator.free();
  }

  /** What region an objective has depends on where it looks, not on what it wants there. */
  #voxelsOf(objective: Objective): Uint32Array {
    const { patient, protocol } = this.prepared;
    const key = `${objective.structure} ${objective.excludes ?? ''}`;
    let found = this.#positions.get(key);
    if (found === undefined) {
      found = positionsIn(patient.doseVoxels, objectiveVoxels(patient, protocol, objective));
      this.#positions.set(key, found);
    }
    return found;
  }

  async #start(dose: DeviceBuffer): Promise<void> {
    const { operator, patient, protocol } = this.prepared;
    const aims = protocol.targets.map(({ structure, prescriptionGy }) => ({
      voxels: positionsIn(patient.doseVoxels, structureVoxels(patient, structure) ?? new Uint32Array(0)),
      prescriptionGy,
    }));
    this.#startFrom(await uniformStart(this.#device, operator, this.#w, dose, aims));
  }
}
