import { POSE_OUT, POSE_SAMPLE, type PoseSteadier } from '../tremor/pose.ts';
import {
  GUIDE_BAD_SAMPLE,
  GUIDE_FOLLOWING,
  GUIDE_FUTURE,
  GUIDE_HOLDING,
  GUIDE_JUMP,
  GUIDE_LOST,
  GUIDE_TIME_BACKWARDS,
} from './guidance-codes.ts';
import { multiply, multiplyTransposed, rotationOf, rotationVector } from './turning.ts';

/** What the operator's hand does, as it was measured; filled anew for each cycle, the same again where there is none. */
export interface HandSample {
  /** When it was measured, on the clock of the cycles [s]. */
  timeSec: number;
  /** [3] in the hand's frame [m]. */
  readonly positionM: Float64Array;
  /** [4] quaternion x, y, z, w of the hand in its frame. */
  readonly orientation: Float64Array;
  /** Closed: the tool follows. Open: the hand moves alone. */
  clutch: boolean;
  operatorPresent: boolean;
}

export function createHandSample(): HandSample {
  return {
    timeSec: 0,
    positionM: new Float64Array(3),
    orientation: new Float64Array([0, 0, 0, 1]),
    clutch: false,
    operatorPresent: false,
  };
}

export interface HandLimits {
  /** Older samples are held, the speed decaying [s]; default 0.03. */
  readonly staleSec?: number;
  /** Without a usable sample for longer the hand is lost [s]; default 0.25. */
  readonly lostSec?: number;
  /** Faster is a jump [m/s]; default 3. */
  readonly maxSpeedMps?: number;
  /** Turning faster is a jump [rad/s]; default 30. */
  readonly maxTurnRadPerSec?: number;
}

/** A jump is at least so far: what sensors do [m, rad]. */
const LEAST_JUMP = 0.002;
/** Time over which the velocity of the hand is averaged [s]. */
const VELOCITY_SEC = 0.015;
/** How fast the speed decays while nothing comes [1/s]. */
const DECAY_PER_SEC = 30;
/** Samples from later than this are from another clock [s]. */
const FUTURE_SEC = 0.02;

/** The hand, cleaned: positions and orientations in the base frame without tremor, and how fast they change. */
export class HandInput {
  readonly filter: PoseSteadier | undefined;
  /** [3] m */
  readonly positionM = new Float64Array(3);
  /** [3] m/s */
  readonly velocityMps = new Float64Array(3);
  /** [9] column-major */
  readonly rotation = new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  /** [3] rad/s */
  readonly turnRadPerSec = new Float64Array(3);
  readonly #limits: Required<HandLimits>;
  readonly #frame: Float64Array;
  readonly #raw = new Float64Array(3);
  readonly #rawRotation = new Float64Array(9);
  readonly #place = new Float64Array(3);
  readonly #turned = new Float64Array(9);
  readonly #other = new Float64Array(9);
  readonly #vector = new Float64Array(3);
  readonly #sample = new Float64Array(POSE_SAMPLE);
  readonly #out = new Float64Array(POSE_OUT);
  #timeSec = Number.NaN;
  #cycleSec = Number.NaN;
  #codeOfFilter = 0;

  /** @param frame [9] rotation from the hand's frame to the base frame */
  constructor(filter: PoseSteadier | undefined, limits: HandLimits, frame: Float64Array) {
    this.filter = filter;
    this.#limits = { staleSec: 0.03, lostSec: 0.25, maxSpeedMps: 3, maxTurnRadPerSec: 30, ...limits };
    this.#frame = frame;
  }

  /** Code of the tremor filter at the last sample that was taken. */
  get filterCode(): number {
    return this.#codeOfFilter;
  }

  /** When the last usable sample was measured [s]; NaN before there is one. */
  get timeSec(): number {
    return this.#timeSec;
  }

  /** Forgets the hand: the next sample is where it begins. */
  reset(): void {
    this.#timeSec = Number.NaN;
    this.filter?.reset();
    this.velocityMps.fill(0);
    this.turnRadPerSec.fill(0);
  }

  /**
   * Takes a sample at the time of the cycle.
   *
   * @returns GUIDE_FOLLOWING for a usable hand, GUIDE_HOLDING while it is silent, or what is wrong with it
   */
  take(sample: HandSample, nowSec: number): number {
    const code = this.#take(sample, nowSec);
    this.#cycleSec = nowSec;
    return code;
  }

