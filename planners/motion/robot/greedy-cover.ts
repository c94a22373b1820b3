import { isSolid, OUTSIDE, type Voxels } from './voxels.ts';

/** Spheres are tried about at most this many cubes of the solid's middle, and as many of all of it. */
const CANDIDATES = 1000;

/**
 * Spheres, x, y, z, radius each [m], that hold every cube of the solid. A sphere about the centre of a cube, `more` wider than
 * its distance to the outside, leaves the solid by no more than `more` and a cube; of these the one that holds most cubes that
 * are not held yet is taken, until all are (greedy set cover).
 *
 * @param depth what `depths` gives
 * @param more [m] at least 0.9 cubes, so that every cube can be held
 * @returns undefined where more than `cap` are needed
 */
export function greedyCover(voxels: Voxels, depth: Float64Array, more: number, cap: number): number[] | undefined {
  const { size, low, edge } = voxels;
  const solid: number[] = [];
  for (let i = 0; i < depth.length; i++) if (isSolid(voxels, i)) solid.push(i);
  const ridge = solid.filter((at) => isRidge(voxels, depth, at));
  const candidates = [...thinned(ridge), ...thinned(solid)];
  const held = new Uint8Array(depth.length);
  let left = solid.length;
  let unheld = 0;
  const gains = candidates.map((at) => sweep(voxels, held, at, depth[at] + more, false));
  const chosen: number[] = [];
  while (left > 0) {
    let best = 0;
    for (let c = 1; c < gains.length; c++) if (gains[c] > gains[best]) best = c;
    let at = candidates[best];
    if (gains[best] === 0) {
      // The candidates hold no more: a cube that is left holds itself.
      while (held[solid[unheld]] !== 0) unheld++;
      at = solid[unheld];
    } else {
      const now = sweep(voxels, held, at, depth[at] + more, false);
      if (now < gains[best]) {
        gains[best] = now;
        continue;
      }
      gains[best] = 0;
    }
    left -= sweep(voxels, held, at, depth[at] + more, true);
    // Some will turn out to be of no use; far too many never fit.
    if (chosen.length === Math.ceil(1.4 * cap)) return undefined;
    chosen.push(at);
  }
  const kept = needed(voxels, chosen, depth, more);
  if (kept.length > cap) return undefined;
  return kept.flatMap((at) => {
    const place = [at % size[0], Math.floor(at / size[0]) % size[1], Math.floor(at / (size[0] * size[1]))];
    return [...place.map((n, axis) => low[axis] + (n + 0.5) * edge), depth[at] + more + 1e-9];
  });
}

function thinned(cubes: readonly number[]): number[] {
  const stride = Math.max(1, Math.ceil(cubes.length / CANDIDATES));
  return cubes.filter((_, i) => i % stride === 0);
}

/** Whether a cube lies in the middle between two sides: its depth falls both ways along an axis. */
function isRidge({ size, edge }: Voxels, depth: Float64Array, at: number): boolean {
  for (const stride of [1, size[0], size[0] * size[1]]) {
    const before = depth[at - stride];
    const after = depth[at + stride];
    if (depth[at] >= Math.max(before, after) && depth[at] > (before + after) / 2 + 0.3 * edge) return true;
  }
  return false;
}

/** Those without which a cube would not be held: the first chosen are tried first, later ones often hold all of theirs. */
function needed(voxels: Voxels, chosen: readonly number[], depth: Float64Array, more: number): number[] {
  const times = new Uint16Array(depth.length);
  const each = (at: number, visit: (cube: number) => void): void => visitHeld(voxels, at, depth[at] + more, visit);
  for (const at of chosen) {
    each(at, (cube) => {
      times[cube]++;
    });
  }
  return chosen.filter((at) => {
    let spare = true;
    each(at, (cube) => {
      spare &&= times[cube] > 1;
    });
    if (!spare) return true;
    each(at, (cube) => {
      times[cube]--;
    });
    return false;
  });
}

/** How many cubes of the solid that are not held lie wholly within `radius` of the centre of cube `at`; marks them where asked. */
function sweep(voxels: Voxels, held: Uint8Array, at: number, radius: number, mark: boolean): number {
  const { size, edge, kind } = voxels;
  const ci = at % size[0];
  const cj = Math.floor(at / size[0]) % size[1];
  const ck = Math.floor(at / (size[0] * size[1]));
  const r = radius / edge;
  const reach = Math.floor(r);
  let count = 0;
  for (let k = Math.max(0, ck - reach); k <= Math.min(size[2] - 1, ck + reach); k++) {
    const dz = Math.abs(k - ck) + 0.5;
    for (let j = Math.max(0, cj - reach); j <= Math.min(size[1] - 1, cj + reach); j++) {
      const span = halfSpan(r, Math.abs(j - cj) + 0.5, dz);
      const row = size[0] * (j + size[1] * k);
      const last = Math.min(size[0] - 1, ci + span);
      for (let cube = row + Math.max(0, ci - span); cube <= row + last; cube++) {
        if (held[cube] !== 0 || kind[cube] === OUTSIDE) continue;
        count++;
        if (mark) held[cube] = 1;
      }
    }
  }
  return count;
}

/** Cubes to either side that lie wholly within r of the centre, in a row off it by dy and dz to its far edges; -1 for none. */
function halfSpan(r: number, dy: number, dz: number): number {
  const flat = r * r - dz * dz - dy * dy;
  return flat < 0.25 ? -1 : Math.floor(Math.sqrt(flat) - 0.5 + 1e-12);
}

/** Cubes of the solid that lie wholly, to their far corners, within `radius` of the centre of cube `at`. */
function visitHeld(voxels: Voxels, at: number, radius: number, visit: (cube: number) => void): void {
  const { size, edge } = voxels;
  const ci = at % size[0];
  const cj = Math.floor(at / size[0]) % size[1];
  const ck = Math.floor(at / (size[0] * size[1]));
  const r = radius / edge;
  const reach = Math.floor(r);
  for (let k = Math.max(0, ck - reach); k <= Math.min(size[2] - 1, ck + reach); k++) {
    const dz = Math.abs(k - ck) + 0.5;
    for (let j = Math.max(0, cj - reach); j <= Math.min(size[1] - 1, cj + reach); j++) {
      const span = halfSpan(r, Math.abs(j - cj) + 0.5, dz);
      const row = size[0] * (j + size[1] * k);
      const last = Math.min(size[0] - 1, ci + span);
      for (let cube = row + Math.max(0, ci - span); cube <= row + last; cube++) {
        if (isSolid(voxels, cube)) visit(cube);
      }
    }
  }
}
