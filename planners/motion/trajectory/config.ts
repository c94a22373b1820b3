import { inputError } from '../../../engine/core/errors.ts';
import type { Scene } from '../../../engine/core/scene.ts';

/** Cost of being near one obstacle. */
export interface ClearanceTerm {
  /** Name of an obstacle of the scene; `*` stands for all that no other term names. */
  readonly name: string;
  /** Distance below which nearness costs [m]. Raising it keeps the robot farther away, by longer ways round. */
  readonly distanceM: number;
  /**
   * Seconds of duration that one second of one collision sphere at the obstacle's surface is worth (falling with the square
   * of the distance to zero at `distanceM`). Raising it buys clearance with time.
   */
  readonly weight: number;
}

/** Cost of the way that the tool's tip travels inside a structure. */
export interface TissueTerm {
  /** Name of a structure of `tissues`; the tool may enter it, at a price. */
  readonly name: string;
  /** Seconds of duration that a metre inside is worth [s/m]. Raising it shortens the way through it. */
  readonly weight: number;
}

/** What a trajectory is to be good for; the weights are worth seconds of duration. */
export interface TrajectoryObjective {
  /** Weight of the duration. Default 1. Raising it makes motions faster at the expense of all else. */
  readonly duration?: number;
  /**
   * Weight of the squared jerk: seconds that one second of one joint at its jerk limit is worth. Default 0.2. Raising it
   * makes motions gentler and slower.
   */
  readonly jerk?: number;
  /** Obstacles to keep away from beyond not touching them. Default none. */
  readonly clearance?: readonly ClearanceTerm[];
  /** Structures to spare. Default none. */
  readonly tissue?: readonly TissueTerm[];
}

export interface TrajectoryConfig {
  readonly objective?: TrajectoryObjective;
  /** Trajectories that are optimised side by side. Default 6. More find shorter ways round obstacles and cost time alike. */
  readonly seeds?: number;
  /** Stream of the random numbers that bend the seeds. Default 1. Another number gives other seeds. */
  readonly seed?: number;
  /**
   * Wanted duration of a spline segment [s]. Default 0.03. Raising it makes fewer variables: faster, but the limits on jerk and
   * acceleration are used less fully.
   */
  readonly segmentSec?: number;
  /** Most segments of a spline. Default 64. Raising it lets long motions use their limits as fully as short ones. */
  readonly maxSegments?: number;
  /** Steps of the optimiser in each of its three phases. Default 60. Raising it costs time and lowers the cost a little. */
  readonly iterations?: number;
  /**
   * Distance kept from everything while optimising, beyond the obstacles' own [m]. Default 0.004, and 0.008 with a trocar. Raising
   * it fails fewer proofs.
   */
  readonly bufferM?: number;
  /** Largest bend of a seed at its middle [rad or m]. Default 0.8. Raising it explores farther. */
  readonly bend?: number;
  /** How cylinders count: as capsules, which hold them, or exactly. Default capsule. */
  readonly cylinders?: 'capsule' | 'exact';
}

export type FullObjective = Required<TrajectoryObjective>;
export interface FullConfig extends Required<Omit<TrajectoryConfig, 'objective'>> {
  readonly objective: FullObjective;
}

const DEFAULTS = {
  seeds: 6,
  seed: 1,
  segmentSec: 0.03,
  maxSegments: 64,
  iterations: 60,
  bufferM: 0.004,
  bend: 0.8,
  cylinders: 'capsule',
} as const;

const LEAST_SEGMENTS = 8;

function atLeast(name: string, value: number, least: number, unit: string): void {
  if (Number.isFinite(value) && value >= least) return;
  throw inputError(
    'trajectory/config',
    `${name} is ${value}${unit}, at least ${least}${unit} is needed`,
    `give ${name} as a finite number not below ${least}`,
  );
}

/**
 * The configuration with defaults filled in.
 *
 * @throws IsocenterError `trajectory/config` for a number out of range, `trajectory/unknown-name` for a name that neither the
 * scene nor the tissues have
 */
export function completeConfig(config: TrajectoryConfig, scene: Scene, tissues: Scene): FullConfig {
  const objective: FullObjective = { duration: 1, jerk: 0.2, clearance: [], tissue: [], ...config.objective };
  const full: FullConfig = { ...DEFAULTS, ...config, objective };
  atLeast('seeds', full.seeds, 1, '');
  atLeast('seed', full.seed, 0, '');
  atLeast('segmentSec', full.segmentSec, 1e-4, ' s');
  atLeast('maxSegments', full.maxSegments, LEAST_SEGMENTS, '');
  atLeast('iterations', full.iterations, 1, '');
  atLeast('bufferM', full.bufferM, 0, ' m');
  atLeast('bend', full.bend, 0, '');
  atLeast('objective.duration', objective.duration, 1e-6, '');
  atLeast('objective.jerk', objective.jerk, 0, '');
  for (const term of objective.clearance) {
    atLeast(`clearance to ${term.name}: distanceM`, term.distanceM, 0, ' m');
    atLeast(`clearance to ${term.name}: weight`, term.weight, 0, '');
    if (term.name !== '*') known(term.name, scene, 'obstacle of the scene');
  }
  for (const term of objective.tissue) {
    atLeast(`tissue ${term.name}: weight`, term.weight, 0, ' s/m');
    known(term.name, tissues, 'structure');
  }
  return full;
}

function known(name: string, scene: Scene, what: string): void {
  const names = scene.obstacles.map((obstacle) => obstacle.name);
  if (names.includes(name)) return;
  throw inputError(
    'trajectory/unknown-name',
    `the objective names ${name}, which is no ${what}`,
    names.length > 0 ? `name one of ${names.slice(0, 12).join(', ')}` : 'leave the term out: there is none',
  );
}

/** Segments of a spline for a motion of about this duration. */
export function segmentCount(config: FullConfig, durationSec: number): number {
  const wanted = Math.round(durationSec / config.segmentSec);
  return Math.max(LEAST_SEGMENTS, Math.min(config.maxSegments, wanted));
}