  #take(sample: HandSample, nowSec: number): number {
    const code = this.#check(sample, nowSec);
    if (code === GUIDE_FOLLOWING) return code;
    if (code === GUIDE_JUMP) {
      this.reset();
      return code;
    }
    const since = Number.isNaN(this.#cycleSec) ? 0 : Math.max(0, Math.min(0.1, nowSec - this.#cycleSec));
    const keep = Math.exp(-DECAY_PER_SEC * since);
    const age = nowSec - this.#timeSec;
    if (!(age <= this.#limits.lostSec)) {
      const lost = !Number.isNaN(this.#timeSec);
      this.reset();
      return lost ? GUIDE_LOST : code === GUIDE_HOLDING ? GUIDE_LOST : code;
    }
    if (age > this.#limits.staleSec) {
      for (let r = 0; r < 3; r++) {
        this.velocityMps[r] *= keep;
        this.turnRadPerSec[r] *= keep;
      }
      return code;
    }
    return code === GUIDE_HOLDING ? GUIDE_FOLLOWING : code;
  }

  #check(sample: HandSample, nowSec: number): number {
    const { positionM: p, orientation: o, timeSec } = sample;
    const norm = Math.sqrt(o[0] * o[0] + o[1] * o[1] + o[2] * o[2] + o[3] * o[3]);
    const sum = p[0] + p[1] + p[2] + timeSec + nowSec;
    if (!Number.isFinite(sum) || !(Math.abs(norm - 1) < 0.01)) return GUIDE_BAD_SAMPLE;
    if (timeSec > nowSec + FUTURE_SEC) return GUIDE_FUTURE;
    if (timeSec < this.#timeSec) return GUIDE_TIME_BACKWARDS;
    if (timeSec === this.#timeSec || nowSec - timeSec > this.#limits.staleSec) return GUIDE_HOLDING;
    for (let r = 0; r < 3; r++) this.#sample[1 + r] = p[r];
    for (let r = 0; r < 4; r++) this.#sample[4 + r] = o[r] / norm;
    this.#sample[0] = timeSec;
    this.#toBase(this.#sample, 1, 4);
    if (Number.isNaN(this.#timeSec)) {
      this.#begin(timeSec);
      return GUIDE_FOLLOWING;
    }
    const dt = timeSec - this.#timeSec;
    if (this.#jumped(dt)) return GUIDE_JUMP;
    this.#raw.set(this.#place);
    this.#rawRotation.set(this.#other);
    this.#follow(timeSec, dt);
    return GUIDE_FOLLOWING;
  }

  /** Position and quaternion of the hand's frame, at so many entries, to `#place` and `#other` in the base frame. */
  #toBase(values: Float64Array, at: number, turn: number): void {
    const f = this.#frame;
    for (let r = 0; r < 3; r++) {
      this.#place[r] = f[r] * values[at] + f[3 + r] * values[at + 1] + f[6 + r] * values[at + 2];
    }
    rotationOf(values[turn], values[turn + 1], values[turn + 2], values[turn + 3], this.#turned);
    multiply(f, this.#turned, this.#other);
  }

  #begin(timeSec: number): void {
    this.#timeSec = timeSec;
    this.#raw.set(this.#place);
    this.#rawRotation.set(this.#other);
    this.positionM.set(this.#raw);
    this.rotation.set(this.#other);
    if (this.filter === undefined) return;
    this.filter.reset();
    this.#codeOfFilter = this.filter.step(this.#sample, this.#out);
  }

  #jumped(dt: number): boolean {
    let far = 0;
    for (let r = 0; r < 3; r++) far += (this.#place[r] - this.#raw[r]) ** 2;
    multiplyTransposed(this.#other, this.#rawRotation, this.#turned);
    rotationVector(this.#turned, this.#vector);
    const angle = lengthOf(this.#vector);
    const { maxSpeedMps, maxTurnRadPerSec } = this.#limits;
    return !(Math.sqrt(far) <= LEAST_JUMP + maxSpeedMps * dt) || !(angle <= 10 * LEAST_JUMP + maxTurnRadPerSec * dt);
  }

  #follow(timeSec: number, dt: number): void {
    this.#timeSec = timeSec;
    if (this.filter !== undefined) {
      this.#codeOfFilter = this.filter.step(this.#sample, this.#out);
      this.#toBase(this.#out, 6, 9);
    }
    const share = dt / (VELOCITY_SEC + dt);
    for (let r = 0; r < 3; r++) {
      this.velocityMps[r] += share * ((this.#place[r] - this.positionM[r]) / dt - this.velocityMps[r]);
      this.positionM[r] = this.#place[r];
    }
    multiplyTransposed(this.#other, this.rotation, this.#turned);
    rotationVector(this.#turned, this.#vector);
    for (let r = 0; r < 3; r++) {
      this.turnRadPerSec[r] += share * (this.#vector[r] / dt - this.turnRadPerSec[r]);
    }
    this.rotation.set(this.#other);
  }
}

function lengthOf(v: Float64Array): number {
  return Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}
