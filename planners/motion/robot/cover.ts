import type { Vec3 } from '../../../engine/core/grid.ts';

/*
 * Covers of simple solids by spheres, x, y, z, radius each [m, frame of the shape], and why nothing of the solid is left out:
 *
 * - **capsule**: a sphere of radius R on the axis covers the part of a tube of radius r within h of it when R^2 = r^2 + h^2;
 *   the outermost centres keep R - r from the ends of the axis, so that they hold the round ends.
 * - **cylinder**: cut into layers, and each layer into a middle disc and sectors. The distance from a point of the sector's
 *   bisector to the points of an arc grows with their angle, so that a sphere that holds the corners of a sector holds it.
 * - **box**: cut into bricks; a brick lies in the sphere through its corners.
 */

/** A capsule (or, with length 0, a sphere) by `count` spheres along its axis. */
export function capsuleCover(radius: number, length: number, count: number): number[] {
  if (length === 0) return [0, 0, 0, radius];
  // More radius lets the spheres stand farther apart: find what `count` of them need.
  let low = 0;
  let high = length / 2;
  for (let i = 0; i < 60; i++) {
    const more = (low + high) / 2;
    const spacing = 2 * Math.sqrt((2 * radius + more) * more);
    if ((count - 1) * spacing + 2 * more >= length) high = more;
    else low = more;
  }
  const end = Math.max(0, length / 2 - high);
  const out: number[] = [];
  for (let i = 0; i < count; i++) {
    out.push(0, 0, count === 1 ? 0 : end * ((2 * i) / (count - 1) - 1), radius + high);
  }
  return out;
}

/** How a cylinder is cut: `sectors` of 0 means the middle disc alone, a middle disc of share 0 means sectors alone. */
export interface CylinderCut {
  readonly layers: number;
  readonly sectors: number;
  /** Radius of the middle disc over that of the cylinder. */
  readonly middle: number;
}

export function cylinderCount({ layers, sectors, middle }: CylinderCut): number {
  return layers * (sectors + (middle > 0 ? 1 : 0));
}

export function cylinderCover(radius: number, length: number, cut: CylinderCut): number[] {
  const { layers, sectors } = cut;
  const half = length / layers / 2;
  const inner = sectors === 0 ? radius : cut.middle * radius;
  const out: number[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const z = (2 * layer + 1) * half - length / 2;
    if (inner > 0) out.push(0, 0, z, Math.hypot(inner, half));
    if (sectors === 0) continue;
    const cos = Math.cos(Math.PI / sectors);
    const sin = Math.sin(Math.PI / sectors);
    // Through all four corners, but no farther out than the chord of the outer arc.
    const at = Math.min((inner + radius) / (2 * cos), radius * cos);
    const reach = Math.max(Math.hypot(radius * cos - at, radius * sin), Math.hypot(inner * cos - at, inner * sin));
    for (let s = 0; s < sectors; s++) {
      const turn = (2 * Math.PI * s) / sectors;
      out.push(at * Math.cos(turn), at * Math.sin(turn), z, Math.hypot(reach, half));
    }
  }
  return out;
}

/** Ways to cut a cylinder into at most `cap` parts that are about as high as wide, fewest first. */
export function cylinderCuts(radius: number, length: number, cap: number): CylinderCut[] {
  const cuts: CylinderCut[] = [];
  for (let layers = 1; layers <= cap; layers++) {
    cuts.push({ layers, sectors: 0, middle: 1 });
    for (let sectors = 3; layers * sectors <= cap && sectors <= 16; sectors++) {
      for (const middle of [0, 0.35, 0.5, 0.65]) {
        const cut = { layers, sectors, middle };
        const shape = (length / layers) * (sectors / (2 * Math.PI * radius));
        if (cylinderCount(cut) <= cap && shape > 0.4 && shape < 2) cuts.push(cut);
      }
    }
  }
  return cuts.sort((a, b) => cylinderCount(a) - cylinderCount(b));
}

/** A box cut into nx x ny x nz bricks; the inner ones are joined to bricks as large as their spheres fit into the box. */
export function boxCover(size: Vec3, cut: Vec3): number[] {
  const out: number[] = [];
  const brick = size.map((s, axis) => s / cut[axis]);
  const push = (from: readonly number[], to: readonly number[]): void => {
    const centre = from.map((f, axis) => ((f + to[axis]) / 2) * brick[axis] - size[axis] / 2);
    const half = from.map((f, axis) => ((to[axis] - f) * brick[axis]) / 2);
    out.push(centre[0], centre[1], centre[2], Math.hypot(half[0], half[1], half[2]));
  };
  for (let k = 0; k < cut[2]; k++) {
    for (let j = 0; j < cut[1]; j++) {
      for (let i = 0; i < cut[0]; i++) {
        const at = [i, j, k];
        const inside = at.every((index, axis) => index > 0 && index < cut[axis] - 1);
        if (!inside) push(at, [i + 1, j + 1, k + 1]);
      }
    }
  }
  const join = (from: readonly number[], to: readonly number[]): void => {
    const spans = from.map((f, axis) => to[axis] - f);
    if (spans.some((span) => span <= 0)) return;
    const radius = Math.hypot(spans[0] * brick[0], spans[1] * brick[1], spans[2] * brick[2]) / 2;
    const room = Math.min(
      ...from.map((f, axis) => size[axis] / 2 - Math.abs(((f + to[axis]) / 2) * brick[axis] - size[axis] / 2)),
    );
    const longest = spans
      .map((span, axis) => (span > 1 ? span * brick[axis] : 0))
      .reduce((best, length, axis, all) => (length > all[best] ? axis : best), 0);
    if (radius <= room || spans[longest] === 1) {
      push(from, to);
      return;
    }
    const middle = from[longest] + Math.floor(spans[longest] / 2);
    join(
      from,
      to.map((t, axis) => (axis === longest ? middle : t)),
    );
    join(
      from.map((f, axis) => (axis === longest ? middle : f)),
      to,
    );
  };
  join([1, 1, 1], [cut[0] - 1, cut[1] - 1, cut[2] - 1]);
  return out;
}

/** Ways to cut a box into nearly cubic bricks that need at most `cap` spheres, coarsest first. */
export function boxCuts(size: Vec3, cap: number): Vec3[] {
  const cuts: Vec3[] = [];
  for (let edge = Math.max(...size); ; edge *= 0.97) {
    const cut = size.map((s) => Math.max(1, Math.round(s / edge)));
    const [i, j, k] = cut;
    if (i * j * k - Math.max(0, i - 2) * Math.max(0, j - 2) * Math.max(0, k - 2) > cap) return cuts;
    const last = cuts.at(-1);
    if (last === undefined || cut.some((n, axis) => n !== last[axis])) cuts.push([i, j, k]);
  }
}
