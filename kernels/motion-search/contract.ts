import type { Transform } from '../../engine/core/frames.ts';
import type { RobotJoint, RobotModel } from '../../engine/core/robot.ts';
import type { Obstacle, Scene } from '../../engine/core/scene.ts';
import type { StepContract } from '../step-contract.ts';

export interface MotionSearchCase {
  readonly model: RobotModel;
  readonly scene: Scene;
  readonly cylindersAsCapsules: boolean;
}

/** At x, y, z, turned about z by `yaw` and then about x by `roll`. */
function at(x: number, y: number, z: number, yaw = 0, roll = 0): Transform {
  const [cy, sy, cr, sr] = [Math.cos(yaw), Math.sin(yaw), Math.cos(roll), Math.sin(roll)];
  return Float64Array.of(cy, sy, 0, 0, -sy * cr, cy * cr, sr, 0, sy * sr, -cy * sr, cr, 0, x, y, z, 1);
}

type JointPart = Pick<RobotJoint, 'type' | 'origin' | 'axis'>;

/** A chain whose links carry two spheres each; neighbours are not checked against each other. */
function chain(name: string, parts: readonly JointPart[]): RobotModel {
  const links = parts.length + 1;
  const limits = { lower: -2.5, upper: 2.5, velocity: 1, acceleration: 1, jerk: 1, effort: 1 };
  const slide = { ...limits, lower: -0.05, upper: 0.15 };
  const joints = parts.map((part, j) => ({
    ...part,
    name: `joint${j}`,
    parent: j,
    child: j + 1,
    ...(part.type === 'fixed' ? {} : { limits: part.type === 'prismatic' ? slide : limits }),
  }));
  const own = parts.flatMap((_, j) => [0, 0.02, 0.03, 0.05 - 0.004 * j, 0.06, 0, 0.06, 0.04 - 0.004 * j]);
  return {
    name,
    links: Array.from({ length: links }, (_, l) => ({ name: `link${l}`, visual: [], collision: [] })),
    joints,
    active: joints.flatMap(({ type }, j) => (type === 'fixed' ? [] : [j])),
    spheres: {
      link: Uint16Array.from(parts.flatMap((_, j) => [j + 1, j + 1])),
      sphere: Float64Array.from(own),
    },
    ignoredPairs: new Set(parts.map((_, j) => j * links + j + 1)),
  };
}

const z = [0, 0, 1] as const;
const right = Math.PI / 2;

const flat = chain('three joints in a plane', [
  { type: 'revolute', origin: at(0, 0, 0), axis: z },
  { type: 'revolute', origin: at(0.25, 0, 0), axis: z },
  { type: 'revolute', origin: at(0.25, 0, 0), axis: [0, 0, -1] },
]);

const folded = chain('quarter turns between the axes', [
  { type: 'revolute', origin: at(0, 0, 0.3), axis: z },
  { type: 'revolute', origin: at(0, 0, 0, 0, -right), axis: z },
  { type: 'revolute', origin: at(0, -0.3, 0, 0, right), axis: z },
  { type: 'revolute', origin: at(0.08, 0, 0, right, right), axis: z },
  { type: 'revolute', origin: at(-0.08, 0.3, 0, 0, -right), axis: z },
  { type: 'fixed', origin: at(0, 0, 0.1, 0.7), axis: z },
  { type: 'revolute', origin: at(0.09, 0, 0, -right, right), axis: z },
]);

const tilted = chain('tilted axes and a slide', [
  { type: 'revolute', origin: at(0, 0, 0.2, 0.4, 0.3), axis: [0.6, 0, 0.8] },
  { type: 'continuous', origin: at(0.1, 0.1, 0.1, -2.2, 1.9), axis: [0, 1, 0] },
  { type: 'prismatic', origin: at(0.15, 0, 0.1, 1.1, -0.8), axis: [0, -0.8, 0.6] },
  { type: 'revolute', origin: at(0, 0.1, 0.1, 3, Math.PI), axis: [-1, 0, 0] },
]);

const box: Obstacle = {
  name: 'box',
  shape: { kind: 'box', sizeM: [0.1, 0.4, 0.2] },
  pose: at(0.35, 0.2, 0.2, 0.4, 0.2),
};
const can: Obstacle = {
  name: 'can',
  shape: { kind: 'cylinder', radiusM: 0.08, lengthM: 0.3 },
  pose: at(-0.3, 0.3, 0.3, 0, 1),
};
const rod: Obstacle = {
  name: 'rod',
  shape: { kind: 'capsule', radiusM: 0.05, lengthM: 0.4 },
  pose: at(0.2, -0.4, 0.1),
};
const ball: Obstacle = {
  name: 'ball',
  shape: { kind: 'sphere', radiusM: 0.1 },
  pose: at(-0.4, -0.3, 0.3),
  marginM: 0.02,
};
const solids = { obstacles: [ball, can, box, rod] };

export const motionSearch: StepContract<MotionSearchCase> = {
  name: 'motion-search',
  doc: 'whether a robot of spheres is free of obstacles and of itself at a configuration and along an edge; RRT-Connect and shortening over such edges',
  entries: {
    motionPrepare: 'space, frames: writes the pose of the base into the working memory, once',
    motionStateFree: 'space, q f32[dim] rad or m -> 1 free',
    motionEdgeFree: 'space, from f32[dim], to f32[dim] -> 1 free at any resolution; both ends are free',
    motionSearch:
      'space, start f32[dim], goal f32[dim], iterations -> 1 solved, 2 out of iterations, 3 out of nodes; the path is f32[vertices][dim]',
    motionSimplify: 'space, rounds: shortens the path',
  },
  tolerance: {
    absolute: 4e-5,
    why: 'radii grow by 1e-5 m a metre of reach so that what float32 calls free is free in float64, twice where two spheres meet; as much again for the rounding itself',
  },
  cost: 'an edge of 1 rad of a seven-joint arm with 60 spheres among 10 obstacles: two poses of four configurations (1500 operations on four lanes), 60 bounding spheres against obstacles (50 each), and more where something is near',
  cases: [
    {
      name: 'in a plane, nothing around',
      params: { model: flat, scene: { obstacles: [] }, cylindersAsCapsules: false },
    },
    { name: 'in a plane, among solids', params: { model: flat, scene: solids, cylindersAsCapsules: false } },
    { name: 'quarter turns, among solids', params: { model: folded, scene: solids, cylindersAsCapsules: false } },
    {
      name: 'quarter turns, cylinders as capsules',
      params: { model: folded, scene: solids, cylindersAsCapsules: true },
    },
    {
      name: 'tilted axes and a slide, among solids',
      params: { model: tilted, scene: solids, cylindersAsCapsules: false },
    },
  ],
};
