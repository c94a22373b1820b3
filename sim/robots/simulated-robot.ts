import { inputError } from '../../engine/core/errors.ts';
import { normal, type Random, seededRandom } from '../../engine/core/random.ts';
import { activeLimits, activeNames, type JointLimits, type RobotModel } from '../../engine/core/robot.ts';
import { checkFaults, type Fault, LONGEST_DELAY_SEC } from './faults.ts';

export interface SimulatedRobotOptions {
  readonly seed?: number;
  /** Step of the dynamics [s]; default 0.001. */
  readonly stepSec?: number;
  /** How fast joints follow their set-points [rad/s]: both poles of the position loop; default 120. */
  readonly bandwidth?: number;
  /** From a command to its effect [s]; default 0.001. */
  readonly delaySec?: number;
  /** Standard deviation of what the delay varies by [s]; default 0. */
  readonly jitterSec?: number;
  /** Standard deviation of measured positions [rad or m]; default 0. */
  readonly noise?: number;
  /** Smallest difference that encoders see [rad or m]; default 0: all. */
  readonly resolution?: number;
  /** Silence of commands after which the robot brakes and holds [s]; default 0.03. */
  readonly watchdogSec?: number;
  readonly faults?: readonly Fault[];
  /** [joints] where it starts; the middle of the ranges, or zero where that is within, by default. */
  readonly start?: ArrayLike<number>;
}

/** A command that has not taken effect yet. */
interface Commands {
  readonly dueSec: Float64Array;
  readonly positions: Float64Array;
  first: number;
  count: number;
}

/**
 * A robot whose joints follow set-points as a position loop does, with delay, noise and limits; stepped as fast as one likes. It
 * brakes and holds when commands stop, and when it is told to.
 */
export class SimulatedRobot {
  readonly model: RobotModel;
  readonly names: readonly string[];
  readonly stepSec: number;
  /** [joints] true state. */
  readonly q: Float64Array;
  readonly v: Float64Array;
  /** [joints] as its sensors see it; old values while they drop out. */
  readonly measured: Float64Array;
  /** The set-point in effect. */
  readonly setpoint: Float64Array;
  timeSec = 0;
  /** When it began to hold last [s]; infinite while it follows. */
  holdingSinceSec = 0;
  /** Commands refused: outside limits, not finite. */
  refused = 0;
  readonly #limits: readonly JointLimits[];
  readonly #options: Required<Omit<SimulatedRobotOptions, 'start'>>;
  readonly #random: Random;
  readonly #commands: Commands;
  #lastCommandSec = Number.NEGATIVE_INFINITY;
  #braked = false;

