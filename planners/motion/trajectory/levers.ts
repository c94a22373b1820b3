import type { RobotJoint, RobotModel } from '../../../engine/core/robot.ts';

/** The spheres of one link. */
export interface LinkSpheres {
  readonly link: number;
  readonly spheres: readonly number[];
  /** x, y, z, radius of a sphere around them all [m, link frame]. */
  readonly ball: Float64Array;
  /** Whether any joint moves the link. */
  readonly moves: boolean;
}

/** The links that carry spheres. */
export function linkSpheres(model: RobotModel): LinkSpheres[] {
  const { link, sphere } = model.spheres;
  return [...new Set(link)].map((l) => {
    const spheres = Array.from(link.keys()).filter((s) => link[s] === l);
    const rows = spheres.map((s) => sphere.subarray(4 * s, 4 * s + 4));
    const middle = [0, 1, 2].map((a) => {
      const low = Math.min(...rows.map((row) => row[a] - row[3]));
      const high = Math.max(...rows.map((row) => row[a] + row[3]));
      return (low + high) / 2;
    });
    const reach = rows.map((row) => Math.hypot(...middle.map((m, a) => row[a] - m)) + row[3]);
    const moves = jointsAbove(model, l).some((joint) => joint.type !== 'fixed');
    return { link: l, spheres, ball: Float64Array.of(...middle, Math.max(...reach) * (1 + 1e-12)), moves };
  });
}

/** The joints from a link to the base, the nearest first. */
function jointsAbove(model: RobotModel, link: number): RobotJoint[] {
  const path: RobotJoint[] = [];
  let at = link;
  for (let j = model.joints.length - 1; j >= 0; j--) {
    if (model.joints[j].child !== at) continue;
    path.push(model.joints[j]);
    at = model.joints[j].parent;
  }
  return path;
}

/**
 * How far a sphere's centre can move for each unit of a joint of q, whatever the configuration [m]: [spheres][joints]. For a
 * joint that turns the sum of the lengths of all that lies between it and the sphere, for one that slides 1.
 */
export function leverBounds(model: RobotModel): Float64Array {
  const joints = model.active.length;
  const { link, sphere } = model.spheres;
  const out = new Float64Array(link.length * joints);
  for (let s = 0; s < link.length; s++) {
    let reach = Math.hypot(sphere[4 * s], sphere[4 * s + 1], sphere[4 * s + 2]);
    for (const joint of jointsAbove(model, link[s])) {
      if (joint.type !== 'fixed') {
        const { mover, scale, offset } = leader(model, joint);
        const slides = joint.type === 'prismatic';
        const column = model.active.indexOf(mover);
        if (column >= 0) out[s * joints + column] += Math.abs(scale) * (slides ? 1 : reach);
        if (slides) {
          const limits = model.joints[mover].limits;
          const farthest = limits === undefined ? 0 : Math.max(Math.abs(limits.lower), Math.abs(limits.upper));
          reach += Math.abs(scale) * farthest + Math.abs(offset);
        }
      }
      reach += Math.hypot(joint.origin[12], joint.origin[13], joint.origin[14]);
    }
  }
  return out;
}

/** The joint that a joint follows in the end, itself where it follows none: position = scale * its position + offset. */
function leader(model: RobotModel, joint: RobotJoint): { mover: number; scale: number; offset: number } {
  let mover = model.joints.indexOf(joint);
  let scale = 1;
  let offset = 0;
  for (let m = joint.mimic; m !== undefined; m = model.joints[mover].mimic) {
    offset += scale * m.offset;
    scale *= m.multiplier;
    mover = m.joint;
  }
  return { mover, scale, offset };
}
