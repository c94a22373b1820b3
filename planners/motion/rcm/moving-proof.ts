import { courseAt, type TrocarCourse } from './moving-course.ts';
import { type JointPieces, piecesStateAt } from './moving-pieces.ts';
import { insertionM, type Shaft, setShaft, shaftErrorM, trocarReachM } from './shaft.ts';

/** What a motion through a moving trocar keeps at every time. */
export interface MovingBound {
  /** Largest distance of the trocar from the shaft [m]. */
  readonly errorM: number;
  /** Least length of shaft through the trocar [m]. */
  readonly insertionM: number;
}

/** What the bound may add to the errors measured [m]: the length of the steps follows from it. */
const SAG_M = 4e-6;
const MOST_STEPS = 100_000;

/**
 * A proof of how well a motion keeps a trocar that moves. The trocar's place in the tool frame, `y = R'(c - p)`, has the second
 * derivative in time of at most
 *
 *   (turned'^2 + turned'') rho + 2 turned' (slid' + |c'|) + slid'' + |c''|
 *
 * with `turned` and `slid` the sums over turning and sliding joints of how fast they move and `rho` the largest distance of
 * the trocar from a turning joint. In a step of length h between measured places `y` leaves its chord by at most h^2 / 8 of it, and
 * the distance from the shaft, which is convex, exceeds the larger of its ends by no more.
 *
 * @param trocarM where the trocar is at time 0 [m, base frame]
 */
export function movingBound(
  shaft: Shaft,
  motion: JointPieces,
  trocarM: ArrayLike<number>,
  course: TrocarCourse,
): MovingBound {
  const { chain } = shaft;
  const [q, v, a] = [0, 1, 2].map(() => new Float64Array(motion.joints));
  const x = new Float64Array(chain.dofs);
  const offset = new Float64Array(3);
  const now = { errorM: 0, insertionM: 0, reachM: 0 };
  const look = (t: number): void => {
    piecesStateAt(motion, t, q, v, a);
    for (let i = 0; i < x.length; i++) x[i] = q[chain.columns[i]];
    courseAt(course, t, offset);
    for (let r = 0; r < 3; r++) shaft.trocar[r] = trocarM[r] + offset[r];
    setShaft(shaft, x);
    now.errorM = shaftErrorM(shaft);
    now.insertionM = insertionM(shaft);
    now.reachM = trocarReachM(shaft);
  };
  let errorM = 0;
  let through = Number.POSITIVE_INFINITY;
  look(0);
  for (let n = 0; n < motion.pieceCount; n++) {
    const begin = motion.pieceStart[n];
    const time = motion.pieceStart[n + 1] - begin;
    const speeds = greatestSums(shaft, motion, n, time);
    const bent = secondDerivative(shaft, course, speeds, now.reachM, time);
    const steps = Math.min(MOST_STEPS, Math.max(1, Math.ceil(time * Math.sqrt(bent / (8 * SAG_M)))));
    const sag = (bent * (time / steps) ** 2) / 8;
    for (let s = 1; s <= steps; s++) {
      errorM = Math.max(errorM, now.errorM + sag);
      through = Math.min(through, now.insertionM - sag);
      look(begin + (time * s) / steps);
      errorM = Math.max(errorM, now.errorM + sag);
      through = Math.min(through, now.insertionM - sag);
    }
  }
  return { errorM, insertionM: through };
}

interface Sums {
  readonly turning: number;
  readonly sliding: number;
  readonly turningLater: number;
  readonly slidingLater: number;
}

/** Over a piece: sums of the greatest speeds and accelerations of the chain's joints. */
function greatestSums({ chain }: Shaft, motion: JointPieces, piece: number, time: number): Sums {
  const { joints, pieceStates } = motion;
  const o = 4 * joints * piece;
  let [turning, sliding, turningLater, slidingLater] = [0, 0, 0, 0];
  for (let k = 0; k < chain.length; k++) {
    const i = o + chain.columns[chain.dof[k]];
    const weight = Math.abs(chain.scale[k]);
    const v = pieceStates[i + joints];
    const a = pieceStates[i + 2 * joints];
    const j = pieceStates[i + 3 * joints];
    const late = v + time * (a + 0.5 * time * j);
    const speed = weight * (Math.max(Math.abs(v), Math.abs(late)) + (time * time * Math.abs(j)) / 8);
    const change = weight * Math.max(Math.abs(a), Math.abs(a + time * j));
    if (chain.slides[k]) {
      sliding += speed;
      slidingLater += change;
    } else {
      turning += speed;
      turningLater += change;
    }
  }
  return { turning, sliding, turningLater, slidingLater };
}

function secondDerivative({ chain }: Shaft, course: TrocarCourse, s: Sums, reachM: number, time: number): number {
  const { maxSpeedMps: speed, maxAccelerationMps2: change } = course;
  // Within the piece joints and trocar move on from where they have been measured.
  const rho = reachM + time * (chain.reachM * s.turning + s.sliding + speed);
  return (s.turning ** 2 + s.turningLater) * rho + 2 * s.turning * (s.sliding + speed) + s.slidingLater + change;
}
