import type { Grid, Vec3 } from '../../../../engine/core/grid.ts';
import type { Patient } from '../../../../engine/core/patient.ts';

/**
 * The entry planner by exhaustion, in float64 and from the definitions alone: every candidate against every voxel of every
 * structure. Shares no code with the planner.
 */
export interface ExhaustiveRequest {
  readonly patient: Patient;
  readonly targetMm: Vec3;
  readonly avoid: readonly { readonly name: string; readonly marginMm: number; readonly weightMm?: number }[];
  readonly body?: string;
  readonly region?: string;
  readonly cone?: { readonly axis: Vec3; readonly halfAngleDeg: number };
  readonly toolLengthMm: number;
  readonly maxAngleDeg: number;
  readonly comfortMm: number;
  readonly candidateSpacingMm: number;
  readonly normalRadiusMm: number;
  readonly weights: { tissue: number; clearanceMm: number; anglePerDeg: number };
}

export interface ExhaustiveEntry {
  readonly voxel: number;
  readonly pathMm: number;
  readonly tissueMm: number;
  readonly angleDeg: number;
  readonly clearancesMm: readonly number[];
  readonly cost: number;
}

export interface ExhaustivePlan {
  readonly candidates: number;
  readonly ranked: readonly ExhaustiveEntry[];
  readonly refused: ReadonlyMap<string, number>;
}

type Solid = (i: number, j: number, k: number) => boolean;

const sub = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const norm = (a: Vec3): number => Math.sqrt(a[0] ** 2 + a[1] ** 2 + a[2] ** 2);
const indices = ({ size: [nx, ny] }: Grid, v: number): Vec3 => [
  v % nx,
  Math.floor(v / nx) % ny,
  Math.floor(v / nx / ny),
];
const centreOf = (grid: Grid, v: number): Vec3 =>
  indices(grid, v).map((n, axis) => grid.originMm[axis] + n * grid.spacingMm[axis]) as unknown as Vec3;

export function exhaustiveEntry(request: ExhaustiveRequest): ExhaustivePlan {
  const { patient, targetMm, avoid, maxAngleDeg, toolLengthMm, comfortMm, weights } = request;
  const { grid, structures } = patient.structureSet;
  const voxelsOf = (name: string): Uint32Array => structures.find((s) => s.name === name)?.voxels as Uint32Array;
  const bodyVoxels = request.body === undefined ? patient.doseVoxels : voxelsOf(request.body);
  const inBody = new Set(bodyVoxels);
  const solid: Solid = (i, j, k) =>
    [i, j, k].every((n, a) => n >= 0 && n < grid.size[a]) && inBody.has(i + grid.size[0] * (j + grid.size[1] * k));
  const slices = [...bodyVoxels].map((v) => indices(grid, v)[2]);
  const [firstSlice, lastSlice] = [slices.reduce((a, b) => Math.min(a, b)), slices.reduce((a, b) => Math.max(a, b))];
  const candidates = tryVoxels(request, grid, inBody, firstSlice, lastSlice);
  const obstacles = avoid.map(({ name }) => Array.from(voxelsOf(name), (v) => centreOf(grid, v)));
  const ranked: ExhaustiveEntry[] = [];
  const refused = new Map<string, number>();
  const refuse = (kind: string): void => {
    refused.set(kind, (refused.get(kind) ?? 0) + 1);
  };
  for (const voxel of candidates) {
    const outward = sub(centreOf(grid, voxel), targetMm);
    const distance = norm(outward);
    const u: Vec3 = [outward[0] / distance, outward[1] / distance, outward[2] / distance];
    if (request.cone !== undefined && angle(u, request.cone.axis) > request.cone.halfAngleDeg + 1e-9) {
      refuse('outside-cone');
      continue;
    }
    const angleDeg = angle(u, normalAt(request, grid, solid, voxel, firstSlice, lastSlice));
    if (angleDeg > maxAngleDeg + 1e-9) {
      refuse('too-oblique');
      continue;
    }
    const stays = staysAlong(grid, targetMm, u, 3000).map((stay) => ({ ...stay, body: solid(...stay.cell) }));
    const exit = stays.find(({ to, body }) => to > distance && !body) as Stay;
    const [i, j, k] = exit.cell;
    const known = [i, j, k].every((n, a) => n >= 0 && n < grid.size[a]);
    if (!known || k < firstSlice || k > lastSlice) {
      refuse('image-end');
      continue;
    }
    const pathMm = exit.from;
    if (pathMm > toolLengthMm + 1e-9) {
      refuse('too-long');
      continue;
    }
    if (stays.some(({ from, to, body }) => body && from >= pathMm && Math.min(to, toolLengthMm) - from > 1e-6)) {
      refuse('blocked');
      continue;
    }
    const tissueMm = stays.reduce((sum, { from, to, body }) => sum + (body && to <= pathMm + 1e-9 ? to - from : 0), 0);
    const entry = u.map((c, a) => targetMm[a] + pathMm * c) as unknown as Vec3;
    const clearancesMm = obstacles.map((centres) => clearance(grid.spacingMm, centres, targetMm, entry));
    const broken = avoid.findIndex(({ marginMm }, n) => clearancesMm[n] < marginMm - 1e-9);
    if (broken >= 0) {
      refuse(`too-close ${avoid[broken].name}`);
      continue;
    }
    let cost = weights.tissue * tissueMm + weights.anglePerDeg * angleDeg;
    for (const [n, { marginMm, weightMm }] of avoid.entries()) {
      cost += (weightMm ?? weights.clearanceMm) * Math.max(0, (marginMm + comfortMm - clearancesMm[n]) / comfortMm);
    }
    ranked.push({ voxel, pathMm, tissueMm, angleDeg, clearancesMm, cost });
  }
  ranked.sort((a, b) => Math.round(a.cost * 1e6) - Math.round(b.cost * 1e6) || a.voxel - b.voxel);
  return { candidates: candidates.length, ranked, refused };
}

