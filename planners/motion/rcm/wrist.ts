import { type Shaft, setShaft } from './shaft.ts';

/**
 * A wrist of three turning joints whose axes meet in a point. Whether the trocar can be kept is then up to the joints before it: seen from
 * the forearm the trocar must lie between two spheres about that point, nearest and farthest point of the shaft, and not farther
 * from the forearm's axis than the middle joint bends the last axis, and the shaft lies off that one.
 */
export interface Wrist {
  /** Joints before the wrist, all turning. */
  readonly arm: number;
  /** Of the point where the axes meet: place along the first axis of the wrist from that joint's origin [m]. */
  readonly along: number;
  /** Distances of the trocar from the point [m], and greatest bend [rad]. */
  readonly nearM: number;
  readonly farM: number;
  readonly bendRad: number;
  /** [arm + 1][arm + 1] sum of the lengths from the origin of one joint to that of another [m]. */
  readonly lengths: Float64Array;
}

/** [m] and [rad] */
const ALIGNED = 1e-6;
/** More than any tolerance of a path lets the shaft miss the trocar by [m]. */
const SLACK_M = 1e-3;

/** The wrist of the shaft's arm; undefined where it is built otherwise. */
export function wristOf(shaft: Shaft, leastInsertionM: number): Wrist | undefined {
  const { chain, tool } = shaft;
  const { length: n, dofs, axes, origins, slides, dof, scale, offset, fixed, lower, upper, pose: p } = chain;
  if (n < 4 || dofs !== n || slides.some((slide) => slide === 1)) return undefined;
  if (scale.some((s) => s !== 1) || offset.some((o) => o !== 0) || dof.some((d, k) => d !== k)) return undefined;
  const arm = n - 3;
  const x = Float64Array.from({ length: n }, (_, i) => 0.3 + 0.1 * i);
  const at = (k: number): number[] => [0, 1, 2].map((r) => axes[3 * k + r]);
  const origin = (k: number): number[] => [0, 1, 2].map((r) => origins[3 * k + r]);
  setShaft(shaft, x);
  // The middle axis is perpendicular to both others; where it meets the first one, the last must pass too.
  if (Math.abs(dot(at(arm), at(arm + 1))) > ALIGNED || Math.abs(dot(at(arm + 1), at(arm + 2))) > ALIGNED)
    return undefined;
  const along = dot(at(arm), minus(origin(arm + 1), origin(arm)));
  const centre = origin(arm).map((o, r) => o + along * axes[3 * arm + r]);
  const onAxis = (k: number): boolean => {
    const d = minus(centre, origin(k));
    return Math.sqrt(Math.max(0, dot(d, d) - dot(d, at(k)) ** 2)) < ALIGNED;
  };
  if (!onAxis(arm + 1) || !onAxis(arm + 2)) return undefined;
  const shaftAxis = [p[8], p[9], p[10]];
  const ends = [0, tool.lengthM - leastInsertionM].map((place) =>
    shaftAxis.map((v, r) => p[12 + r] + place * v - centre[r]),
  );
  const last = dot(shaftAxis, at(arm + 2)) < 0 ? at(arm + 2).map((v) => -v) : at(arm + 2);
  // Turning the middle joint about its axis turns the last axis about it as much.
  const bend = Math.atan2(dot(cross(at(arm), last), at(arm + 1)), dot(at(arm), last)) - x[arm + 1];
  const straight = bend - 2 * Math.PI * Math.round(bend / (2 * Math.PI));
  const most = Math.max(Math.abs(straight + lower[arm + 1]), Math.abs(straight + upper[arm + 1]));
  // A point between both ends is off the last axis by no more than either end and its way from it.
  const off = (angle(ends[0], last) + angle(ends[1], last) + angle(ends[0], ends[1])) / 2;
  const nearest = Math.max(0, Math.min(tool.lengthM - leastInsertionM, -dot(ends[0], shaftAxis)));
  const nearM = Math.hypot(...ends[0].map((v, r) => v + nearest * shaftAxis[r]));
  const farM = Math.max(...ends.map((end) => Math.hypot(...end)));
  const lengths = new Float64Array((arm + 1) * (arm + 1));
  for (let j = 0; j <= arm; j++) {
    for (let k = j + 1; k <= arm; k++) {
      const f = 12 * k + 9;
      lengths[j * (arm + 1) + k] =
        lengths[j * (arm + 1) + k - 1] + Math.sqrt(fixed[f] ** 2 + fixed[f + 1] ** 2 + fixed[f + 2] ** 2);
    }
  }
  return { arm, along, nearM, farM, bendRad: Math.min(Math.PI, most + off), lengths };
}

/**
 * At the configuration set last: a lower bound of how far the trocar, seen from the forearm, lies from where the wrist could keep the
 * shaft on it [m], less a millimetre; 0 where it can.
 */
export function wristMissM(wrist: Wrist, { chain: { axes, origins }, trocar }: Shaft): number {
  const o = 3 * wrist.arm;
  let square = 0;
  let along = 0;
  for (let r = 0; r < 3; r++) {
    const d = trocar[r] - origins[o + r] - wrist.along * axes[o + r];
    square += d * d;
    along += d * axes[o + r];
  }
  const distance = Math.sqrt(square);
  const over = Math.acos(Math.max(-1, Math.min(1, along / distance))) - wrist.bendRad;
  const aside = over > Math.PI / 2 ? distance : over > 0 ? distance * Math.sin(over) : 0;
  return Math.max(0, Math.max(aside, distance - wrist.farM, wrist.nearM - distance) - SLACK_M);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function minus(a: readonly number[], b: readonly number[]): number[] {
  return a.map((v, i) => v - b[i]);
}

function angle(a: readonly number[], b: readonly number[]): number {
  return Math.atan2(Math.hypot(...cross(a, b)), dot(a, b));
}

function cross(a: readonly number[], b: readonly number[]): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