  /** @throws IsocenterError `sim/start`, `sim/fault`, `sim/limits` */
  constructor(model: RobotModel, options: SimulatedRobotOptions = {}) {
    const joints = model.active.length;
    this.model = model;
    this.names = activeNames(model);
    this.#limits = activeLimits(model);
    this.#options = {
      seed: options.seed ?? 1,
      stepSec: options.stepSec ?? 1e-3,
      bandwidth: options.bandwidth ?? 120,
      delaySec: options.delaySec ?? 1e-3,
      jitterSec: options.jitterSec ?? 0,
      noise: options.noise ?? 0,
      resolution: options.resolution ?? 0,
      watchdogSec: options.watchdogSec ?? 0.03,
      faults: options.faults ?? [],
    };
    checkFaults(this.#options.faults, joints);
    this.stepSec = this.#options.stepSec;
    this.#random = seededRandom(this.#options.seed);
    this.#limits.forEach(({ velocity, acceleration }, i) => {
      if (velocity > 0 && acceleration > 0 && Number.isFinite(velocity) && Number.isFinite(acceleration)) return;
      const what = `joint ${this.names[i]} has a velocity of ${velocity} and an acceleration of ${acceleration}`;
      throw inputError('sim/limits', what, 'give both, above 0: --limits FILE');
    });
    this.q = new Float64Array(joints);
    for (let i = 0; i < joints; i++)
      this.q[i] = options.start === undefined ? restOf(this.#limits[i]) : options.start[i];
    this.q.forEach((q, i) => {
      const { lower, upper } = this.#limits[i];
      if (q >= lower && q <= upper) return;
      const what = `joint ${this.names[i]} starts at ${q}, outside ${lower} to ${upper}`;
      throw inputError('sim/start', what, 'start within the limits');
    });
    this.v = new Float64Array(joints);
    this.measured = this.q.slice();
    this.setpoint = this.q.slice();
    const capacity = Math.ceil((2 * LONGEST_DELAY_SEC) / this.stepSec) + 64;
    this.#commands = {
      dueSec: new Float64Array(capacity),
      positions: new Float64Array(capacity * joints),
      first: 0,
      count: 0,
    };
  }

  get isHolding(): boolean {
    return this.holdingSinceSec !== Number.POSITIVE_INFINITY;
  }

  /**
   * A set-point [joints] of now; it counts after the delay.
   *
   * @returns whether it is taken: finite, within the joints' ranges, and the brakes are open
   */
  command(positions: ArrayLike<number>): boolean {
    const joints = this.q.length;
    let isFine = positions.length === joints && !this.#braked;
    for (let i = 0; i < joints && isFine; i++) {
      isFine = positions[i] >= this.#limits[i].lower && positions[i] <= this.#limits[i].upper;
    }
    const { dueSec, positions: kept, first, count } = this.#commands;
    if (!isFine || count >= dueSec.length) {
      this.refused++;
      return false;
    }
    const { delaySec, jitterSec } = this.#options;
    const late = this.#fault('delay')?.value ?? 0;
    const jitter = jitterSec > 0 ? Math.abs(normal(this.#random)) * jitterSec : 0;
    const at = (first + count) % dueSec.length;
    const previous = count > 0 ? dueSec[(at + dueSec.length - 1) % dueSec.length] : 0;
    // Commands do not overtake each other.
    dueSec[at] = Math.max(previous, this.timeSec + Math.min(LONGEST_DELAY_SEC, delaySec + late + jitter));
    for (let i = 0; i < joints; i++) kept[at * joints + i] = positions[i];
    this.#commands.count++;
    return true;
  }

  /** Brakes now, and takes no commands until {@link release}. */
  brake(): void {
    this.#braked = true;
    this.#hold();
  }

  release(): void {
    this.#braked = false;
  }

  /** One step of the dynamics. No allocation. */
  step(): void {
    this.timeSec += this.stepSec;
    this.#takeDue();
    if (this.#fault('brake') !== undefined) this.brake();
    if (this.timeSec - this.#lastCommandSec > this.#options.watchdogSec) this.#hold();
    const stuck = this.#fault('stuck-joint')?.joint ?? -1;
    for (let i = 0; i < this.q.length; i++) this.#move(i, i === stuck);
    this.#measure();
  }

  #takeDue(): void {
    const commands = this.#commands;
    const joints = this.q.length;
    while (commands.count > 0 && commands.dueSec[commands.first] <= this.timeSec + 1e-12) {
      if (!this.#braked) {
        for (let i = 0; i < joints; i++) this.setpoint[i] = commands.positions[commands.first * joints + i];
        this.#lastCommandSec = this.timeSec;
        this.holdingSinceSec = Number.POSITIVE_INFINITY;
      }
      commands.first = (commands.first + 1) % commands.dueSec.length;
      commands.count--;
    }
  }

  #hold(): void {
    if (this.isHolding) return;
    this.holdingSinceSec = this.timeSec;
  }

  /** A critically damped position loop within the limits of velocity and acceleration; braking is as hard as they allow. */
  #move(i: number, isStuck: boolean): void {
    const { velocity, acceleration, lower, upper } = this.#limits[i];
    const t = this.stepSec;
    if (isStuck) {
      this.v[i] = 0;
      return;
    }
    const w = this.#options.bandwidth;
    const wanted = this.isHolding ? -this.v[i] / t : w * w * (this.setpoint[i] - this.q[i]) - 2 * w * this.v[i];
    const change = Math.max(-acceleration, Math.min(acceleration, wanted));
    const v = Math.max(-velocity, Math.min(velocity, this.v[i] + t * change));
    const q = this.q[i] + t * v;
    this.q[i] = Math.max(lower, Math.min(upper, q));
    this.v[i] = q === this.q[i] ? v : 0;
    // Where it came to rest is where it stays.
    if (this.isHolding && v === 0) this.setpoint[i] = this.q[i];
  }

  #measure(): void {
    if (this.#fault('drop-out') !== undefined) return;
    const { noise, resolution } = this.#options;
    const deviation = noise + (this.#fault('noise')?.value ?? 0);
    for (let i = 0; i < this.q.length; i++) {
      const value = this.q[i] + (deviation > 0 ? deviation * normal(this.#random) : 0);
      this.measured[i] = resolution > 0 ? resolution * Math.round(value / resolution) : value;
    }
  }

  #fault(kind: Fault['kind']): Fault | undefined {
    for (const fault of this.#options.faults) {
      if (fault.kind !== kind || this.timeSec < fault.timeSec) continue;
      if (this.timeSec < fault.timeSec + fault.durationSec) return fault;
    }
    return undefined;
  }
}

function restOf({ lower, upper }: JointLimits): number {
  if (lower <= 0 && upper >= 0) return 0;
  return (lower + upper) / 2;
}
