import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { IsocenterError } from '../../engine/core/errors.ts';
import {
  gramPairs,
  prepareAcceptStep,
  prepareCombineRows,
  prepareFreeGram,
  prepareProjectedStep,
  prepareStepDots,
  ROW_S_PARAM,
  ROW_Y_PARAM,
  rowStride,
  STEP_PARAM,
  vectorChunks,
} from '../../kernels/vector/index.ts';
import type { BoundedProblem } from './bounded-problem.ts';
import { twoLoopCoefficients } from './two-loop.ts';

/** First move, before any curvature is known, as a share of the length of the weights; the line search adapts it. */
const FIRST_MOVE = 0.1;

export interface Dots {
  readonly descent: number;
  readonly projectedNorm: number;
}

/**
 * Pairs of past steps and gradient changes that outlive a run: the next run on variables of the same size begins with their
 * curvature. Where the objective has changed a little it still fits, and saves the iterations that would find it again.
 */
export class LbfgsMemory {
  readonly #device: Device;
  readonly pairs: number;
  /** f32[2 pairs + 1][row stride]: steps, gradient changes, present gradient. */
  readonly rows: DeviceBuffer;
  /** Slots in use, oldest first. */
  slots: number[] = [];
  /** The slot that the next pair goes to. */
  slot = 0;

  constructor(device: Device, size: number, pairs: number) {
    this.#device = device;
    this.pairs = pairs;
    this.rows = device.allocate(4 * (2 * pairs + 1) * rowStride(size), 'history');
  }

  free(): void {
    this.#device.free(this.rows);
  }
}

/** The vectors of one run of minimizeProjected and the launches on them. */
export class LbfgsWorkspace {
  readonly #device: Device;
  readonly #problem: BoundedProblem;
  readonly #owned: DeviceBuffer[] = [];
  readonly #history: number;
  readonly #chunks: number;
  readonly #rowG: number;
  readonly #evaluateStart: readonly Launch[];
  readonly #evaluateTrial: readonly Launch[];
  readonly #project: Launch;
  readonly #acceptStep: Launch;
  readonly #gram: Launch;
  readonly #combine: Launch;
  readonly #dots: Launch;
  readonly #w: DeviceBuffer;
  readonly #trial: DeviceBuffer;
  readonly #gTrial: DeviceBuffer;
  readonly #gradient: DeviceBuffer;
  readonly #memory: LbfgsMemory;
  readonly #coefficients: DeviceBuffer;
  readonly #gramBuffer: DeviceBuffer;
  readonly #dotsBuffer: DeviceBuffer;
  readonly #gramParts: Float32Array;
  readonly #gramSum: Float64Array;
  readonly #dotParts: Float32Array;
  readonly #coefficientValues: Float32Array;
  readonly #valueRead = new Float32Array(4);
  /** Length of the vector of weights at the start [its unit]. */
  #startLength = 1;

