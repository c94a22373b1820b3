import { dot, dotAt, RecursiveLeastSquares } from '../../rls.ts';

/** How an {@link Extrapolator} learns. */
export interface ExtrapolatorSettings {
  /** Past samples of an axis that it looks at, as moves from the newest: a constant does not matter. */
  readonly order: number;
  /** It also looks at the other axes (weights for each axis of its own); else all axes share their weights. */
  readonly crossed: boolean;
  /** How long it remembers [s]: raising it averages more and follows changes later. */
  readonly memorySec: number;
}

const VARIANCE_KEEP = 0.95;
const FIRST_LEVEL = 1e4;
/** Share of a regressor's power that pulls weights to zero: without noise they would not be determined. */
const RIDGE = 1e-8;
const LEAK_EVERY = 4;
/** A continuation stays within this many times what the signal moved over the samples that it is made from. */
const FARTHEST = 8;

/**
 * Continues signals past their last sample: an autoregression, learnt recursively one sample ahead, applied to its own
 * predictions. Errors count relative to the variance they have had lately, so that one large motion does not outvote the rest.
 */
export class Extrapolator {
  /** Samples to come, f64[axes][ahead]. */
  readonly future: Float64Array;
  readonly #axes: number;
  readonly #ahead: number;
  readonly #settings: ExtrapolatorSettings;
  readonly #forget: number;
  readonly #past: Float64Array;
  readonly #moves: Float64Array;
  readonly #movesOf: readonly Float64Array[];
  /** The weights as they apply to samples instead of moves. */
  readonly #ofSamples: readonly Float64Array[];
  readonly #squares: RecursiveLeastSquares;
  readonly #errors: Float64Array;
  readonly #weights: readonly Float64Array[];
  readonly #variance: Float64Array;
  readonly #window: Float64Array;
  readonly #lowest: Float64Array;
  readonly #highest: Float64Array;
  #count = 0;

