import type { Vec3 } from '../../engine/core/grid.ts';

/**
 * Which configurations of an LBR Med 14 with a shaft through a trocar can be reached from which, without any planner: joints A1 to A4
 * place the wrist, whose axes meet on the shaft, and A5 and A6 follow from where the trocar is seen from the forearm, in two ways (A7
 * is free). So all configurations are two sheets over the four joints; a grid of them is joined where the step between neighbours
 * keeps the limits, and both sheets where A6 is zero, at which A5 is free. Lengths are the maker's.
 */
export interface Components {
  /** Nodes of each component, largest first. */
  readonly sizes: readonly number[];
  /** Number of the component of a configuration (A1 to A7); undefined where no node near it can be walked to. */
  componentOf(q: ArrayLike<number>): number | undefined;
}

const SHOULDER_M = 0.36;
const UPPER_ARM_M = 0.42;
const FOREARM_M = 0.4;
const FLANGE_M = 0.126;
const DEGREE = Math.PI / 180;
/** With a hair of room: configurations may stand at a limit, which the robot's file rounds. */
const LIMITS = [170, 120, 170, 120, 170, 120].map((degrees) => degrees * DEGREE + 1e-5);
/** Between neighbours A5 changes by less than this, or the step is halved [rad]. */
const SMOOTH_RAD = 0.35;
const HALVINGS = 12;

/** What the forearm sees of the trocar: its distance from the wrist [m], angle from the forearm's axis and angle about it [rad]. */
type Sight = readonly [number, number, number];