  constructor(device: Device, problem: BoundedProblem, w: DeviceBuffer, memory: LbfgsMemory) {
    const history = memory.pairs;
    this.#device = device;
    this.#memory = memory;
    this.#problem = problem;
    this.#history = history;
    const n = problem.size;
    const rows = 2 * history + 1;
    this.#rowG = 2 * history;
    this.#chunks = vectorChunks(n);
    const bytes = 4 * rowStride(n);
    const own = (byteLength: number, label: string): DeviceBuffer => {
      const buffer = device.allocate(16 * Math.ceil(byteLength / 16), label);
      this.#owned.push(buffer);
      return buffer;
    };
    const trial = own(bytes, 'trial weights');
    const gTrial = own(bytes, 'trial gradient');
    const direction = own(bytes, 'direction');
    const free = own(bytes, 'free variables');
    this.#gradient = own(bytes, 'gradient');
    this.#coefficients = own(4 * rows, 'coefficients');
    this.#gramBuffer = own(4 * this.#chunks * gramPairs(rows), 'inner products');
    this.#dotsBuffer = own(16 * this.#chunks, 'step products');
    this.#gramParts = new Float32Array(this.#chunks * gramPairs(rows));
    this.#gramSum = new Float64Array(gramPairs(rows));
    this.#dotParts = new Float32Array(4 * this.#chunks);
    this.#coefficientValues = new Float32Array(rows);
    this.#evaluateStart = problem.evaluate(w, gTrial);
    this.#evaluateTrial = problem.evaluate(trial, gTrial);
    this.#project = prepareProjectedStep(device, n, { w, direction, trial });
    this.#acceptStep = prepareAcceptStep(
      device,
      n,
      { s: 0, y: history, g: this.#rowG },
      { trial, gTrial, w, history: memory.rows },
    );
    this.#gram = prepareFreeGram(device, n, rows, this.#rowG, {
      w,
      history: memory.rows,
      free,
      partials: this.#gramBuffer,
    });
    this.#combine = prepareCombineRows(device, n, rows, {
      history: memory.rows,
      coefficients: this.#coefficients,
      free,
      direction,
    });
    this.#dots = prepareStepDots(device, n, { w, g: this.#gradient, trial, partials: this.#dotsBuffer });
    this.#w = w;
    this.#trial = trial;
    this.#gTrial = gTrial;
  }

  free(): void {
    for (const buffer of this.#owned) this.#device.free(buffer);
  }

  /** Evaluates the start; afterwards row g of the history and the gradient hold its gradient. */
  async start(): Promise<number> {
    const bytes = 4 * this.#problem.size;
    const weights = new Float32Array(this.#problem.size);
    await this.#device.read(this.#w, weights);
    this.#startLength = Math.max(1, Math.sqrt(weights.reduce((sum, x) => sum + x * x, 0)));
    for (const launch of this.#evaluateStart) this.#device.run(launch);
    this.#device.copy(this.#w, this.#trial, bytes);
    this.#device.copy(this.#gTrial, this.#gradient, bytes);
    // Fills row g; the pair that it also writes means nothing.
    this.#writePair();
    this.#memory.slots = this.#memory.slots.filter((slot) => slot !== this.#memory.slot);
    return this.#readValue();
  }

  /** Products of the present gradient with the last trial's move, and the projected gradient. */
  async dots(): Promise<Dots> {
    this.#device.run(this.#dots);
    await this.#device.read(this.#dotsBuffer, this.#dotParts);
    return this.#sumDots();
  }

  #sumDots(): Dots {
    let descent = 0;
    let norm = 0;
    for (let c = 0; c < this.#chunks; c++) {
      descent += this.#dotParts[4 * c];
      norm += this.#dotParts[4 * c + 2];
    }
    if (!Number.isFinite(descent) || !Number.isFinite(norm)) throw notFinite('gradient', norm);
    return { descent, projectedNorm: Math.sqrt(norm) };
  }

  /** Leaves the L-BFGS direction on the free variables in the direction vector. */
  async findDirection(): Promise<void> {
    this.#device.run(this.#gram);
    await this.#device.read(this.#gramBuffer, this.#gramParts);
    const pairs = this.#gramSum.length;
    this.#gramSum.fill(0);
    for (let c = 0; c < this.#chunks; c++) {
      for (let p = 0; p < pairs; p++) this.#gramSum[p] += this.#gramParts[c * pairs + p];
    }
    if (this.#memory.slots.length === 0) {
      const squared = this.#gramSum[(this.#rowG * (this.#rowG + 1)) / 2 + this.#rowG];
      this.#coefficientValues.fill(0);
      this.#coefficientValues[this.#rowG] = (-FIRST_MOVE * this.#startLength) / Math.sqrt(Math.max(squared, 1e-30));
    } else {
      twoLoopCoefficients(this.#gramSum, this.#memory.slots, this.#history, this.#coefficientValues);
    }
    this.#device.write(this.#coefficients, this.#coefficientValues);
    this.#device.run(this.#combine);
  }

  /** Moves along the direction, projects, evaluates. */
  async tryStep(step: number): Promise<Dots & { readonly value: number }> {
    this.#project.setParam(STEP_PARAM, step);
    this.#device.run(this.#project);
    for (const launch of this.#evaluateTrial) this.#device.run(launch);
    this.#device.run(this.#dots);
    const [value] = await Promise.all([this.#readValue(), this.#device.read(this.#dotsBuffer, this.#dotParts)]);
    return { ...this.#sumDots(), value };
  }

  /** Makes the last trial the present point and its move a new pair of the history. */
  accept(): void {
    this.#writePair();
    this.#device.copy(this.#gTrial, this.#gradient, 4 * this.#problem.size);
    const memory = this.#memory;
    memory.slots = [...memory.slots.filter((slot) => slot !== memory.slot), memory.slot];
    memory.slot = (memory.slot + 1) % this.#history;
  }

  /** Writes the last move and its change of gradient over the oldest pair, and the trial's gradient to row g. */
  #writePair(): void {
    const { slot } = this.#memory;
    this.#acceptStep.setParam(ROW_S_PARAM, slot);
    this.#acceptStep.setParam(ROW_Y_PARAM, this.#history + slot);
    this.#device.run(this.#acceptStep);
  }

  /** Drops the curvature pairs; false when there were none. */
  forget(): boolean {
    if (this.#memory.slots.length === 0) return false;
    this.#memory.slots = [];
    return true;
  }

  async #readValue(): Promise<number> {
    await this.#device.read(this.#problem.value, this.#valueRead);
    const value = this.#valueRead[0];
    if (!Number.isFinite(value)) throw notFinite('value', value);
    return value;
  }
}

function notFinite(what: string, found: number): IsocenterError {
  return new IsocenterError({
    code: 'solver/not-finite',
    message: `the ${what} of the objective is ${found}`,
    hint: 'check the objective weights and doses for extreme numbers',
  });
}
