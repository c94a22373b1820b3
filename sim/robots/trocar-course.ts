import type { Servo } from '../../planners/guidance/servo/servo.ts';
import {
  errorBetweenM,
  insertionM,
  type Shaft,
  setShaft,
  shaftErrorM,
  trocarReachM,
} from '../../planners/motion/rcm/shaft.ts';
import { RCM_MOTION_TOLERANCE_M } from '../../planners/motion/rcm/timed.ts';
import type { JointCourse } from './course-check.ts';

interface Sample {
  readonly timeSec: number;
  /** [joints of the chain] */
  readonly q: Float64Array;
  readonly errorM: number;
  readonly insertedM: number;
  readonly reachM: number;
}

/** A course is seen at so many times at least. */
const LEAST_INTERVALS = 64;
/** The joints' way between two samples, as a share of the straight one. */
const WAY_SHARE = 1.5;
/** What the error may still grow by between two samples that are not cut any further, as a share of the tolerance. */
const FINEST_SHARE = 0.05;
/** Times an interval of the course is cut at most: its samples count then. */
const DEPTH = 12;

/**
 * Whether a course keeps the shaft in its trocar: its error within what planned motions keep ({@link RCM_MOTION_TOLERANCE_M}), which holds between samples too by the bound of
 * {@link errorBetweenM}, at its end within what the servo starts from, and neither too little of the shaft through the trocar nor
 * more than there is.
 */
export class TrocarCourse {
  readonly #servo: Servo;
  readonly #shaft: Shaft;
  readonly #joints: Float64Array;

  /** @param shaft of the arm's tool, with its trocar, but not the one the loop reads */
  constructor(servo: Servo, shaft: Shaft) {
    this.#servo = servo;
    this.#shaft = shaft;
    this.#joints = new Float64Array(shaft.model.active.length);
  }

  /** @returns the worst place in words; undefined where the shaft stays in the trocar */
  fault(course: JointCourse): string | undefined {
    let before = this.#sample(course, 0);
    let worst = before;
    let shallowest = before;
    const take = (sample: Sample): void => {
      if (sample.errorM > worst.errorM) worst = sample;
      if (sample.insertedM < shallowest.insertedM) shallowest = sample;
    };
    const look = (a: Sample, b: Sample, depth: number): void => {
      // One place outside is enough to refuse it: what is left is to find the worst of the even samples.
      if (depth === 0 || worst.errorM > RCM_MOTION_TOLERANCE_M || this.#isKept(a, b)) return;
      const middle = this.#sample(course, (a.timeSec + b.timeSec) / 2);
      take(middle);
      look(a, middle, depth - 1);
      look(middle, b, depth - 1);
    };
    const intervals = Math.max(LEAST_INTERVALS, course.pieces);
    for (let n = 1; n <= intervals; n++) {
      const next = this.#sample(course, (n / intervals) * course.durationSec);
      take(next);
      look(before, next, DEPTH);
      before = next;
    }
    if (!(worst.errorM <= RCM_MOTION_TOLERANCE_M)) return missing(worst, RCM_MOTION_TOLERANCE_M);
    const { trocarToleranceM, arm } = this.#servo;
    if (!(before.errorM <= trocarToleranceM)) return missing(before, trocarToleranceM);
    const leastM = arm.insertionM;
    if (shallowest.insertedM >= leastM) return undefined;
    const through = `${mm(shallowest.insertedM)} mm of the shaft would be through the trocar, below ${mm(leastM)} mm`;
    return `at ${shallowest.timeSec.toFixed(3)} s only ${through}`;
  }

  /** Whether the error stays within the tolerance between two samples, or can leave it by a trifle only. */
  #isKept(a: Sample, b: Sample): boolean {
    const { chain } = this.#shaft;
    let turned = 0;
    let slid = 0;
    for (let k = 0; k < chain.length; k++) {
      const change = WAY_SHARE * Math.abs(chain.scale[k] * (b.q[chain.dof[k]] - a.q[chain.dof[k]]));
      if (chain.slides[k]) slid += change;
      else turned += change;
    }
    const reachM = Math.max(a.reachM, b.reachM) + (chain.reachM * turned + slid) / 2;
    const endsM = Math.max(a.errorM, b.errorM);
    const errorM = errorBetweenM(endsM, turned, slid, reachM);
    return errorM <= RCM_MOTION_TOLERANCE_M || errorM - endsM <= FINEST_SHARE * RCM_MOTION_TOLERANCE_M;
  }

  #sample(course: JointCourse, timeSec: number): Sample {
    course.at(timeSec, this.#joints);
    const q = Float64Array.from(this.#shaft.chain.columns, (c) => this.#joints[c]);
    setShaft(this.#shaft, q);
    const [errorM, insertedM] = [shaftErrorM(this.#shaft), insertionM(this.#shaft)];
    return { timeSec, q, errorM, insertedM, reachM: trocarReachM(this.#shaft) };
  }
}

function missing({ timeSec, errorM }: Sample, mostM: number): string {
  return `at ${timeSec.toFixed(3)} s the shaft would miss the trocar by ${mm(errorM)} mm, above ${mm(mostM)} mm`;
}

function mm(m: number): string {
  return (1000 * m).toFixed(2);
}
