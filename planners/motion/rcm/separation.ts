import { type Shaft, setShaft } from './shaft.ts';
import { type Wrist, wristMissM, wristOf } from './wrist.ts';

/**
 * A plane in the space of the joints that no configuration with the shaft through the trocar touches: x[first] + sign * x[second] =
 * value, or x[first] = value where sign is 0. Who is on one side of it never comes to the other.
 */
export interface SeparatingPlane {
  readonly first: number;
  readonly second: number;
  readonly sign: -1 | 0 | 1;
  readonly value: number;
}

/** Looks for planes between configurations for the trocar that the shaft has now, and keeps what it has found: another trocar needs another one. */
export interface Separator {
  readonly shaft: Shaft;
  readonly wrist: Wrist | undefined;
  /** Joints at zero that divide all configurations; unset until they are asked for. */
  walls: readonly SeparatingPlane[] | undefined;
  /** Other planes that were looked at, and whether they are untouched. */
  readonly known: Map<string, boolean>;
}

export function createSeparator(shaft: Shaft, leastInsertionM: number): Separator {
  return { shaft, wrist: wristOf(shaft, leastInsertionM), walls: undefined, known: new Map() };
}

/** Boxes looked at before a plane counts as not separating. */
const MAX_BOXES = 100_000;

/**
 * A plane that parts `a` from `b` [dofs of the chain]; undefined where none is found, which proves nothing. Of the joints before
 * the wrist each is tried at zero, then sums and differences of two, on the side of those planes where both stand.
 */
export function separatingPlane(separator: Separator, a: Float64Array, b: Float64Array): SeparatingPlane | undefined {
  const { wrist, shaft, known } = separator;
  if (wrist === undefined) return undefined;
  const { lower, upper } = shaft.chain;
  separator.walls ??= Array.from(
    { length: wrist.arm },
    (_, first): SeparatingPlane => ({ first, second: first, sign: 0, value: 0 }),
  )
    .filter(({ first }) => lower[first] < 0 && upper[first] > 0)
    .filter((plane) => isUntouched(shaft, wrist, plane, lower, upper));
  const wall = separator.walls.find((plane) => sideOf(plane, a) * sideOf(plane, b) < 0);
  if (wall !== undefined) return wall;
  const from = lower.slice();
  const to = upper.slice();
  for (const { first } of separator.walls) (a[first] < 0 ? to : from)[first] = 0;
  for (const sign of [1, -1] as const) {
    for (let first = 0; first < wrist.arm; first++) {
      for (let second = first + 1; second < wrist.arm; second++) {
        const plane: SeparatingPlane = { first, second, sign, value: 0 };
        if (!(sideOf(plane, a) * sideOf(plane, b) < 0)) continue;
        const name = [first, second, sign, ...separator.walls.map((w) => Math.sign(a[w.first]))].join();
        const untouched = known.get(name) ?? isUntouched(shaft, wrist, plane, from, to);
        known.set(name, untouched);
        if (untouched) return plane;
      }
    }
  }
  return undefined;
}

export function sideOf({ first, second, sign, value }: SeparatingPlane, x: ArrayLike<number>): number {
  return x[first] + sign * x[second] - value;
}

/** In words, what would have to be crossed. */
export function describePlane({ shaft: { chain, model } }: Separator, plane: SeparatingPlane): string {
  const name = (i: number): string => model.joints[model.active[chain.columns[i]]].name;
  const what =
    plane.sign === 0
      ? `joint ${name(plane.first)}`
      : `the ${plane.sign > 0 ? 'sum' : 'difference'} of joints ${name(plane.first)} and ${name(plane.second)}`;
  return `${what} would have to pass ${plane.value.toFixed(4)}, where no configuration lets the shaft through the trocar`;
}

/** Boxes of the joints before the wrist on a plane. */
interface Boxes {
  readonly shaft: Shaft;
  readonly wrist: Wrist;
  readonly plane: SeparatingPlane;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Middle of the box looked at, and half of its width. */
  readonly x: Float64Array;
  readonly half: Float64Array;
}

