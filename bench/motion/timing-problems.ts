import { normal, type Random, seededRandom } from '../../engine/core/random.ts';

/** A random problem of state-to-state motion: [joints] each. */
export interface TimingProblem {
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  readonly acceleration: Float64Array;
  readonly targetPosition: Float64Array;
  readonly targetVelocity: Float64Array;
  readonly targetAcceleration: Float64Array;
  readonly maxVelocity: Float64Array;
  readonly maxAcceleration: Float64Array;
  readonly maxJerk: Float64Array;
}

export function createProblem(joints: number): TimingProblem {
  const vector = (): Float64Array => new Float64Array(joints);
  return {
    position: vector(),
    velocity: vector(),
    acceleration: vector(),
    targetPosition: vector(),
    targetVelocity: vector(),
    targetAcceleration: vector(),
    maxVelocity: vector(),
    maxAcceleration: vector(),
    maxJerk: vector(),
  };
}

/**
 * Draws problems as the benchmark of Ruckig does (test/benchmark_target.cpp): positions N(0, 4); velocity and acceleration
 * of the start, then of the target, N(0, 0.8) with probability 0.9, 0.8, 0.7, 0.6, else zero; limits U(0.1, 12), and above
 * the target's magnitude for velocity and acceleration. Three streams, as there, seeded from one number.
 */
export function problemSource(seed: number): (problem: TimingProblem) => void {
  const positions = seededRandom(seed);
  const dynamics = seededRandom(seed + 1);
  const limits = seededRandom(seed + 2);
  return (p) => {
    fill(p.position, () => 4 * normal(positions));
    fill(p.velocity, () => orZero(dynamics, 0.9));
    fill(p.acceleration, () => orZero(dynamics, 0.8));
    fill(p.targetPosition, () => 4 * normal(positions));
    fill(p.targetVelocity, () => orZero(dynamics, 0.7));
    fill(p.targetAcceleration, () => orZero(dynamics, 0.6));
    fill(p.maxVelocity, (i) => 0.1 + 11.9 * limits() + Math.abs(p.targetVelocity[i]));
    fill(p.maxAcceleration, (i) => 0.1 + 11.9 * limits() + Math.abs(p.targetAcceleration[i]));
    fill(p.maxJerk, () => 0.1 + 11.9 * limits());
  };
}

function fill(out: Float64Array, draw: (i: number) => number): void {
  for (let i = 0; i < out.length; i++) out[i] = draw(i);
}

function orZero(random: Random, probability: number): number {
  return random() < probability ? 0.8 * normal(random) : 0;
}