export function lbrComponents(trocarM: Vec3, shaftM: number, insertionM: number, stepDegrees: number): Components {
  const step = stepDegrees * DEGREE;
  const farM = FLANGE_M + shaftM - insertionM;
  const inside = ([distance, bend]: Sight): boolean => distance >= FLANGE_M && distance <= farM && bend <= LIMITS[5];
  // A4 has no node at zero, where the arm is straight.
  const counts = [0, 1, 2, 3].map((k) => 2 * Math.floor(LIMITS[k] / step) + (k === 3 ? 0 : 1));
  const strides = [counts[1] * counts[2] * counts[3], counts[2] * counts[3], counts[3], 1];
  const total = counts[0] * strides[0];
  const valueAt = (node: number): number[] =>
    counts.map((count, k) => ((Math.floor(node / strides[k]) % count) - (count - 1) / 2) * step);
  const bends = new Float32Array(total).fill(Number.NaN);
  const turns = new Float64Array(total);
  for (let node = 0; node < total; node++) {
    const sight = see(trocarM, valueAt(node));
    if (!inside(sight)) continue;
    bends[node] = sight[1];
    turns[node] = sight[2];
  }
  const parent = Int32Array.from({ length: 2 * total }, (_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  const sightOf = (node: number): Sight => [FLANGE_M, bends[node], turns[node]];
  /** Straight in A1 to A4 on a sheet, inside all limits and with A5 never jumping. */
  const walks = (x: number[], y: number[], sheet: number, from: Sight, to: Sight, depth = HALVINGS): boolean => {
    if (Math.abs(a5(from, sheet)) > LIMITS[4] || Math.abs(a5(to, sheet)) > LIMITS[4]) return false;
    if (Math.abs(wrapped(to[2] - from[2])) < SMOOTH_RAD) return Math.abs(a5(to, sheet) - a5(from, sheet)) < 1;
    if (depth === 0) return false;
    const middle = x.map((v, k) => (v + y[k]) / 2);
    const sight = see(trocarM, middle);
    return (
      inside(sight) && walks(x, middle, sheet, from, sight, depth - 1) && walks(middle, y, sheet, sight, to, depth - 1)
    );
  };
  for (let node = 0; node < total; node++) {
    if (!(bends[node] >= 0)) continue;
    const x = valueAt(node);
    for (let k = 0; k < 4; k++) {
      const next = node + strides[k];
      if ((Math.floor(node / strides[k]) % counts[k]) + 1 >= counts[k] || !(bends[next] >= 0)) continue;
      const y = x.map((v, i) => (i === k ? v + step : v));
      for (const sheet of [0, 1]) {
        if (walks(x, y, sheet, sightOf(node), sightOf(next))) parent[find(2 * node + sheet)] = find(2 * next + sheet);
      }
    }
    if (bends[node] > 1.5 * step) continue;
    const straight = straightWrist(trocarM, x);
    if (straight === undefined || !inside(see(trocarM, straight))) continue;
    if (straight.some((v, k) => Math.abs(v) > LIMITS[k] || Math.abs(v - x[k]) > 2 * step)) continue;
    const near = straight.map((v, k) => v + 1e-6 * (x[k] - v));
    const sight = see(trocarM, near);
    if ([0, 1].every((sheet) => walks(x, near, sheet, sightOf(node), sight)))
      parent[find(2 * node)] = find(2 * node + 1);
  }
  const nodes = new Map<number, number>();
  for (let node = 0; node < total; node++) {
    if (!(bends[node] >= 0)) continue;
    for (const sheet of [0, 1]) {
      if (Math.abs(a5(sightOf(node), sheet)) > LIMITS[4]) continue;
      const root = find(2 * node + sheet);
      nodes.set(root, (nodes.get(root) ?? 0) + 1);
    }
  }
  const roots = [...nodes].sort((a, b) => b[1] - a[1]).map(([root]) => root);
  return {
    sizes: roots.map((root) => nodes.get(root) ?? 0),
    componentOf(q) {
      const x = [q[0], q[1], q[2], q[3]];
      const sheet = q[5] < 0 ? 1 : 0;
      const corner = x.map((v, k) => Math.floor(v / step + (counts[k] - 1) / 2));
      let nearest = Number.POSITIVE_INFINITY;
      let found: number | undefined;
      for (let c = 0; c < 256; c++) {
        const at = corner.map((v, k) => v - 1 + ((c >> (2 * k)) & 3));
        if (at.some((v, k) => v < 0 || v >= counts[k])) continue;
        const node = at.reduce((sum, v, k) => sum + v * strides[k], 0);
        if (!(bends[node] >= 0)) continue;
        const y = valueAt(node);
        const distance = Math.hypot(...y.map((v, k) => v - x[k]));
        if (distance >= nearest || !line(x, y, sheet)) continue;
        nearest = distance;
        found = roots.indexOf(find(2 * node + sheet));
      }
      return found;
    },
  };

  /** In eight steps, so that trocar and limits are looked at on the way too. */
  function line(x: number[], y: number[], sheet: number): boolean {
    let from = x;
    for (let s = 1; s <= 8; s++) {
      const to = x.map((v, k) => v + ((y[k] - v) * s) / 8);
      const sight = see(trocarM, to);
      if (!inside(sight) || !walks(from, to, sheet, see(trocarM, from), sight)) return false;
      from = to;
    }
    return true;
  }
}

function see([tx, ty, tz]: Vec3, [a1, a2, a3, a4]: number[]): Sight {
  const s1 = Math.sin(a1);
  const c1 = Math.cos(a1);
  const s2 = Math.sin(a2);
  const c2 = Math.cos(a2);
  const s3 = Math.sin(a3);
  const c3 = Math.cos(a3);
  const s4 = Math.sin(a4);
  const c4 = Math.cos(a4);
  // Columns of Rz(a1) Ry(a2) Rz(a3), then turned about its -y by a4: axes of the forearm.
  const x = [c1 * c2 * c3 - s1 * s3, s1 * c2 * c3 + c1 * s3, -s2 * c3];
  const y = [-c1 * c2 * s3 - s1 * c3, -s1 * c2 * s3 + c1 * c3, s2 * s3];
  const z = [c1 * s2, s1 * s2, c2];
  const across = x.map((v, r) => c4 * v + s4 * z[r]);
  const along = x.map((v, r) => c4 * z[r] - s4 * v);
  const d = [tx, ty, tz - SHOULDER_M].map((v, r) => v - UPPER_ARM_M * z[r] - FOREARM_M * along[r]);
  const dot = (v: number[]): number => v[0] * d[0] + v[1] * d[1] + v[2] * d[2];
  const aside = Math.hypot(dot(across), dot(y));
  return [Math.hypot(d[0], d[1], d[2]), Math.atan2(aside, dot(along)), Math.atan2(dot(y), dot(across))];
}

/** A5 on a sheet: 0 for A6 above zero, 1 below. */
function a5([, , turn]: Sight, sheet: number): number {
  return sheet === 0 ? turn : wrapped(turn + Math.PI);
}

function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

/** Near `x` the joints A1 to A4 for which the trocar lies on the forearm's axis, by least steps. */
function straightWrist(trocarM: Vec3, x: readonly number[]): number[] | undefined {
  const at = [...x];
  const aside = (q: number[]): [number, number] => {
    const [, bend, turn] = see(trocarM, q);
    return [Math.sin(bend) * Math.cos(turn), Math.sin(bend) * Math.sin(turn)];
  };
  for (let round = 0; round < 12; round++) {
    const [e, f] = aside(at);
    if (Math.hypot(e, f) < 1e-10) return at;
    const rows = at.map((_, k) => {
      const [g, h] = aside(at.map((v, i) => (i === k ? v + 1e-6 : v)));
      return [(g - e) / 1e-6, (h - f) / 1e-6];
    });
    let a = 0;
    let b = 0;
    let c = 0;
    for (const [g, h] of rows) {
      a += g * g;
      b += g * h;
      c += h * h;
    }
    const determinant = a * c - b * b;
    rows.forEach(([g, h], k) => {
      at[k] -= (g * (c * e - b * f) + h * (a * f - b * e)) / determinant;
    });
  }
  return undefined;
}