function angle(a: Vec3, b: Vec3): number {
  const cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / norm(a) / norm(b);
  return Number.isNaN(cosine) ? 90 : (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
}

/** Skin by layers: air that touches the edge of a box around all, then again and again the air that touches such air. */
function tryVoxels(
  request: ExhaustiveRequest,
  grid: Grid,
  inBody: ReadonlySet<number>,
  firstSlice: number,
  lastSlice: number,
): number[] {
  const [nx, ny, nz] = grid.size;
  const neighbours = (v: number): number[] => {
    const [i, j, k] = indices(grid, v);
    return [
      i > 0 ? v - 1 : -1,
      i < nx - 1 ? v + 1 : -1,
      j > 0 ? v - nx : -1,
      j < ny - 1 ? v + nx : -1,
      k > 0 ? v - nx * ny : -1,
      k < nz - 1 ? v + nx * ny : -1,
    ];
  };
  const air = new Uint8Array(nx * ny * nz);
  let layer: number[] = [];
  for (let v = 0; v < air.length; v++) {
    if (!inBody.has(v) && neighbours(v).includes(-1)) {
      air[v] = 1;
      layer.push(v);
    }
  }
  while (layer.length > 0) {
    const next: number[] = [];
    for (const v of layer) {
      for (const n of neighbours(v)) {
        if (n < 0 || air[n] === 1 || inBody.has(n)) continue;
        air[n] = 1;
        next.push(n);
      }
    }
    layer = next;
  }
  const within = request.patient.structureSet.structures.find(({ name }) => name === request.region)?.voxels;
  const skin = [...inBody]
    .filter((v) => within === undefined || within.includes(v))
    .filter((v) => {
      const k = indices(grid, v)[2];
      return neighbours(v).some((n, side) => {
        if (n < 0 || air[n] === 0) return false;
        return !((side === 4 && k === firstSlice) || (side === 5 && k === lastSlice));
      });
    })
    .sort((a, b) => a - b);
  const cubes = new Map<string, { voxel: number; far: number }[]>();
  for (const voxel of skin) {
    const at = sub(centreOf(grid, voxel), grid.originMm).map((c) => c / request.candidateSpacingMm);
    const cube = at.map(Math.floor);
    const far = at.reduce((sum, c, a) => sum + (c - cube[a] - 0.5) ** 2, 0) * request.candidateSpacingMm ** 2;
    cubes.set(cube.join(), [...(cubes.get(cube.join()) ?? []), { voxel, far }]);
  }
  return [...cubes.values()]
    .map((list) => {
      const least = Math.min(...list.map(({ far }) => far));
      return Math.min(...list.filter(({ far }) => far < least + 1e-9).map(({ voxel }) => voxel));
    })
    .sort((a, b) => a - b);
}

function normalAt(
  { normalRadiusMm }: ExhaustiveRequest,
  { size, spacingMm }: Grid,
  solid: Solid,
  voxel: number,
  firstSlice: number,
  lastSlice: number,
): Vec3 {
  const [i, j, k] = [voxel % size[0], Math.floor(voxel / size[0]) % size[1], Math.floor(voxel / size[0] / size[1])];
  const reach = spacingMm.map((h) => Math.ceil(normalRadiusMm / h));
  const sum = [0, 0, 0];
  for (let dk = -reach[2]; dk <= reach[2]; dk++) {
    if (k + Math.abs(dk) > lastSlice || k - Math.abs(dk) < firstSlice) continue;
    for (let dj = -reach[1]; dj <= reach[1]; dj++) {
      for (let di = -reach[0]; di <= reach[0]; di++) {
        const offset: Vec3 = [di * spacingMm[0], dj * spacingMm[1], dk * spacingMm[2]];
        if (norm(offset) > normalRadiusMm || !solid(i + di, j + dj, k + dk)) continue;
        for (let axis = 0; axis < 3; axis++) sum[axis] -= offset[axis];
      }
    }
  }
  return [sum[0], sum[1], sum[2]];
}

interface Stay {
  readonly from: number;
  readonly to: number;
  readonly cell: Vec3;
}

/** Cells that a ray visits: all crossings with the planes between cells, sorted; each stay belongs to the cell at its middle. */
function staysAlong({ size, spacingMm, originMm }: Grid, from: Vec3, u: Vec3, length: number): Stay[] {
  const crossings = [0, length];
  for (let axis = 0; axis < 3; axis++) {
    for (let n = 0; n <= size[axis]; n++) {
      const t = (originMm[axis] + (n - 0.5) * spacingMm[axis] - from[axis]) / u[axis];
      if (t > 0 && t < length) crossings.push(t);
    }
  }
  crossings.sort((a, b) => a - b);
  const stays: Stay[] = [];
  for (let n = 1; n < crossings.length; n++) {
    if (crossings[n] - crossings[n - 1] <= 1e-6) continue;
    const middle = (crossings[n] + crossings[n - 1]) / 2;
    const cell = u.map((c, a) => Math.round((from[a] + middle * c - originMm[a]) / spacingMm[a])) as unknown as Vec3;
    stays.push({ from: crossings[n - 1], to: crossings[n], cell });
  }
  return stays;
}

/** Least distance of a segment from the cells around the centres: for each the minimum of a convex function, by sections. */
function clearance(spacingMm: Vec3, centres: readonly Vec3[], a: Vec3, b: Vec3): number {
  const d = sub(b, a);
  const length2 = d[0] ** 2 + d[1] ** 2 + d[2] ** 2;
  const halfDiagonal = norm(spacingMm) / 2;
  let best = Number.POSITIVE_INFINITY;
  for (const c of centres) {
    const w = sub(c, a);
    const t = Math.max(0, Math.min(1, (w[0] * d[0] + w[1] * d[1] + w[2] * d[2]) / length2));
    if (norm([w[0] - t * d[0], w[1] - t * d[1], w[2] - t * d[2]]) - halfDiagonal > best) continue;
    const distance = (s: number): number => {
      let squared = 0;
      for (let axis = 0; axis < 3; axis++) {
        squared += Math.max(0, Math.abs(w[axis] - s * d[axis]) - spacingMm[axis] / 2) ** 2;
      }
      return Math.sqrt(squared);
    };
    best = Math.min(best, sectionSearch(distance));
  }
  return best;
}

/** Minimum of a convex function on [0, 1] by ternary sections: a flat bottom ends it at once. */
function sectionSearch(f: (s: number) => number): number {
  let [low, high] = [0, 1];
  for (let n = 0; n < 90; n++) {
    const [p, q] = [low + (high - low) / 3, high - (high - low) / 3];
    if (f(p) < f(q)) high = q;
    else low = p;
  }
  return Math.min(f(0), f(1), f(low), f((low + high) / 2));
}
