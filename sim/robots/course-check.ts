import { createFixtureSet, evaluateFixtures, type FixtureSet } from '../../planners/guidance/fixtures/set.ts';
import type { Servo } from '../../planners/guidance/servo/servo.ts';
import { createShaft, type Shaft, setShaft } from '../../planners/motion/rcm/shaft.ts';
import { TrocarCourse } from './trocar-course.ts';

/** Joints over time, from rest to rest. */
export interface JointCourse {
  readonly durationSec: number;
  /** It is smooth between so many times. */
  readonly pieces: number;
  /** @param out [joints] */
  at(timeSec: number, out: Float64Array): void;
}

interface Sample {
  readonly timeSec: number;
  readonly tipM: readonly [number, number, number];
  /** Least distance to a fixture, and which [m]. */
  readonly distanceM: number;
  readonly fixture: number;
}

/** A course is seen at so many times at least. */
const LEAST_INTERVALS = 64;
/** Intervals in which the tip moves by less are not cut any further [m]. */
const FINEST_M = 1e-4;
/** The tip's way between two samples, as a share of the straight one. */
const WAY_SHARE = 1.5;

/** Whether a course leaves the trocar, or its tip comes into what it keeps out of, as the servo measures both. */
export class CourseCheck {
  /** Of its own: the loop reads the servo's. */
  readonly #shaft: Shaft;
  readonly #set: FixtureSet;
  readonly #joints: Float64Array;
  readonly #chain: Float64Array;

  readonly #trocar: TrocarCourse | undefined;

  constructor(servo: Servo) {
    const { shaft, fixtures, hasTrocar } = servo.arm;
    this.#shaft = createShaft(shaft.model, shaft.tool);
    this.#shaft.trocar.set(shaft.trocar);
    this.#trocar = hasTrocar ? new TrocarCourse(servo, this.#shaft) : undefined;
    this.#set = createFixtureSet(fixtures.fixtures);
    this.#joints = new Float64Array(shaft.model.active.length);
    this.#chain = new Float64Array(shaft.chain.columns.length);
  }

  /** @returns the worst place in words; undefined where the shaft stays in its trocar and the tip out of the keep-outs */
  fault(course: JointCourse): string | undefined {
    return this.#trocar?.fault(course) ?? this.#fixtureFault(course);
  }

  /** Distances change by no more than the tip moves: intervals are cut only where they may hold something deeper. */
  #fixtureFault(course: JointCourse): string | undefined {
    if (this.#set.count === 0) return undefined;
    let before = this.#sample(course, 0);
    // Along a curved boundary the servo may rest a rounding inside of it: from there the way out is free.
    const floorM = Math.min(0, before.distanceM);
    let deepest: Sample = { ...before, distanceM: floorM };
    const look = (a: Sample, b: Sample): void => {
      const wayM = WAY_SHARE * Math.hypot(...a.tipM.map((x, r) => x - b.tipM[r]));
      if (!(wayM >= FINEST_M && (a.distanceM + b.distanceM - wayM) / 2 < deepest.distanceM)) return;
      const middle = this.#sample(course, (a.timeSec + b.timeSec) / 2);
      if (middle.distanceM < deepest.distanceM) deepest = middle;
      look(a, middle);
      look(middle, b);
    };
    const intervals = Math.max(LEAST_INTERVALS, course.pieces);
    for (let n = 1; n <= intervals; n++) {
      const next = this.#sample(course, (n / intervals) * course.durationSec);
      if (next.distanceM < deepest.distanceM) deepest = next;
      look(before, next);
      before = next;
    }
    return deepest.distanceM < floorM ? this.#words(deepest) : undefined;
  }

  #words({ timeSec, distanceM, fixture }: Sample): string {
    const { name, kind } = this.#set.fixtures[fixture];
    const where = kind.startsWith('guide') ? 'outside' : 'inside';
    return `at ${timeSec.toFixed(3)} s the tip would be ${(-1000 * distanceM).toFixed(2)} mm ${where} ${name}`;
  }

  #sample(course: JointCourse, timeSec: number): Sample {
    course.at(timeSec, this.#joints);
    const { columns } = this.#shaft.chain;
    for (let i = 0; i < columns.length; i++) this.#chain[i] = this.#joints[columns[i]];
    setShaft(this.#shaft, this.#chain);
    const [x, y, z] = this.#shaft.tipBase;
    const distanceM = evaluateFixtures(this.#set, x, y, z);
    return { timeSec, tipM: [x, y, z], distanceM, fixture: this.#set.distanceM.indexOf(distanceM) };
  }
}
