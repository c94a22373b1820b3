import type { IkShape } from './index.ts';

/** What the kernel knows of an arm; every array may be of float32. */
export interface ArmTables {
  /** [joints + 1][16]: rotation (column-major, 9) and translation (3) from a joint's frame to the one before, then 1 for a sliding joint, its unknown, scale and offset of its position; the last row is the tip's. */
  readonly arm: ArrayLike<number>;
  /** [dofs][4]: lower and upper limit, and rad or m of one unit of the unknown. */
  readonly limits: ArrayLike<number>;
}

const FIRST_DAMPING = 1;
const LEAST_DAMPING = 1e-3;
const MOST_DAMPING = 1e6;
/** Added to the diagonal so that it stays positive in float32. */
const FLOOR = 1e-7;
/** Least cosine of half the angle that the rotation error is divided by. */
const LEAST_COSINE = 0.1;
/** Half the squared error at which a start has converged as far as float32 goes. */
const CONVERGED = 1e-12;

/**
 * Damped least squares from each start, within the limits. The rotation error is 2 sin(angle / 2) along the axis of the
 * rotation that is missing; the damping is the squared error times a factor that falls by 4 with every step that lowers the error
 * and rises by 6 with every one that does not. Joints at a limit that want to leave it are held.
 *
 * @param targets [targets][12] rotation (column-major) and translation [m] of the tip in the base frame
 * @param starts [starts][dofs]
 * @returns [starts][dofs] configurations, and [starts][2] position error [m] and angle error (2 sin(angle / 2)) there
 */
export function inverseKinematicsReference(
  s: IkShape,
  { arm, limits }: ArmTables,
  targets: ArrayLike<number>,
  starts: ArrayLike<number>,
): { solution: Float64Array; residual: Float64Array } {
  const n = s.dofs;
  const solution = new Float64Array(s.starts * n);
  const residual = new Float64Array(2 * s.starts);
  for (let t = 0; t < s.starts; t++) {
    const target = Array.from({ length: 12 }, (_, i) => targets[12 * Math.floor(t / s.startsPerTarget) + i]);
    const clamp = (x: number[]): number[] => x.map((v, i) => Math.min(limits[4 * i + 1], Math.max(limits[4 * i], v)));
    let x = clamp(Array.from({ length: n }, (_, i) => starts[n * t + i]));
    let at = evaluate(s, arm, target, x);
    let equations = normal(s, arm, limits, x, at);
    let damping = FIRST_DAMPING;
    for (let i = 0; i < s.iterations && !(at.cost < CONVERGED); i++) {
      const step = solve(equations, damping * at.cost + FLOOR);
      const largest = Math.max(...step.map(Math.abs));
      const shorten = largest > 1 ? 1 / largest : 1;
      const trial = clamp(x.map((v, k) => v + shorten * step[k] * limits[4 * k + 2]));
      const next = evaluate(s, arm, target, trial);
      if (next.cost < at.cost) {
        x = trial;
        at = next;
        equations = normal(s, arm, limits, x, at);
        damping = Math.max(LEAST_DAMPING, damping / 4);
      } else damping = Math.min(MOST_DAMPING, damping * 6);
    }
    solution.set(x, n * t);
    residual[2 * t] = s.lengthM * Math.hypot(...at.error.slice(0, 3));
    residual[2 * t + 1] = s.task === 0 ? 0 : Math.hypot(...at.error.slice(3));
  }
  return { solution, residual };
}

interface Evaluation {
  readonly pose: number[];
  readonly axes: number[][];
  readonly origins: number[][];
  readonly error: number[];
  readonly cost: number;
}

/** Rotation (column-major, 9) and translation (3) of the tip, and every joint's axis and origin on the way. */
export function armForward(
  arm: ArrayLike<number>,
  joints: number,
  x: ArrayLike<number>,
): { pose: number[]; axes: number[][]; origins: number[][] } {
  let r = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  let p = [0, 0, 0];
  const axes: number[][] = [];
  const origins: number[][] = [];
  for (let k = 0; k <= joints; k++) {
    const f = Array.from({ length: 16 }, (_, i) => arm[16 * k + i]);
    p = p.map((v, a) => v + r[a] * f[9] + r[3 + a] * f[10] + r[6 + a] * f[11]);
    r = [0, 1, 2].flatMap((c) =>
      [0, 1, 2].map((a) => r[a] * f[3 * c] + r[3 + a] * f[3 * c + 1] + r[6 + a] * f[3 * c + 2]),
    );
    if (k === joints) break;
    const axis = r.slice(6);
    axes.push(axis);
    origins.push(p);
    const position = f[14] * x[f[13]] + f[15];
    if (f[12] > 0) p = p.map((v, a) => v + position * axis[a]);
    else {
      const [sin, cos] = [Math.sin(position), Math.cos(position)];
      r = [
        ...[0, 1, 2].map((a) => cos * r[a] + sin * r[3 + a]),
        ...[0, 1, 2].map((a) => cos * r[3 + a] - sin * r[a]),
        ...axis,
      ];
    }
  }
  return { pose: [...r, ...p], axes, origins };
}

