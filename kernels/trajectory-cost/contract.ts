import { type Random, seededRandom } from '../../engine/core/random.ts';
import type { Obstacle } from '../../engine/core/scene.ts';
import { defineKernel, type KernelArray, type KernelCase } from '../contract.ts';
import { armWithBranch, caseObstacles } from './case-scene.ts';
import {
  type CostShape,
  costSampleFloats,
  costScratchBytes,
  prepareTrajectoryCost,
  sampleCount,
  variableStride,
} from './index.ts';
import { trajectoryCostReference } from './reference.ts';
import type { CostWeights } from './reference-configuration.ts';
import { splineWeights } from './spline.ts';
import { FRAME_STRIDE, obstacleTables, robotTables } from './tables.ts';

interface Params extends CostShape {
  readonly weights: CostWeights;
}

interface Options {
  readonly name: string;
  readonly seed: number;
  readonly seeds: number;
  readonly free: number;
  readonly perSegment: number;
  readonly obstacles?: readonly Obstacle['shape']['kind'][];
  readonly marginWeight?: number;
  readonly tissueWeight?: number;
  readonly spheres?: number;
  readonly segmentSec?: number;
  readonly shaft?: boolean;
  readonly nan?: boolean;
}

const weights: CostWeights = {
  duration: 1,
  jerk: 0.3,
  limits: 40,
  positions: 200,
  collision: 300,
  bufferM: 0.02,
  selfBufferM: 0.03,
  tissueBandM: 0.05,
  rcm: 50,
};

/** Smooth wanderings from start to goal of an arm with a branch, a slide and a mimicking joint, among some obstacles. */
function costCase(o: Options): KernelCase<Params> {
  const random = seededRandom(o.seed);
  const model = armWithBranch(random, o.spheres ?? 9);
  const robot = robotTables(model);
  const obstacles = obstacleTables(
    caseObstacles(random, o.obstacles ?? [], {
      marginWeight: o.marginWeight ?? 0,
      tissueWeight: o.tissueWeight ?? 0,
    }),
    'exact',
  );
  const joints = robot.joints;
  const tip = { frame: robot.linkFrame[3], point: [0.05, -0.02, 0.3] as const };
  // A slanting shaft on the last frame; its stretch is short, so that all three of its parts are met.
  const shaft = {
    frame: tip.frame,
    origin: [0.02, -0.01, 0.05],
    axis: [0.6, 0, 0.8],
    trocar: [0.3, 0.1, 0.6],
  } as const;
  const shape: CostShape = {
    robot,
    obstacles,
    free: o.free,
    perSegment: o.perSegment,
    tip,
    shaft: o.shaft ? { ...shaft, fromM: 0.1, toM: 0.25 } : undefined,
    seeds: o.seeds,
  };
  const stride = variableStride(o.free, joints);
  const x = new Float32Array(o.seeds * stride);
  const ends = Float32Array.from({ length: o.seeds * 2 * joints }, () => 1.6 * random() - 0.8);
  for (let seed = 0; seed < o.seeds; seed++) {
    fillControls(random, x.subarray(seed * stride), ends.subarray(seed * 2 * joints), o.free, joints);
    x[seed * stride + o.free * joints] = Math.log((o.segmentSec ?? 0.15) * (0.8 + 0.4 * random()));
  }
  if (o.nan) x[joints + 1] = Number.NaN;
  const limits = new Float32Array(8 * joints);
  for (let j = 0; j < joints; j++) limits.set([-0.7, 0.9, 1.1, 4, 60], 8 * j);
  const inputs: Record<string, KernelArray> = {
    x,
    ends,
    robot: robot.data,
    obstacles: obstacles.rows,
    fields: obstacles.fields,
    basis: Float32Array.from(splineWeights(o.perSegment)),
    limits,
  };
  return {
    name: o.name,
    params: { ...shape, weights },
    inputs,
    outputs: {
      samples: { type: 'f32', length: costSampleFloats(shape) },
      value: { type: 'f32', length: 4 * o.seeds },
      gradient: { type: 'f32', length: o.seeds * stride },
    },
    scratch: { scratch: costScratchBytes(shape) },
    nan: o.nan === true,
  };
}

function fillControls(random: Random, x: Float32Array, ends: Float32Array, free: number, joints: number): void {
  for (let j = 0; j < joints; j++) {
    const bend = [0.5 * random() - 0.25, 0.4 * random() - 0.2];
    for (let k = 0; k < free; k++) {
      const u = (k + 1) / (free + 1);
      const wave = bend[0] * Math.sin(Math.PI * u) + bend[1] * Math.sin(3 * Math.PI * u);
      x[k * joints + j] = ends[j] + u * (ends[joints + j] - ends[j]) + wave + 0.004 * (random() - 0.5);
    }
  }
}

