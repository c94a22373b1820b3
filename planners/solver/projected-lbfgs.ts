import type { Device, DeviceBuffer } from '../../engine/compute/device.ts';
import type { BoundedProblem } from './bounded-problem.ts';
import { LbfgsWorkspace } from './lbfgs-workspace.ts';

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
  /**
   * A cheaper function of the same variables, near enough to the true one to begin on: it is minimised first, to its own
   * looser tolerance, and what it taught about the curvature is kept. The result is a minimiser of the true function.
   */
  readonly rehearsal?: { readonly problem: BoundedProblem; readonly tolerance: number };
}

export type StopReason = 'converged' | 'iteration limit' | 'no descent' | 'cancelled';

export interface IterationReport {
  /** Iterations so far, those of the rehearsal included. */
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
  /** Value after each iteration on the true function, its start included. */
  readonly trace: readonly number[];
  /** Iterations of the rehearsal among all of them. */
  readonly rehearsed: number;
}

export interface LbfgsHooks {
  readonly onIteration?: (report: IterationReport) => void;
  readonly signal?: AbortSignal;
}

const DEFAULT_ITERATIONS = 500;
const ARMIJO = 1e-4;
const MAX_BACKTRACKS = 12;
/** Longest time between two turns of the event loop [ms]. */
const TURN_MS = 30;

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
  const { rehearsal } = config;
  const workspace = new LbfgsWorkspace(device, problem, w, config.history ?? 16);
  try {
    const start = await evaluateStart(workspace);
    if (rehearsal === undefined) return await iterate(workspace, start, config, hooks);
    // At most half of the iterations go into the rehearsal.
    const maxIterations = Math.floor((config.maxIterations ?? DEFAULT_ITERATIONS) / 2);
    workspace.use(rehearsal.problem);
    const first = await evaluateStart(workspace);
    const loose = { ...config, maxIterations, tolerance: rehearsal.tolerance };
    const rehearsed = await iterate(workspace, first, loose, hooks);
    workspace.use(problem);
    const result = await iterate(workspace, await evaluateStart(workspace), config, hooks, rehearsed);
    return {
      ...result,
      evaluations: result.evaluations + 1,
      initialProjectedGradientNorm: start.projectedNorm,
    };
  } finally {
    workspace.free();
  }
}

interface Start {
  readonly value: number;
  readonly projectedNorm: number;
}

async function evaluateStart(space: LbfgsWorkspace): Promise<Start> {
  const value = await space.start();
  return { value, projectedNorm: (await space.dots()).projectedNorm };
}

async function iterate(
  space: LbfgsWorkspace,
  start: Start,
  config: LbfgsConfig,
  hooks: LbfgsHooks,
  before?: LbfgsResult,
): Promise<LbfgsResult> {
  const maxIterations = config.maxIterations ?? DEFAULT_ITERATIONS;
  const tolerance = config.tolerance ?? 1e-3;
  const window = config.window ?? 10;
  let { value } = start;
  let evaluations = (before?.evaluations ?? 0) + 1;
  const trace = [value];
  let stop: StopReason = 'iteration limit';
  const rehearsed = before?.iteration ?? 0;
  let iteration = rehearsed;
  let turn = performance.now();
  while (iteration < maxIterations) {
    if (performance.now() - turn > TURN_MS) {
      // Lets signals and timers in: on the wasm device nothing else waits.
      await new Promise((resolve) => setTimeout(resolve, 0));
      turn = performance.now();
    }
    if (hooks.signal?.aborted) {
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
        // Minimum of the parabola through the value, the slope and the trial, kept between a tenth and a half.
        const curvature = trial.value - value - trial.descent;
        const best = curvature > 0 ? -trial.descent / (2 * curvature) : 0.5;
        step *= Math.min(0.5, Math.max(0.1, best));
      }
    }
    if (!accepted) {
      if (space.forget()) continue;
      stop = 'no descent';
      break;
    }
    space.accept();
    iteration++;
    trace.push(value);
    hooks.onIteration?.({ iteration, value, evaluations });
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
    initialProjectedGradientNorm: start.projectedNorm,
    trace,
    rehearsed,
  };
}