const cross = (a: readonly number[], b: readonly number[]): number[] => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i], 0);

function evaluate(s: IkShape, arm: ArrayLike<number>, target: number[], x: readonly number[]): Evaluation {
  const { pose, axes, origins } = armForward(arm, s.joints, x);
  const error = [0, 1, 2].map((a) => (target[9 + a] - pose[9 + a]) / s.lengthM);
  if (s.task > 0) {
    // sin(angle) along the axis, and the cosine of half the angle.
    let turn: number[];
    let half: number;
    if (s.task === 1) {
      turn = cross(pose.slice(6, 9), target.slice(6, 9));
      half = (1 + dot(pose.slice(6, 9), target.slice(6, 9))) / 2;
    } else {
      const columns = [0, 3, 6].map((c) => [pose.slice(c, c + 3), target.slice(c, c + 3)]);
      turn = [0, 1, 2].map((a) => columns.reduce((sum, [now, wanted]) => sum + cross(now, wanted)[a], 0) / 2);
      half = (1 + columns.reduce((sum, [now, wanted]) => sum + dot(now, wanted), 0)) / 4;
    }
    const cosine = Math.max(LEAST_COSINE, Math.sqrt(Math.max(0, half)));
    error.push(...turn.map((v) => v / cosine));
  }
  return { pose, axes, origins, error, cost: dot(error, error) / 2 };
}

interface Normal {
  readonly matrix: number[][];
  readonly gradient: number[];
}

/** J'J and J'e by unknowns in their units, without the joints that are held. */
function normal(
  s: IkShape,
  arm: ArrayLike<number>,
  limits: ArrayLike<number>,
  x: readonly number[],
  { pose, axes, origins, error }: Evaluation,
): Normal {
  const columns = Array.from({ length: s.dofs }, () => new Array<number>(error.length).fill(0));
  for (let k = 0; k < s.joints; k++) {
    const [slides, dof, scale] = [arm[16 * k + 12], arm[16 * k + 13], arm[16 * k + 14]];
    const weight = scale * limits[4 * dof + 2];
    const axis = axes[k];
    const lever = pose.slice(9).map((v, a) => v - origins[k][a]);
    const move = slides > 0 ? axis : cross(axis, lever);
    let turn = slides > 0 ? [0, 0, 0] : axis;
    if (s.task === 1) turn = turn.map((v, a) => v - dot(turn, pose.slice(6, 9)) * pose[6 + a]);
    const column = [...move.map((v) => v / s.lengthM), ...(s.task > 0 ? turn : [])];
    column.forEach((v, row) => {
      columns[dof][row] += weight * v;
    });
  }
  const slope = columns.map((column) => dot(column, error));
  const held = slope.map((g, i) => (g < 0 && x[i] <= limits[4 * i]) || (g > 0 && x[i] >= limits[4 * i + 1]));
  return {
    matrix: columns.map((a, i) => columns.map((b, j) => (held[i] || held[j] ? 0 : dot(a, b)))),
    gradient: slope.map((g, i) => (held[i] ? 0 : g)),
  };
}

/** (matrix + damping I)^-1 gradient by Cholesky's decomposition. */
function solve({ matrix, gradient }: Normal, damping: number): number[] {
  const n = gradient.length;
  const l = matrix.map((row, i) => row.map((v, j) => (i === j ? v + damping : v)));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      for (let k = 0; k < j; k++) l[i][j] -= l[i][k] * l[j][k];
      l[i][j] = i === j ? Math.sqrt(l[i][i]) : l[i][j] / l[j][j];
    }
  }
  const y = [...gradient];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) y[i] -= l[i][k] * y[k];
    y[i] /= l[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) y[i] -= l[k][i] * y[k];
    y[i] /= l[i][i];
  }
  return y;
}
