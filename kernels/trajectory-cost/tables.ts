import { inputError } from '../../engine/core/errors.ts';
import { compose, identity, inverse, type Transform } from '../../engine/core/frames.ts';
import { pairKey } from '../../engine/core/link-pairs.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import type { DistanceField, Obstacle } from '../../engine/core/scene.ts';

/**
 * Floats of a frame's row: rotation (columns) and origin of its resting pose in the parent frame, multiplier, offset,
 * variable, parent, 1 where it slides.
 */
export const FRAME_STRIDE = 20;
/** Floats of a group's row: frame, first sphere, end, unused, centre and radius of a sphere around them all. */
export const GROUP_STRIDE = 8;
/**
 * Floats of an obstacle's row: kind, half sizes (3), radius, margin, weight of the margin, 1 where touching is forbidden,
 * rotation (columns, 9) and translation (3) from base to local, first sample (u32 bits), tissue weight,
 * distance that must be kept, unused, grid size (3), grid spacing (3), unused, unused.
 */
export const OBSTACLE_STRIDE = 32;
export const OBSTACLE_KINDS = { box: 0, capsule: 1, cylinder: 2, field: 3 } as const;

/** A robot as the kernel reads it. Frame 0 is the base; every other frame is a joint that moves, about or along its z. */
export interface RobotTables {
  readonly joints: number;
  readonly frames: number;
  readonly groups: number;
  readonly spheres: number;
  readonly pairs: number;
  /** Rows of frames, of groups, of spheres (x, y, z, radius in their frame) and pairs of groups, one after the other. */
  readonly data: Float32Array;
  /** For each link its frame, and the pose of the link in it. */
  readonly linkFrame: Uint16Array;
  readonly linkPose: readonly Transform[];
}

interface MovingFrames {
  readonly rows: number[][];
  readonly linkFrame: Uint16Array;
  readonly linkPose: Transform[];
}

/** A turn that carries z onto the unit vector `axis`; the other two directions are whichever complete it. */
function zOnto(axis: readonly number[]): Transform {
  const [x, y, z] = axis;
  // The direction of least extent along the axis is the one farthest from it.
  const least = Math.abs(x) <= Math.abs(y) && Math.abs(x) <= Math.abs(z) ? 0 : Math.abs(y) <= Math.abs(z) ? 1 : 2;
  const u = [0, 1, 2].map((r) => (r === least ? 1 : 0) - axis[least] * axis[r]);
  const length = Math.hypot(u[0], u[1], u[2]);
  const [a, b, c] = u.map((value) => value / length);
  return Float64Array.of(a, b, c, 0, y * c - z * b, z * a - x * c, x * b - y * a, 0, x, y, z, 0, 0, 0, 0, 1);
}

/** Fixed links are merged with the joint that carries them, and each joint's axis is turned onto z. */
function movingFrames(model: RobotModel): MovingFrames {
  const rows: number[][] = [[...rotationAndOrigin(identity()), 0, 0, 0, 0, 0, 0, 0, 0]];
  const linkFrame = new Uint16Array(model.links.length);
  const linkPose: Transform[] = model.links.map(() => identity());
  model.joints.forEach((joint, j) => {
    const resting = compose(linkPose[joint.parent], joint.origin);
    if (joint.type === 'fixed') {
      linkFrame[joint.child] = linkFrame[joint.parent];
      linkPose[joint.child] = resting;
      return;
    }
    let multiplier = 1;
    let offset = 0;
    let mover = j;
    for (let m = joint.mimic; m !== undefined; m = model.joints[mover].mimic) {
      offset += multiplier * m.offset;
      multiplier *= m.multiplier;
      mover = m.joint;
    }
    const aligned = zOnto(joint.axis);
    const variable = model.active.indexOf(mover);
    const slides = joint.type === 'prismatic' ? 1 : 0;
    rows.push([
      ...rotationAndOrigin(compose(resting, aligned)),
      variable < 0 ? 0 : multiplier,
      offset,
      Math.max(0, variable),
      linkFrame[joint.parent],
      slides,
      0,
      0,
      0,
    ]);
    linkFrame[joint.child] = rows.length - 1;
    linkPose[joint.child] = inverse(aligned);
  });
  return { rows, linkFrame, linkPose };
}

function rotationAndOrigin(t: Transform): number[] {
  return [t[0], t[1], t[2], t[4], t[5], t[6], t[8], t[9], t[10], t[12], t[13], t[14]];
}

