import { type Device, type DeviceBuffer, type Launch, upload } from '../../../engine/compute/device.ts';
import type { JointLimits } from '../../../engine/core/robot.ts';
import {
  type CostLaunches,
  type CostShape,
  costSampleFloats,
  costScratchBytes,
  prepareTrajectoryCost,
  variableStride,
} from '../../../kernels/trajectory-cost/index.ts';
import type { CostWeights } from '../../../kernels/trajectory-cost/reference-configuration.ts';
import { splineWeights } from '../../../kernels/trajectory-cost/spline.ts';
import { metricFloats, prepareTrajectoryStep, STATE_STRIDE } from '../../../kernels/trajectory-step/index.ts';
import { trajectoryMetric } from './metric.ts';
import type { Seed } from './seeds.ts';

/** Pairs of past steps that model the curvature. */
const HISTORY = 10;
/** Largest move of a control point in one step [rad or m], and of the logarithm of the time. */
const MAX_MOVE = 0.3;
const MAX_LOG_MOVE = 0.2;

/** One stretch of iterations at fixed weights. */
export interface Phase {
  readonly iterations: number;
  readonly weights: CostWeights;
  readonly perSegment: number;
}

/** The buffers of a batch of seeds on a device, and the launches on them. */
export class TrajectoryBatch {
  readonly #device: Device;
  readonly #shape: Omit<CostShape, 'perSegment'>;
  readonly #limits: readonly JointLimits[];
  readonly #owned: DeviceBuffer[] = [];
  readonly #stride: number;
  readonly #step: Launch;
  readonly #costs = new Map<number, CostLaunches>();
  readonly #trial: DeviceBuffer;
  readonly #point: DeviceBuffer;
  readonly #metric: DeviceBuffer;
  readonly #state: DeviceBuffer;
  readonly #shared: Omit<Parameters<typeof prepareTrajectoryCost>[3], 'basis' | 'scratch' | 'samples'>;
  readonly #points: Float32Array;

  constructor(
    device: Device,
    shape: Omit<CostShape, 'perSegment'>,
    limits: readonly JointLimits[],
    ends: Float32Array,
  ) {
    this.#device = device;
    this.#shape = shape;
    this.#limits = limits;
    const { robot, free, seeds, obstacles } = shape;
    const joints = robot.joints;
    this.#stride = variableStride(free, joints);
    const own = (floats: number, label: string): DeviceBuffer => {
      const buffer = device.allocate(16 * Math.ceil(floats / 4), label);
      this.#owned.push(buffer);
      return buffer;
    };
    const send = (data: Float32Array, label: string): DeviceBuffer => {
      const buffer = upload(device, data, label);
      this.#owned.push(buffer);
      return buffer;
    };
    const vectors = seeds * this.#stride;
    this.#trial = own(vectors, 'trial trajectories');
    this.#point = own(3 * vectors, 'trajectories');
    this.#metric = own(metricFloats({ free, joints }), 'metric');
    this.#state = own(seeds * STATE_STRIDE, 'states of the seeds');
    this.#points = new Float32Array(3 * vectors);
    const table = new Float32Array(8 * joints);
    limits.forEach((l, j) => {
      table.set([finite(l.lower, -1e9), finite(l.upper, 1e9), l.velocity, l.acceleration, l.jerk], 8 * j);
    });
    this.#shared = {
      x: this.#trial,
      ends: send(ends, 'ends'),
      robot: send(robot.data, 'robot'),
      obstacles: send(obstacles.rows, 'obstacles'),
      fields: send(obstacles.fields, 'distance fields'),
      limits: send(table, 'joint limits'),
      value: own(4 * seeds, 'costs'),
      gradient: own(vectors, 'gradients'),
    };
    this.#step = prepareTrajectoryStep(
      device,
      { seeds, free, joints, stride: this.#stride, history: HISTORY, maxMove: MAX_MOVE, maxLogMove: MAX_LOG_MOVE },
      {
        trial: this.#trial,
        value: this.#shared.value,
        gradient: this.#shared.gradient,
        point: this.#point,
        history: own(2 * HISTORY * vectors, 'history'),
        metric: this.#metric,
        state: this.#state,
      },
    );
  }

  free(): void {
    for (const buffer of this.#owned) this.#device.free(buffer);
  }

  #cost(phase: Phase): CostLaunches {
    let cost = this.#costs.get(phase.perSegment);
    if (cost === undefined) {
      const shape: CostShape = { ...this.#shape, perSegment: phase.perSegment };
      const own = (bytes: number, label: string): DeviceBuffer => {
        const buffer = this.#device.allocate(16 * Math.ceil(bytes / 16), label);
        this.#owned.push(buffer);
        return buffer;
      };
      const basis = upload(this.#device, Float32Array.from(splineWeights(phase.perSegment)), 'spline weights');
      this.#owned.push(basis);
      const scratch = own(costScratchBytes(shape), 'scratch of the samples');
      const samples = own(4 * costSampleFloats(shape), 'samples');
      cost = prepareTrajectoryCost(this.#device, shape, phase.weights, { ...this.#shared, basis, scratch, samples });
      this.#costs.set(phase.perSegment, cost);
    }
    cost.setWeights(phase.weights);
    return cost;
  }

  /** Runs a phase from the given seeds; they end as what it reached. Nothing is read back on the way. */
  async run(seeds: readonly Seed[], phase: Phase): Promise<Seed[]> {
    const { free, robot } = this.#shape;
    const joints = robot.joints;
    const stride = this.#stride;
    const trial = new Float32Array(seeds.length * stride);
    seeds.forEach((seed, s) => {
      trial.set(seed.control.subarray(3 * joints, (3 + free) * joints), s * stride);
      trial[s * stride + free * joints] = Math.log(seed.segmentSec);
    });
    const usual = seeds.map((s) => s.segmentSec).sort((a, b) => a - b)[seeds.length >> 1];
    const { limits: weight } = phase.weights;
    this.#device.write(this.#trial, trial);
    this.#device.write(this.#metric, trajectoryMetric(free, this.#limits, usual, weight, usual * (free + 3)));
    this.#device.clear(this.#state);
    const { launches } = this.#cost(phase);
    for (let i = 0; i < phase.iterations; i++) {
      for (const launch of launches) this.#device.run(launch);
      this.#device.run(this.#step);
    }
    await this.#device.read(this.#point, this.#points);
    return seeds.map((seed, s) => {
      const from = this.#points.subarray(3 * s * stride, (3 * s + 1) * stride);
      const control = seed.control.slice();
      control.set(from.subarray(0, free * joints), 3 * joints);
      return { control, segmentSec: Math.exp(from[free * joints]) };
    });
  }
}

function finite(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}
