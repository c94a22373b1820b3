import { inputError } from '../../../engine/core/errors.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import { activeLimits, activeNames, type RobotModel } from '../../../engine/core/robot.ts';
import { createRcmConstraint } from './constraint.ts';
import { RCM_TOLERANCE } from './ik.ts';
import { createShaft, setShaft, shaftErrorM } from './shaft.ts';
import type { ToolModel } from './tool.ts';
import { createWalk, stepTowards } from './walk.ts';

/** What a tool shall do in time, the trocar moving with the patient's breath. */
export interface RcmTracking {
  readonly durationSec: number;
  /** Where the trocar is at a time [m, base frame]. */
  readonly trocarAt: (timeSec: number) => Vec3;
  /** Where the tip shall be [m, base frame]. */
  readonly tipAt: (timeSec: number) => Vec3;
  /** [active joints] at time 0: the shaft through the trocar, the tip in its place (within a millimetre). */
  readonly start: ArrayLike<number>;
}

export interface RcmTrackConfig {
  /** Time between two states [s]; default 0.01. */
  readonly periodSec?: number;
  /** Least length of shaft that stays through the trocar [m]; default 0.005. */
  readonly insertionM?: number;
  /** Whether joints left over are led slowly to the middle of their ranges [share a second]; default 0.2, 0 for not. */
  readonly centringPerSec?: number;
}

export interface RcmTrack {
  readonly solved: boolean;
  /** `solved`, or when and why the tool cannot follow. */
  readonly reason: string;
  /** Up to the end, or to where it cannot follow. */
  readonly trajectory: JointTrajectory;
  /** Largest remote-centre error halfway between states, joints and trocar where they are then [m]; at the states it is 1e-9. */
  readonly maxErrorM: number;
  /** Greatest velocity and acceleration of all joints as shares of their limits. */
  readonly maxVelocityRatio: number;
  readonly maxAccelerationRatio: number;
}

/**
 * Joint positions over time that keep the tip on its course and the shaft through a trocar that moves: each state is the one before,
 * brought onto the equations of its time. Velocities and accelerations are central differences; they are reported against the limits,
 * not kept: slow the course down where a ratio is above one.
 *
 * @throws IsocenterError `rcm/input` for a start of the wrong length, or a duration or period that is not positive
 */
export function trackRcm(model: RobotModel, tool: ToolModel, task: RcmTracking, config: RcmTrackConfig = {}): RcmTrack {
  const period = config.periodSec ?? 0.01;
  const n = model.active.length;
  if (!(period > 0) || !(task.durationSec >= period) || task.start.length !== n) {
    throw inputError(
      'rcm/input',
      `a duration of ${task.durationSec} s in steps of ${period} s from a start of ${task.start.length} numbers; ${model.name} has ${n} joints`,
      'give a duration of at least one step, and a position for each active joint',
    );
  }
  const steps = Math.round(task.durationSec / period);
  const tracker = createTracker(model, tool, task, config, period);
  const states: Float64Array[] = [];
  let reason = 'solved';
  let maxErrorM = 0;
  for (let k = 0; k <= steps && reason === 'solved'; k++) {
    const fault = tracker.step(k * period);
    if (fault !== undefined) reason = `at ${(k * period).toFixed(3)} s ${fault}`;
    else {
      states.push(tracker.q.slice());
      if (k > 0) maxErrorM = Math.max(maxErrorM, tracker.errorBetween((k - 0.5) * period, states[k - 1]));
    }
  }
  return { ...differentiated(model, states, period), solved: reason === 'solved', reason, maxErrorM };
}

function createTracker(
  model: RobotModel,
  tool: ToolModel,
  task: RcmTracking,
  config: RcmTrackConfig,
  period: number,
): {
  readonly q: Float64Array;
  step(time: number): string | undefined;
  errorBetween(time: number, before: Float64Array): number;
} {
  const shaft = createShaft(model, tool);
  const { columns } = shaft.chain;
  const tolerance = { ...RCM_TOLERANCE, insertionM: config.insertionM ?? RCM_TOLERANCE.insertionM };
  const constraint = createRcmConstraint(shaft, 'tip', tolerance);
  const walk = createWalk(constraint);
  const middle = walk.centring.wish.slice();
  const wish = new Float64Array(columns.length);
  const pull = (config.centringPerSec ?? 0.2) * period;
  const q = Float64Array.from(task.start);
  const x = Float64Array.from(columns, (c) => q[c]);
  const limits = activeLimits(model);
  return {
    q,
    step(time) {
      shaft.trocar.set(task.trocarAt(time));
      constraint.tip.set(task.tipAt(time));
      // The first state may be off by a millimetre; later ones start from the one before.
      for (let i = 0; i < x.length; i++) wish[i] = x[i] + (time > 0 ? pull * (middle[i] - x[i]) : 0);
      if (!stepTowards(walk, x, wish, 0.2)) {
        const at = columns.findIndex((c, i) => x[i] <= limits[c].lower + 1e-9 || x[i] >= limits[c].upper - 1e-9);
        const joint = at < 0 ? undefined : model.joints[model.active[columns[at]]].name;
        return joint === undefined
          ? 'no configuration nearby keeps tip and trocar'
          : `joint ${joint} stands at its limit and tip and trocar cannot be kept`;
      }
      columns.forEach((c, i) => {
        q[c] = x[i];
      });
      return undefined;
    },
    errorBetween(time, before) {
      shaft.trocar.set(task.trocarAt(time));
      columns.forEach((c, i) => {
        wish[i] = (before[c] + q[c]) / 2;
      });
      setShaft(shaft, wish);
      return shaftErrorM(shaft);
    },
  };
}

/** States at equal times with central differences, and the limits that they use. */
function differentiated(
  model: RobotModel,
  states: readonly Float64Array[],
  period: number,
): Pick<RcmTrack, 'trajectory' | 'maxVelocityRatio' | 'maxAccelerationRatio'> {
  const n = model.active.length;
  const count = states.length;
  const limits = activeLimits(model);
  const trajectory: JointTrajectory = {
    jointNames: activeNames(model),
    timeSec: Float64Array.from(states, (_, k) => k * period),
    positions: new Float64Array(count * n),
    velocities: new Float64Array(count * n),
    accelerations: new Float64Array(count * n),
  };
  let maxVelocityRatio = 0;
  let maxAccelerationRatio = 0;
  for (let k = 0; k < count; k++) {
    const before = states[Math.max(0, k - 1)];
    const after = states[Math.min(count - 1, k + 1)];
    const inner = k > 0 && k < count - 1;
    for (let i = 0; i < n; i++) {
      const v = count > 1 ? (after[i] - before[i]) / (period * (inner ? 2 : 1)) : 0;
      const a = inner ? (after[i] - 2 * states[k][i] + before[i]) / (period * period) : 0;
      trajectory.positions[k * n + i] = states[k][i];
      trajectory.velocities[k * n + i] = v;
      trajectory.accelerations[k * n + i] = a;
      maxVelocityRatio = Math.max(maxVelocityRatio, Math.abs(v) / limits[i].velocity);
      maxAccelerationRatio = Math.max(maxAccelerationRatio, Math.abs(a) / limits[i].acceleration);
    }
  }
  return { trajectory, maxVelocityRatio, maxAccelerationRatio };
}
