import { OBSTACLE_KINDS, OBSTACLE_STRIDE, type ObstacleTables } from './tables.ts';

/** Signed distance to an obstacle's surface [m], negative inside, and its gradient by the point, base frame. */
export interface Distance {
  readonly distanceM: number;
  readonly gradient: readonly [number, number, number];
}

type Triple = readonly [number, number, number];

const sign = (x: number): number => (x < 0 ? -1 : 1);
const unit = (v: Triple): [number, number, number] => {
  const length = Math.hypot(v[0], v[1], v[2]);
  return length > 0 ? [v[0] / length, v[1] / length, v[2] / length] : [0, 0, 0];
};

/** Euclidean distance to a box of half sizes `half`; inside, minus the distance to the nearest face. */
function box(p: Triple, half: Triple): Distance {
  const q: Triple = [Math.abs(p[0]) - half[0], Math.abs(p[1]) - half[1], Math.abs(p[2]) - half[2]];
  const out: Triple = [Math.max(q[0], 0), Math.max(q[1], 0), Math.max(q[2], 0)];
  const outside = Math.hypot(out[0], out[1], out[2]);
  if (outside > 0) {
    const u = unit(out);
    return { distanceM: outside, gradient: [u[0] * sign(p[0]), u[1] * sign(p[1]), u[2] * sign(p[2])] };
  }
  const face = q[0] >= q[1] && q[0] >= q[2] ? 0 : q[1] >= q[2] ? 1 : 2;
  const gradient: [number, number, number] = [0, 0, 0];
  gradient[face] = sign(p[face]);
  return { distanceM: q[face] === undefined ? Number.NaN : Math.max(q[0], q[1], q[2]), gradient };
}

/** Distance to the segment of half length `half` along z, less the radius. */
function capsule(p: Triple, half: number, radius: number): Distance {
  const v: Triple = [p[0], p[1], p[2] - Math.min(half, Math.max(-half, p[2]))];
  return { distanceM: Math.hypot(v[0], v[1], v[2]) - radius, gradient: unit(v) };
}

/** Distance to a cylinder along z: that of a rectangle in the half plane of radius and height. */
function cylinder(p: Triple, half: number, radius: number): Distance {
  const r = Math.hypot(p[0], p[1]);
  const [ux, uy] = r > 0 ? [p[0] / r, p[1] / r] : [0, 0];
  const qr = r - radius;
  const qz = Math.abs(p[2]) - half;
  const [or, oz] = [Math.max(qr, 0), Math.max(qz, 0)];
  const outside = Math.hypot(or, oz);
  if (outside > 0) {
    const [a, b] = [or / outside, oz / outside];
    return { distanceM: outside, gradient: [a * ux, a * uy, b * sign(p[2])] };
  }
  if (qr >= qz) return { distanceM: qr, gradient: [ux, uy, 0] };
  return { distanceM: Math.max(qr, qz), gradient: [0, 0, sign(p[2])] };
}

/**
 * Trilinear inside the grid. Beyond it, with d the value at the nearest point of the grid and `away` the distance to that
 * point: sqrt(away^2 + d^2), or away + d where the border of the grid cuts through the region.
 */
function field(p: Triple, size: Triple, spacing: Triple, samples: Float32Array, first: number): Distance {
  const cell: number[] = [];
  const part: number[] = [];
  const beyond: number[] = [];
  for (let a = 0; a < 3; a++) {
    const at = p[a] / spacing[a];
    const clamped = Math.min(Math.max(at, 0), size[a] - 1);
    beyond.push((at - clamped) * spacing[a]);
    cell.push(Math.max(0, Math.min(Math.floor(clamped), size[a] - 2)));
    part.push(clamped - cell[a]);
  }
  const value = (i: number, j: number, k: number): number => {
    const x = Math.min(cell[0] + i, size[0] - 1);
    const y = Math.min(cell[1] + j, size[1] - 1);
    const z = Math.min(cell[2] + k, size[2] - 1);
    return samples[first + x + size[0] * (y + size[1] * z)];
  };
  let d = 0;
  const gradient: [number, number, number] = [0, 0, 0];
  for (let corner = 0; corner < 8; corner++) {
    const bit = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const w = bit.map((b, a) => (b === 1 ? part[a] : 1 - part[a]));
    const sample = value(bit[0], bit[1], bit[2]);
    d += w[0] * w[1] * w[2] * sample;
    for (let a = 0; a < 3; a++) {
      gradient[a] += (((bit[a] === 1 ? 1 : -1) * w[(a + 1) % 3] * w[(a + 2) % 3]) / spacing[a]) * sample;
    }
  }
  const away = Math.hypot(beyond[0], beyond[1], beyond[2]);
  if (!(away > 0)) return { distanceM: d, gradient };
  const total = d < 0 ? away + d : Math.hypot(away, d);
  const along = d < 0 ? 1 : d / total;
  const across = d < 0 ? away : total;
  for (let a = 0; a < 3; a++) gradient[a] = beyond[a] !== 0 ? beyond[a] / across : along * gradient[a];
  return { distanceM: total, gradient };
}

/** Signed distance from a point of the base frame [m] to obstacle `index` of the tables. */
export function obstacleDistance(tables: ObstacleTables, index: number, x: number, y: number, z: number): Distance {
  const row = tables.rows.subarray(OBSTACLE_STRIDE * index, OBSTACLE_STRIDE * (index + 1));
  const local = [0, 1, 2].map((r) => row[8 + r] * x + row[11 + r] * y + row[14 + r] * z + row[17 + r]);
  const p: Triple = [local[0], local[1], local[2]];
  const { distanceM, gradient: g } = localDistance(row, p, tables.fields);
  const back = (c: number): number => row[8 + 3 * c] * g[0] + row[9 + 3 * c] * g[1] + row[10 + 3 * c] * g[2];
  return { distanceM, gradient: [back(0), back(1), back(2)] };
}

function localDistance(row: Float32Array, p: Triple, fields: Float32Array): Distance {
  if (row[0] === OBSTACLE_KINDS.box) return box(p, [row[1], row[2], row[3]]);
  if (row[0] === OBSTACLE_KINDS.capsule) return capsule(p, row[3], row[4]);
  if (row[0] === OBSTACLE_KINDS.cylinder) return cylinder(p, row[3], row[4]);
  const first = new Uint32Array(row.buffer, row.byteOffset, row.length)[20];
  return field(p, [row[24], row[25], row[26]], [row[27], row[28], row[29]], fields, first);
}