/**
 * Whether no configuration on the plane between the limits lets the shaft through the trocar: boxes of the joints before the wrist are halved
 * until in each of them the trocar, seen from the forearm, misses at the middle by more than it can move. A joint that turns
 * by an angle moves it by no more than that times its distance from the joint's axis.
 */
function isUntouched(
  shaft: Shaft,
  wrist: Wrist,
  plane: SeparatingPlane,
  lower: Float64Array,
  upper: Float64Array,
): boolean {
  const { arm } = wrist;
  const dependent = plane.sign === 0 ? plane.first : plane.second;
  for (let k = 0; k < arm; k++) if (k !== dependent && !Number.isFinite(upper[k] - lower[k])) return false;
  const n = shaft.chain.dofs;
  const boxes: Boxes = { shaft, wrist, plane, lower, upper, x: new Float64Array(n), half: new Float64Array(n) };
  const stack = [...lower.subarray(0, arm), ...upper.subarray(0, arm)];
  const middles = [0, 0];
  for (let count = 0; stack.length > 0; count++) {
    if (count > MAX_BOXES) return false;
    const box = stack.splice(stack.length - 2 * arm);
    const widest = judge(boxes, box);
    if (widest === EMPTY) continue;
    if (widest === TOUCHED) return false;
    const middle = (box[widest] + box[arm + widest]) / 2;
    const left = box.slice();
    const right = box.slice();
    left[arm + widest] = middle;
    right[widest] = middle;
    middles[0] = missAt(boxes, left);
    middles[1] = missAt(boxes, right);
    // The one that is nearer to being touched is looked at first.
    if (middles[0] < middles[1]) stack.push(...right, ...left);
    else stack.push(...left, ...right);
  }
  return true;
}

const EMPTY = -1;
const TOUCHED = -2;

/** EMPTY for a box that nothing in it lets the shaft through, TOUCHED where its middle does, else the joint to halve it by. */
function judge(boxes: Boxes, box: readonly number[]): number {
  const { shaft, wrist, plane, lower, upper, x, half } = boxes;
  const { arm } = wrist;
  const miss = missAt(boxes, box);
  const dependent = plane.sign === 0 ? plane.first : plane.second;
  if (x[dependent] - half[dependent] > upper[dependent] || x[dependent] + half[dependent] < lower[dependent])
    return EMPTY;
  let moves = 0;
  let most = 0;
  let widest = 0;
  for (let k = 0; k < arm; k++) {
    const move = half[k] * reachM(shaft, wrist, half, k);
    moves += move;
    if (k === dependent || move <= most) continue;
    most = move;
    widest = k;
  }
  if (miss > moves) return EMPTY;
  return miss === 0 && x[dependent] >= lower[dependent] && x[dependent] <= upper[dependent] ? TOUCHED : widest;
}

/** Sets the middle and the half widths of a box; what is missing at its middle [m]. */
function missAt({ shaft, wrist, plane, x, half }: Boxes, box: readonly number[]): number {
  const { arm } = wrist;
  for (let k = 0; k < arm; k++) {
    x[k] = (box[k] + box[arm + k]) / 2;
    half[k] = (box[arm + k] - box[k]) / 2;
  }
  if (plane.sign === 0) {
    x[plane.first] = plane.value;
    half[plane.first] = 0;
  } else {
    x[plane.second] = (plane.value - x[plane.first]) * plane.sign;
    half[plane.second] = half[plane.first];
  }
  setShaft(shaft, x);
  return wristMissM(wrist, shaft);
}

/** No configuration of the box has the trocar farther from the axis of joint k [m]. */
function reachM(
  { chain: { axes, origins }, trocar }: Shaft,
  { arm, lengths }: Wrist,
  half: Float64Array,
  k: number,
): number {
  let square = 0;
  let along = 0;
  for (let r = 0; r < 3; r++) {
    const d = trocar[r] - origins[3 * k + r];
    square += d * d;
    along += d * axes[3 * k + r];
  }
  const distance = Math.sqrt(square);
  let moved = 0;
  let turned = 0;
  for (let j = 0; j < k; j++) {
    moved += half[j] * lengths[j * (arm + 1) + k];
    turned += half[j];
  }
  const across = Math.sqrt(Math.max(0, square - along * along)) + turned * distance;
  return Math.min(distance, across) + moved;
}