/** Outputs of different units apart: of each sample and of each seed. */
function parts(
  { params }: KernelCase<Params>,
  samples: ArrayLike<number>,
  value: ArrayLike<number>,
  gradient: ArrayLike<number>,
): Record<string, Float64Array> {
  const { joints } = params.robot;
  const stride = variableStride(params.free, joints);
  const pick = (from: ArrayLike<number>, row: number, first: number, end: number): Float64Array =>
    Float64Array.from(Array.from(from).filter((_, i) => i % row >= first && i % row < end));
  return {
    sampleGradient: pick(samples, joints + 2, 0, joints),
    sampleValue: pick(samples, joints + 2, joints, joints + 2),
    value: pick(value, 4, 0, 1),
    durationSec: pick(value, 4, 1, 2),
    jerk: pick(value, 4, 2, 3),
    sampled: pick(value, 4, 3, 4),
    gradient: pick(gradient, stride, 0, params.free * joints),
    byLogH: pick(gradient, stride, params.free * joints, params.free * joints + 1),
  };
}

function reference(c: KernelCase<Params>): Record<string, Float64Array> {
  const { params, inputs } = c;
  const { joints } = params.robot;
  const stride = variableStride(params.free, joints);
  const samples: number[] = [];
  const value: number[] = [];
  const gradient: number[] = [];
  for (let seed = 0; seed < params.seeds; seed++) {
    const problem = { ...params, limits: inputs.limits as Float32Array };
    const ends = inputs.ends.subarray(seed * 2 * joints, (seed + 1) * 2 * joints);
    const result = trajectoryCostReference(problem, inputs.x.subarray(seed * stride, (seed + 1) * stride), ends);
    samples.push(...result.samples);
    value.push(result.value, result.durationSec, result.jerk, result.sampled);
    gradient.push(...result.gradient, ...new Array<number>(stride - result.gradient.length).fill(0));
  }
  return parts(c, samples, value, gradient);
}

const usual = { seeds: 2, free: 9, perSegment: 2 };

export const trajectoryCost = defineKernel<Params>({
  name: 'trajectory-cost',
  doc: 'cost of joint trajectories (duration, jerk, limits, clearance, self collision, tissue, trocar) and its derivative',
  inputs: {
    x: 'f32[seeds][stride] control points [rad or m], ln(seconds a segment)',
    ends: 'f32[seeds][2][joints] start and goal',
    robot: 'f32[..] frames, groups, spheres, pairs',
    obstacles: 'f32[obstacles][32]',
    fields: 'f32[..] m',
    basis: 'f32[perSegment][4]',
    limits: 'f32[joints][8]',
  },
  outputs: {
    samples: 'f32[seeds][samples][joints + 2]',
    value: 'f32[seeds][4] cost, duration [s], jerk term, part of the samples',
    gradient: 'f32[seeds][stride]',
  },
  tolerance: {
    relative: 1e-3,
    why: 'third differences of control points near 1 keep 2e-7 of 3e-3, and a hinge 1e-6 m of the millimetres beyond it',
  },
  cases: [
    costCase({ ...usual, name: 'no obstacle, one sample a segment', seed: 501, seeds: 1, perSegment: 1 }),
    costCase({ ...usual, name: 'no sphere', seed: 502, spheres: 0, obstacles: ['box'] }),
    costCase({ ...usual, name: 'one free point, far over all limits', seed: 503, free: 1, segmentSec: 0.05 }),
    costCase({ ...usual, name: 'boxes', seed: 504, obstacles: ['box', 'box', 'box'] }),
    costCase({ ...usual, name: 'spheres and capsules', seed: 505, obstacles: ['sphere', 'capsule', 'sphere'] }),
    costCase({ ...usual, name: 'exact cylinders', seed: 506, obstacles: ['cylinder', 'cylinder', 'cylinder'] }),
    costCase({ ...usual, name: 'distance fields', seed: 507, obstacles: ['field', 'field'] }),
    costCase({
      ...usual,
      name: 'clearance to every kind, three samples a segment',
      seed: 508,
      perSegment: 3,
      marginWeight: 2,
      obstacles: ['box', 'cylinder', 'field', 'capsule'],
    }),
    costCase({ ...usual, name: 'tissue', seed: 509, tissueWeight: 5, obstacles: ['box', 'field'] }),
    costCase({ ...usual, name: 'many seeds', seed: 510, seeds: 7, free: 30, obstacles: ['box', 'field', 'sphere'] }),
    costCase({ ...usual, name: 'shaft through a trocar', seed: 512, shaft: true, obstacles: ['box'] }),
    costCase({ ...usual, name: 'NaN in a control point', seed: 511, obstacles: ['box', 'field'], nan: true }),
  ],
  cost: ({ params }) => {
    const { robot, obstacles } = params;
    const samples = params.seeds * sampleCount(params);
    const perSample = 60 * robot.frames + robot.spheres * (20 + 25 * obstacles.obstacles) + 20 * robot.pairs;
    return { flops: samples * perSample, bytes: 4 * samples * (FRAME_STRIDE + robot.spheres * 8) };
  },
  reference,
  compared: (c, { samples, value, gradient }) => parts(c, samples, value, gradient),
  prepare: (device, { params }, b) =>
    prepareTrajectoryCost(device, params, params.weights, {
      x: b.x,
      ends: b.ends,
      robot: b.robot,
      obstacles: b.obstacles,
      fields: b.fields,
      basis: b.basis,
      limits: b.limits,
      scratch: b.scratch,
      samples: b.samples,
      value: b.value,
      gradient: b.gradient,
    }).launches,
});
