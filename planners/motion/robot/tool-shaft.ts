import { adjacentPairs, pairKey } from '../../../engine/core/link-pairs.ts';
import type { PlacedShape, RobotJoint, RobotLink, RobotModel } from '../../../engine/core/robot.ts';
import type { ToolSpec } from '../../../engine/core/tool.ts';
import { createTool, type ToolModel } from '../rcm/tool.ts';
import { capsuleCover } from './cover.ts';

/** How far the spheres of a shaft stand out of it, at most, where it takes no more than `MOST_SPHERES` of them [m]. */
const OVERESTIMATE_M = 0.002;
const MOST_SPHERES = 256;
/** How thick a shaft looks that meets nothing [m]. */
const THIN_M = 0.0015;

/**
 * The robot with a tool's shaft as one more link, fixed to the link that carries it and covered by spheres: a capsule of the
 * shaft's length and radius, whose round ends reach beyond it by the radius. It is checked against the scene and against all
 * links but those that move as one with the carrying link and their neighbours. What is bent behind the shaft does not count.
 *
 * @returns the robot as it is where the tool has no radius
 * @throws IsocenterError as createTool
 */
export function withToolShaft(model: RobotModel, spec: ToolSpec): RobotModel {
  const { radiusM } = spec;
  if (radiusM === undefined) return model;
  const tool = createTool(model, spec);
  const shaft = model.links.length;
  const pose = shaftPose(tool);
  const cover = capsuleCover(radiusM, tool.lengthM, sphereCount(radiusM, tool.lengthM));
  const count = cover.length / 4;
  const link = new Uint16Array(model.spheres.link.length + count).fill(shaft);
  link.set(model.spheres.link);
  const sphere = new Float64Array(4 * link.length);
  sphere.set(model.spheres.sphere);
  sphere.set(cover, model.spheres.sphere.length);
  const name = freeName(model, `${spec.link}_shaft`);
  const links: RobotLink[] = [
    ...model.links,
    {
      name,
      visual: [],
      collision: [{ shape: { kind: 'capsule', radiusM, lengthM: tool.lengthM }, pose: identity() }],
    },
  ];
  const joint: RobotJoint = {
    name: `${name}_joint`,
    type: 'fixed',
    parent: tool.link,
    child: shaft,
    origin: pose,
    axis: [0, 0, 1],
  };
  const joints = [...model.joints, joint];
  return {
    ...model,
    links,
    joints,
    spheres: { link, sphere },
    ignoredPairs: new Set([...rekeyed(model), ...adjacentPairs({ links, joints })].filter(keepsChecked(model, shaft))),
  };
}

/**
 * The shaft of a tool as a solid in the frame of the link that carries it, as thick as it is or as said.
 *
 * @throws IsocenterError as createTool
 */
export function shaftSolid(model: RobotModel, spec: ToolSpec, radiusM = spec.radiusM ?? THIN_M): PlacedShape {
  const tool = createTool(model, spec);
  return { shape: { kind: 'cylinder', radiusM, lengthM: tool.lengthM }, pose: shaftPose(tool) };
}

/** Pairs of links by the number of links that there are now. */
function rekeyed({ ignoredPairs, links }: RobotModel): number[] {
  const before = links.length;
  return [...ignoredPairs].map((key) => pairKey(before + 1, Math.floor(key / before), key % before));
}

/** Of the pairs that touch, those of the shaft are new; the others are as the robot has them. */
function keepsChecked(model: RobotModel, shaft: number): (key: number) => boolean {
  const before = model.links.length;
  return (key) => {
    const [a, b] = [Math.floor(key / (before + 1)), key % (before + 1)];
    return a === shaft || b === shaft || model.ignoredPairs.has(pairKey(before, a, b));
  };
}

function sphereCount(radiusM: number, lengthM: number): number {
  const spacing = 2 * Math.sqrt((2 * radiusM + OVERESTIMATE_M) * OVERESTIMATE_M);
  return Math.min(MOST_SPHERES, Math.max(2, Math.ceil((lengthM - 2 * OVERESTIMATE_M) / spacing) + 1));
}

/** Origin in the middle of the shaft, z along it, in the carrying link's frame. */
function shaftPose({ originM, axis: [x, y, z], lengthM }: ToolModel): Float64Array {
  const least = Math.abs(x) <= Math.abs(y) && Math.abs(x) <= Math.abs(z) ? 0 : Math.abs(y) <= Math.abs(z) ? 1 : 2;
  const u = [x, y, z].map((value, r) => (r === least ? 1 : 0) - [x, y, z][least] * value);
  const norm = Math.hypot(u[0], u[1], u[2]);
  const [a, b, c] = u.map((value) => value / norm);
  const at = [x, y, z].map((value, r) => originM[r] + 0.5 * lengthM * value);
  return Float64Array.of(a, b, c, 0, y * c - z * b, z * a - x * c, x * b - y * a, 0, x, y, z, 0, ...at, 1);
}

function identity(): Float64Array {
  return Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
}

function freeName({ links }: RobotModel, wanted: string): string {
  let name = wanted;
  while (links.some((link) => link.name === name)) name = `${name}_`;
  return name;
}
