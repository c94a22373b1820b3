import { normal, type Random, seededRandom } from '../../engine/core/random.ts';
import { OK } from '../../planners/motion/timing/codes.ts';
import { calculate, createOtg, type Otg, setLimits, setState, setTarget } from '../../planners/motion/timing/otg.ts';
import { createPathTiming } from '../../planners/motion/timing/path.ts';
import { type PathLimits, pathDurationSec, timePath } from '../../planners/motion/timing/path-timing.ts';
import { createProblem, problemSource, type TimingProblem } from './timing-problems.ts';

export interface Microseconds {
  readonly mean: number;
  readonly p99: number;
  readonly worst: number;
}

export const JOINTS = 7;
const PROBLEMS = 32_768;
/** Each problem is timed this often and counts with its best, so that other programs do not count. */
const REPEATS = 5;

export function loadProblem(otg: Otg, p: TimingProblem): void {
  setState(otg, p.position, p.velocity, p.acceleration);
  setTarget(otg, p.targetPosition, p.targetVelocity, p.targetAcceleration);
  setLimits(otg, { velocity: p.maxVelocity, acceleration: p.maxAcceleration, jerk: p.maxJerk });
}

/** Time of calculate alone over one round of Ruckig's recipe, warm. */
export function timeOtg(seed: number): Microseconds {
  const otg = createOtg(JOINTS);
  const problem = createProblem(JOINTS);
  const best = new Float64Array(PROBLEMS).fill(Number.POSITIVE_INFINITY);
  const solved = new Uint8Array(PROBLEMS);
  for (let round = 0; round < REPEATS; round++) {
    const next = problemSource(seed);
    for (let n = 0; n < PROBLEMS; n++) {
      next(problem);
      loadProblem(otg, problem);
      const start = performance.now();
      const code = calculate(otg);
      best[n] = Math.min(best[n], 1000 * (performance.now() - start));
      solved[n] = code === OK ? 1 : 0;
    }
  }
  return summary(best.filter((_, n) => solved[n] === 1));
}

/** Velocities of the Franka Panda [rad/s], 15 rad/s^2, 500 rad/s^3. */
export const PANDA_LIMITS: PathLimits = {
  velocity: [2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61],
  acceleration: Array.from({ length: JOINTS }, () => 15),
  jerk: Array.from({ length: JOINTS }, () => 500),
};

/** A random walk of `count` waypoints; `turn` 1 turns anywhere, small ones keep the direction. */
export function randomWalk(random: Random, count: number, step: number, turn: number): Float64Array {
  const points = new Float64Array(count * JOINTS);
  let d = Array.from({ length: JOINTS }, () => normal(random));
  for (let k = 1; k < count; k++) {
    d = d.map((x) => (1 - turn) * x + turn * normal(random));
    const length = (step * (0.3 + 1.4 * random())) / Math.hypot(...d);
    for (let i = 0; i < JOINTS; i++) points[k * JOINTS + i] = points[(k - 1) * JOINTS + i] + length * d[i];
  }
  return points;
}

export interface PathCase {
  readonly name: string;
  readonly count: number;
  readonly step: number;
  readonly turn: number;
}

export const PATH_CASES: readonly PathCase[] = [
  { name: '10 waypoints, 0.6 rad apart', count: 10, step: 0.6, turn: 1 },
  { name: '30 waypoints, 0.4 rad apart', count: 30, step: 0.4, turn: 1 },
  { name: '100 waypoints, 0.05 rad apart, smooth', count: 100, step: 0.05, turn: 0.1 },
];

export interface PathFigures extends Microseconds {
  /** Mean durations [s]. */
  readonly stopsSec: number;
  readonly durationSec: number;
}

export function timePaths(c: PathCase, maxDeviation: number, seed: number): PathFigures {
  const PATHS = 200;
  const random = seededRandom(seed);
  const path = createPathTiming(JOINTS, c.count);
  const times: number[] = [];
  let stopsSec = 0;
  let durationSec = 0;
  for (let n = 0; n < PATHS; n++) {
    const points = randomWalk(random, c.count, c.step, c.turn);
    timePath(path, points, c.count, PANDA_LIMITS, 0);
    stopsSec += pathDurationSec(path) / PATHS;
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < REPEATS; round++) {
      const start = performance.now();
      timePath(path, points, c.count, PANDA_LIMITS, maxDeviation);
      best = Math.min(best, 1000 * (performance.now() - start));
    }
    times.push(best);
    durationSec += pathDurationSec(path) / PATHS;
  }
  return { ...summary(Float64Array.from(times)), stopsSec, durationSec };
}

function summary(times: Float64Array): Microseconds {
  times.sort();
  const mean = times.reduce((sum, t) => sum + t, 0) / times.length;
  return { mean, p99: times[Math.floor(0.99 * times.length)], worst: times[times.length - 1] };
}
