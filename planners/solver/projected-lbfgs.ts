import type { Device, DeviceBuffer } from '../../engine/compute/device.ts';
import { nextTurn } from '../../engine/core/turn.ts';
import type { BoundedProblem } from './bounded-problem.ts';
import { LbfgsMemory, LbfgsWorkspace } from './lbfgs-workspace.ts';

export interface LbfgsConfig {
  /** Pairs of past steps that model the curvature; more cost memory and a little time an iteration. Default 16. */
  readonly history?: number;
  /** Iterations at most. Default 500. */
  readonly maxIterations?: number;
  /**
   * Stops when the value fell by less than this fraction over the last `window` iterations. Smaller runs longer and gets
   * closer to the optimum. Default 1e-3.
   */
  readonly tolerance?: number;
  /** Iterations over which progress is judged. Default 10. */
  readonly window?: number;
}

export type StopReason = 'converged' | 'iteration limit' | 'no descent' | 'cancelled';

export interface IterationReport {
  readonly iteration: number;
  readonly value: number;
  readonly evaluations: number;
}

export interface LbfgsResult extends IterationReport {
  readonly stop: StopReason;
  /** Length of P(w - g) - w at the last point, P the projection on w >= 0: zero at an optimum. */
  readonly projectedGradientNorm: number;
  /** The same at the first point, for scale. */
  readonly initialProjectedGradientNorm: number;
  /** Value after each iteration, the start included. */
  readonly trace: readonly number[];
}

/** Pairs of past steps unless the caller says otherwise. */
export const DEFAULT_HISTORY = 16;

export interface LbfgsHooks {
  /** What it returns is waited for. */
  readonly onIteration?: (report: IterationReport) => void | Promise<void>;
  readonly signal?: AbortSignal;
  /** Curvature of an earlier run on the same variables to begin with; holds that of this run afterwards. */
  readonly memory?: LbfgsMemory;
}

const DEFAULT_ITERATIONS = 500;
const ARMIJO = 1e-4;
const MAX_BACKTRACKS = 12;
/** Values are f32: a step that promises less than half of their last digit, relatively, cannot be seen to fall. */
const VALUE_PRECISION = 2 ** -25;
/** Longest time between two turns of the event loop [ms]. */
const TURN_MS = 50;

/**
 * Minimises a smooth function of w >= 0, starting at the contents of `w` (not negative), which ends as the minimiser.
 *
 * Two-metric projection (Bertsekas 1982; Gafni and Bertsekas 1984) with limited-memory BFGS: variables at their bound with
 * a gradient that pushes them out are held; on the free ones the direction is the L-BFGS direction (Nocedal 1980), whose
 * inner products are all formed in one launch (the vector-free form of Chen et al. 2014) so that an iteration reads back
 * one small matrix; the step is projected on w >= 0 and shortened until the value falls enough (Armijo).
 *
 * @throws IsocenterError `solver/not-finite` when the value or the gradient is not a finite number
 */
export async function minimizeProjected(
  device: Device,
  problem: BoundedProblem,
  w: DeviceBuffer,
  config: LbfgsConfig = {},
  hooks: LbfgsHooks = {},
): Promise<LbfgsResult> {
  const memory = hooks.memory ?? new LbfgsMemory(device, problem.size, config.history ?? DEFAULT_HISTORY);
  const workspace = new LbfgsWorkspace(device, problem, w, memory);
  try {
    return await iterate(workspace, config, hooks);
  } finally {
    workspace.free();
    if (memory !== hooks.memory) memory.free();
  }
}

async function iterate(space: LbfgsWorkspace, config: LbfgsConfig, hooks: LbfgsHooks): Promise<LbfgsResult> {
  const maxIterations = config.maxIterations ?? DEFAULT_ITERATIONS;
  const tolerance = config.tolerance ?? 1e-3;
  const window = config.window ?? 10;
  let value = await space.start();
  const { projectedNorm: initialProjectedGradientNorm } = await space.dots();
  let evaluations = 1;
  const trace = [value];
  let stop: StopReason = 'iteration limit';
  let iteration = 0;
  let turn = performance.now();
  /** Lets signals and timers in: on the wasm device nothing else waits. */
  const isCancelled = async (): Promise<boolean> => {
    if (performance.now() - turn > TURN_MS) {
      await nextTurn();
      turn = performance.now();
    }
    return hooks.signal?.aborted === true;
  };
  while (iteration < maxIterations) {
    if (await isCancelled()) {
      stop = 'cancelled';
      break;
    }
    await space.findDirection();
    let step = 1;
    let accepted = false;
    for (let tries = 0; tries < MAX_BACKTRACKS && !accepted; tries++) {
      const trial = await space.tryStep(step);
      evaluations++;
      const enough = trial.value <= value + ARMIJO * trial.descent;
      if (enough && trial.descent < 0) {
        value = trial.value;
        accepted = true;
      } else {
        if (-trial.descent <= VALUE_PRECISION * Math.abs(value) || (await isCancelled())) break;
        // Minimum of the parabola through the value, the slope and the trial, kept between a tenth and a half.
        const curvature = trial.value - value - trial.descent;
        const best = curvature > 0 ? -trial.descent / (2 * curvature) : 0.5;
        step *= Math.min(0.5, Math.max(0.1, best));
      }
    }
    if (!accepted) {
      // Cancelled, or once more down the gradient.
      if (hooks.signal?.aborted || space.forget()) continue;
      stop = 'no descent';
      break;
    }
    space.accept();
    iteration++;
    trace.push(value);
    const heard = hooks.onIteration?.({ iteration, value, evaluations });
    if (heard !== undefined) await heard;
    const earlier = trace[trace.length - 1 - window];
    if (earlier !== undefined && earlier - value <= tolerance * Math.abs(value)) {
      stop = 'converged';
      break;
    }
  }
  return {
    iteration,
    value,
    evaluations,
    stop,
    projectedGradientNorm: (await space.dots()).projectedNorm,
    initialProjectedGradientNorm,
    trace,
  };
}