/** The kernel's tables of a robot and its collision spheres; pairs of spheres that hang on one frame never meet. */
export function robotTables(model: RobotModel): RobotTables {
  const { rows, linkFrame, linkPose } = movingFrames(model);
  const { link, sphere } = model.spheres;
  const links = [...new Set(link)].sort((a, b) => linkFrame[a] - linkFrame[b] || a - b);
  const groups: number[][] = [];
  const spheres: number[][] = [];
  for (const l of links) {
    const first = spheres.length;
    for (let s = 0; s < link.length; s++) {
      if (link[s] !== l) continue;
      const [x, y, z, r] = sphere.subarray(4 * s, 4 * s + 4);
      const t = linkPose[l];
      const at = (row: number): number => t[row] * x + t[4 + row] * y + t[8 + row] * z + t[12 + row];
      spheres.push([at(0), at(1), at(2), r]);
    }
    groups.push([linkFrame[l], first, spheres.length, 0, ...boundingSphere(spheres.slice(first))]);
  }
  const pairs: number[][] = [];
  for (let a = 0; a < links.length; a++) {
    for (let b = a + 1; b < links.length; b++) {
      const ignored = model.ignoredPairs.has(pairKey(model.links.length, links[a], links[b]));
      if (groups[a][0] !== groups[b][0] && !ignored) pairs.push([a, b]);
    }
  }
  return {
    joints: model.active.length,
    frames: rows.length,
    groups: groups.length,
    spheres: spheres.length,
    pairs: pairs.length,
    data: Float32Array.from([...rows, ...groups, ...spheres, ...pairs].flat()),
    linkFrame,
    linkPose,
  };
}

/** A sphere that holds the spheres: around the middle of their box, a micrometre larger for the sake of float32. */
function boundingSphere(spheres: readonly number[][]): number[] {
  const middle = [0, 1, 2].map((a) => {
    const low = Math.min(...spheres.map((s) => s[a] - s[3]));
    const high = Math.max(...spheres.map((s) => s[a] + s[3]));
    return (low + high) / 2;
  });
  const reach = spheres.map((s) => Math.hypot(s[0] - middle[0], s[1] - middle[1], s[2] - middle[2]) + s[3]);
  return [...middle, Math.max(0, ...reach) + 1e-6];
}

/** What the kernel is to do about one obstacle or one structure. */
export interface ObstacleTask {
  readonly obstacle: Obstacle;
  /** Touching it is penalised as forbidden. */
  readonly solid: boolean;
  /** Distance below which being near costs [m], and what it costs; 0 for nothing. */
  readonly marginM: number;
  readonly marginWeight: number;
  /** Cost of each metre that the tool's tip travels where the field is negative; fields only. */
  readonly tissueWeight: number;
}

export interface ObstacleTables {
  readonly obstacles: number;
  /** Whether any has a tissue weight. */
  readonly tissue: boolean;
  readonly rows: Float32Array;
  /** Samples of all distance fields, one after the other [m]. */
  readonly fields: Float32Array;
}

/**
 * The kernel's table of obstacles. Cylinders become capsules, which hold them, where `cylinders` says so.
 *
 * @throws IsocenterError `trajectory/mesh` for a triangle mesh
 */
export function obstacleTables(tasks: readonly ObstacleTask[], cylinders: 'capsule' | 'exact'): ObstacleTables {
  const rows = new Float32Array(Math.max(1, tasks.length) * OBSTACLE_STRIDE);
  const words = new Uint32Array(rows.buffer);
  const offsets = new Map<DistanceField, number>();
  let samples = 0;
  tasks.forEach((task, i) => {
    const { shape, pose } = task.obstacle;
    const base = OBSTACLE_STRIDE * i;
    rows.set([task.marginM, task.marginWeight, task.solid ? 1 : 0], base + 5);
    rows.set(rotationAndOrigin(inverse(pose)), base + 8);
    rows[base + 21] = task.tissueWeight;
    rows[base + 22] = task.obstacle.marginM ?? 0;
    if (shape.kind === 'field') {
      const { field } = shape;
      if (!offsets.has(field)) {
        offsets.set(field, samples);
        samples += field.distance.length;
      }
      rows[base] = OBSTACLE_KINDS.field;
      words[base + 20] = offsets.get(field) as number;
      rows.set([...field.size, ...field.spacingM], base + 24);
    } else if (shape.kind === 'box') {
      rows.set([OBSTACLE_KINDS.box, ...shape.sizeM.map((side) => side / 2), 0], base);
    } else if (shape.kind === 'sphere') {
      rows.set([OBSTACLE_KINDS.capsule, 0, 0, 0, shape.radiusM], base);
    } else if (shape.kind === 'mesh') {
      throw inputError(
        'trajectory/mesh',
        `obstacle ${task.obstacle.name} is a triangle mesh, which the trajectory optimiser does not take`,
        'give it as a distance field, or as boxes, spheres, capsules and cylinders',
      );
    } else {
      const exact = shape.kind === 'cylinder' && cylinders === 'exact';
      const kind = exact ? OBSTACLE_KINDS.cylinder : OBSTACLE_KINDS.capsule;
      rows.set([kind, 0, 0, shape.lengthM / 2, shape.radiusM], base);
    }
  });
  const fields = new Float32Array(Math.max(4, samples));
  for (const [field, offset] of offsets) fields.set(field.distance, offset);
  return { obstacles: tasks.length, tissue: tasks.some((t) => t.tissueWeight !== 0), rows, fields };
}