  constructor(axes: number, rateHz: number, ahead: number, settings: ExtrapolatorSettings) {
    const { order, crossed, memorySec } = settings;
    this.#axes = axes;
    this.#ahead = ahead;
    this.#settings = settings;
    this.#forget = Math.exp(-1 / (memorySec * rateHz));
    const size = (crossed ? axes : 1) * (order - 1);
    this.#past = new Float64Array(axes * order);
    this.#moves = new Float64Array(axes * (order - 1));
    this.#movesOf = Array.from({ length: axes }, (_, a) =>
      this.#moves.subarray(a * (order - 1), (a + 1) * (order - 1)),
    );
    this.#squares = new RecursiveLeastSquares(size);
    this.#weights = Array.from({ length: crossed ? axes : 1 }, () => new Float64Array(size));
    this.#ofSamples = Array.from({ length: crossed ? axes : 1 }, () => new Float64Array((crossed ? axes : 1) * order));
    this.#errors = new Float64Array(axes);
    this.#variance = new Float64Array(axes);
    this.#lowest = new Float64Array(axes);
    this.#highest = new Float64Array(axes);
    this.#window = new Float64Array(axes * (order + ahead));
    this.future = new Float64Array(axes * ahead);
  }

  reset(x: Float64Array): void {
    const { order } = this.#settings;
    for (let a = 0; a < this.#axes; a++) this.#past.fill(x[a], a * order, (a + 1) * order);
    for (let m = 0; m < this.#weights.length; m++) this.#weights[m].fill(0);
    this.#variance.fill(0);
    this.#count = 0;
    this.#hold(x);
  }

  /** Learns from the next sample and continues from it. */
  update(x: Float64Array): void {
    const { order, crossed } = this.#settings;
    this.#count++;
    if (this.#count <= order) this.#squares.reset(FIRST_LEVEL);
    for (let a = 0; a < this.#axes; a++) {
      const newest = this.#past[a * order];
      for (let i = 1; i < order; i++) this.#moves[a * (order - 1) + i - 1] = this.#past[a * order + i] - newest;
    }
    if (crossed) this.#learnTogether(x);
    else for (let a = 0; a < this.#axes; a++) this.#learn(x, a);
    for (let a = 0; a < this.#axes; a++) {
      const base = a * order;
      this.#past.copyWithin(base + 1, base, base + order - 1);
      this.#past[base] = x[a];
    }
    this.#continue(x);
  }

  /** One regression on the past of all axes, whose weights serve the axes each by its own. */
  #learnTogether(x: Float64Array): void {
    let variance = 0;
    for (let a = 0; a < this.#axes; a++) {
      this.#errors[a] = x[a] - this.#past[a * this.#settings.order] - dot(this.#weights[a], this.#moves);
      variance += this.#judge(a) / this.#axes;
    }
    if (!(variance > 0) || this.#count <= this.#settings.order) return;
    this.#squares.regress(this.#moves, this.#forget, 1 / variance);
    for (let a = 0; a < this.#axes; a++) this.#squares.correct(this.#weights[a], this.#errors[a]);
    if (this.#count % LEAK_EVERY !== 0) return;
    this.#squares.leak(this.#moves, RIDGE / variance);
    for (let a = 0; a < this.#axes; a++) {
      this.#squares.correct(this.#weights[a], -this.#weights[a][this.#squares.leaking]);
    }
  }

  /** The one regression that all axes share learns from an axis. */
  #learn(x: Float64Array, a: number): void {
    this.#errors[a] = x[a] - this.#past[a * this.#settings.order] - dot(this.#weights[0], this.#movesOf[a]);
    const variance = this.#judge(a);
    if (!(variance > 0) || this.#count <= this.#settings.order) return;
    this.#squares.regress(this.#movesOf[a], this.#forget, 1 / variance);
    this.#squares.correct(this.#weights[0], this.#errors[a]);
    if (this.#count % LEAK_EVERY !== 0) return;
    this.#squares.leak(this.#movesOf[a], RIDGE / variance);
    this.#squares.correct(this.#weights[0], -this.#weights[0][this.#squares.leaking]);
  }

  /** Variance that the errors of an axis have had lately. */
  #judge(a: number): number {
    const square = this.#errors[a] * this.#errors[a];
    const keep = this.#count === 1 ? 0 : VARIANCE_KEEP;
    this.#variance[a] = keep * this.#variance[a] + (1 - keep) * square;
    return this.#variance[a];
  }

  #hold(x: Float64Array): void {
    for (let a = 0; a < this.#axes; a++) this.future.fill(x[a], a * this.#ahead, (a + 1) * this.#ahead);
  }

  #continue(x: Float64Array): void {
    const { order, crossed } = this.#settings;
    const window = this.#window;
    const axes = this.#axes;
    const others = crossed ? axes : 1;
    const stride = order + this.#ahead;
    // A window holds the newest sample first, so that predictions grow downwards from its middle.
    for (let a = 0; a < this.#axes; a++) {
      for (let i = 0; i < order; i++) window[a * stride + this.#ahead + i] = this.#past[a * order + i];
    }
    if (this.#count <= 2 * order) {
      this.#hold(x);
      return;
    }
    this.#limit(x);
    this.#applyToSamples();
    for (let s = 1; s <= this.#ahead; s++) {
      const newest = this.#ahead - s;
      for (let a = 0; a < axes; a++) {
        const weights = this.#ofSamples[crossed ? a : 0];
        let sum = 0;
        for (let b = 0; b < others; b++) {
          const from = crossed ? b : a;
          sum += dotAt(weights, b * order, window, from * stride + newest + 1, order);
        }
        sum = Math.min(this.#highest[a], Math.max(this.#lowest[a], sum));
        window[a * stride + newest] = sum;
        this.future[a * this.#ahead + s - 1] = sum;
      }
    }
  }

  /** A move being a sample less the newest, the newest gets what the weights of its axis leave. */
  #applyToSamples(): void {
    const { order } = this.#settings;
    for (let m = 0; m < this.#weights.length; m++) {
      const from = this.#weights[m];
      const to = this.#ofSamples[m];
      for (let b = 0; b * order < to.length; b++) {
        let left = b === m ? 1 : 0;
        for (let i = 1; i < order; i++) {
          const weight = from[b * (order - 1) + i - 1];
          to[b * order + i] = weight;
          left -= weight;
        }
        to[b * order] = left;
      }
    }
  }

  /** How far a continuation may go, for weights that are not stable yet. */
  #limit(x: Float64Array): void {
    const { order } = this.#settings;
    for (let a = 0; a < this.#axes; a++) {
      let farthest = 0;
      for (let i = 1; i < order; i++) farthest = Math.max(farthest, Math.abs(this.#past[a * order + i] - x[a]));
      this.#lowest[a] = x[a] - FARTHEST * farthest;
      this.#highest[a] = x[a] + FARTHEST * farthest;
    }
  }
}
