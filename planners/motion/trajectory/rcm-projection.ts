import type { JointLimits } from '../../../engine/core/robot.ts';
import { splineWeights } from '../../../kernels/trajectory-cost/spline.ts';
import { type Shaft, setShaft, shaftJacobian } from '../rcm/shaft.ts';
import { addBanded, createBanded, solveBanded } from './banded.ts';
import type { JointSpline } from './spline.ts';

/** Remote-centre error that weighs as much as the whole of a limit on velocity, acceleration or jerk [m]. */
const SCALE_M = 1e-5;
/** What the trocar keeps off the ends of the shaft where it would leave it [m]. */
const END_MARGIN_M = 2e-4;
/** Places of a segment at which the trocar is asked for. */
const PER_SEGMENT = 2;
const STEPS = 8;
/** A step that moves no control point by more is the last [rad or m]. */
const LAST_STEP = 1e-9;

/**
 * The spline nearest to the given one whose shaft passes through the trocar, by Gauss-Newton steps: each takes back the
 * linearised errors at two places of every segment, across the shaft and beyond its ends, by the change that uses least of the limits on velocity, acceleration and
 * jerk, so that what was fast stays fast. Joints stay within their ranges. The ends do not move. How near it comes between
 * those places is for a proof to say.
 */
export function projectSpline(shaft: Shaft, spline: JointSpline, limits: readonly JointLimits[]): JointSpline {
  const { joints, segmentSec } = spline;
  const { columns } = shaft.chain;
  const n = columns.length;
  const control = spline.control.slice();
  const free = control.length / joints - 6;
  const metric = smoothness(shaft, limits, segmentSec, free);
  const step = new Float64Array(free * n);
  const held = new Uint8Array(free * n);
  for (let round = 0; round < STEPS; round++) {
    const matrix = { ...metric, values: metric.values.slice() };
    step.fill(0);
    addErrors(shaft, { joints, control }, matrix, step);
    for (let v = 0; v < step.length; v++) if (held[v] === 1) hold(matrix, step, v);
    if (!solveBanded(matrix, step)) break;
    let longest = 0;
    for (let v = 0; v < step.length; v++) {
      const joint = columns[v % n];
      const at = (3 + Math.floor(v / n)) * joints + joint;
      const { lower, upper } = limits[joint];
      const wanted = control[at] + step[v];
      const next = Math.min(upper, Math.max(lower, wanted));
      // A joint that would leave its range stays where the range ends, the others make up for it.
      if (next !== wanted) held[v] = 1;
      longest = Math.max(longest, Math.abs(next - control[at]));
      control[at] = next;
    }
    if (longest < LAST_STEP) break;
  }
  return { joints, control, segmentSec };
}

type Matrix = ReturnType<typeof createBanded>;

/** Squares of the changes of velocity, acceleration and jerk over their limits, by the free control points. */
function smoothness(shaft: Shaft, limits: readonly JointLimits[], h: number, free: number): Matrix {
  const { columns } = shaft.chain;
  const n = columns.length;
  const matrix = createBanded(free * n, 4 * n - 1);
  columns.forEach((joint, k) => {
    const { velocity, acceleration, jerk } = limits[joint];
    const differences: readonly (readonly [readonly number[], number])[] = [
      [[-1, 1], velocity * h],
      [[1, -2, 1], acceleration * h ** 2],
      [[-1, 3, -3, 1], jerk * h ** 3],
    ];
    for (const [coefficients, limit] of differences) {
      for (let first = -coefficients.length + 1; first < free; first++) {
        coefficients.forEach((a, i) => {
          coefficients.slice(0, i + 1).forEach((b, m) => {
            const [r, c] = [first + i, first + m];
            if (c >= 0 && r < free) addBanded(matrix, r * n + k, c * n + k, (a * b) / limit ** 2);
          });
        });
      }
    }
  });
  return matrix;
}

/** The trocar's errors at the places of all segments: their squares onto the matrix, what takes them back onto `right`. */
function addErrors(
  shaft: Shaft,
  { joints, control }: Pick<JointSpline, 'joints' | 'control'>,
  matrix: Matrix,
  right: Float64Array,
): void {
  const { columns } = shaft.chain;
  const n = columns.length;
  const segments = control.length / joints - 3;
  const free = segments - 3;
  const basis = splineWeights(PER_SEGMENT);
  const x = new Float64Array(n);
  const rows = new Float64Array(3 * n);
  for (let m = 0; m < segments * PER_SEGMENT; m++) {
    const segment = Math.floor(m / PER_SEGMENT);
    const weights = basis.subarray(4 * (m % PER_SEGMENT), 4 * (m % PER_SEGMENT) + 4);
    for (let k = 0; k < n; k++) {
      x[k] = 0;
      for (let w = 0; w < 4; w++) x[k] += weights[w] * control[(segment + w) * joints + columns[k]];
    }
    setShaft(shaft, x);
    // How the error falls with each joint, in shares of the scale.
    shaftJacobian(shaft, rows, 3);
    for (let i = 0; i < 3 * n; i++) rows[i] /= shaft.unit[i % n] * SCALE_M;
    const beyond = beyondM(shaft);
    for (let r = 0; r < (beyond === 0 ? 2 : 3); r++) {
      const error = (r === 2 ? beyond : shaft.local[r]) / SCALE_M;
      for (let a = 0; a < 4; a++) {
        const rowOf = segment + a - 3;
        if (rowOf < 0 || rowOf >= free) continue;
        for (let i = 0; i < n; i++) {
          const slope = weights[a] * rows[r * n + i];
          right[rowOf * n + i] += slope * error;
          for (let b = 0; b <= a; b++) {
            const columnOf = segment + b - 3;
            if (columnOf < 0) continue;
            const last = b === a ? i : n - 1;
            for (let k = 0; k <= last; k++) {
              addBanded(matrix, rowOf * n + i, columnOf * n + k, slope * weights[b] * rows[r * n + k]);
            }
          }
        }
      }
    }
  }
}

/** How far the trocar is beyond the ends of the shaft, or too near them; 0 where it sits well [m]. */
function beyondM({ local, tool: { lengthM } }: Shaft): number {
  const margin = Math.min(END_MARGIN_M, lengthM / 4);
  return Math.max(0, local[2] - (lengthM - margin)) + Math.min(0, local[2] - margin);
}

/** Variable v does not move: its row and column are those of the unit matrix. */
function hold({ size, band, values }: Matrix, right: Float64Array, v: number): void {
  for (let d = 1; d <= band; d++) {
    values[v * (band + 1) + band - d] = 0;
    if (v + d < size) values[(v + d) * (band + 1) + band - d] = 0;
  }
  values[v * (band + 1) + band] = 1;
  right[v] = 0;
}

/** The same curve with twice as many segments: control points of half the segments (Lane and Riesenfeld 1980). */
export function subdivided({ joints, control, segmentSec }: JointSpline): JointSpline {
  const points = control.length / joints;
  const out = new Float64Array((2 * points - 3) * joints);
  for (let i = 0; i + 1 < points; i++) {
    for (let j = 0; j < joints; j++) {
      const at = (k: number): number => control[(i + k) * joints + j];
      out[2 * i * joints + j] = (at(0) + at(1)) / 2;
      if (i + 2 < points) out[(2 * i + 1) * joints + j] = (at(0) + 6 * at(1) + at(2)) / 8;
    }
  }
  return { joints, control: out, segmentSec: segmentSec / 2 };
}
