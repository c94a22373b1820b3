import { ExpertWeights } from '../../experts.ts';
import type { SignalModel } from '../../predictor.ts';
import { dotAt } from '../../rls.ts';
import { Extrapolator, type ExtrapolatorSettings } from './extrapolator.ts';
import { BandKernel, REACH_AHEAD, REACH_BACK } from './kernel.ts';

/** Rate that the learner works at [Hz]: faster samples are averaged in blocks. */
const INNER_HZ = 100;
/** Samples after which the band's value is taken as known. */
const KNOWN_AFTER = 40;
const KEEP = 0.98;
const SHARPNESS = 2;
const MAX_HORIZON_SEC = 0.3;

/** Found on synthetic tremor and recordings 814_1, 820_1 and 828_1. */
const experts: readonly ExtrapolatorSettings[] = [
  { order: 15, crossed: true, memorySec: 2 },
  { order: 9, crossed: false, memorySec: 1 },
  { order: 29, crossed: false, memorySec: 1 },
];

/**
 * Predicts what of a signal lies in a band, without the lag of a filter: autoregressions that learn on the way continue
 * the signal, and the band-pass is run without phase over past and continuation. Their answers are weighed by how
 * near each came to the band's value once that was known. For tremor that is told from voluntary motion by its
 * frequency alone, as in pathological tremor.
 */
export class BandLearner implements SignalModel {
  readonly maxHorizonSec = MAX_HORIZON_SEC;
  readonly warmUpSec = 2;
  readonly #axes: number;
  readonly #block: number;
  readonly #period: number;
  readonly #horizon: number;
  readonly #kernel: BandKernel;
  readonly #experts: readonly Extrapolator[];
  readonly #weights: ExpertWeights;
  readonly #losses: Float64Array;
  readonly #past: Float64Array;
  readonly #sum: Float64Array;
  readonly #origin: Float64Array;
  readonly #answers: Float64Array;
  readonly #answerDelay: number;
  readonly #horizonWeights = new Float64Array(REACH_AHEAD + REACH_BACK + 1);
  readonly #horizonSec: number;
  /** Weights for the horizon and for now, at every place within a block. */
  readonly #inHorizon: readonly Float64Array[];
  readonly #inNow: readonly Float64Array[];
  readonly #knownWeights = new Float64Array(2 * KNOWN_AFTER + 1);
  readonly #otherWeights = new Float64Array(REACH_AHEAD + REACH_BACK + 1);
  #otherAhead = Number.NaN;
  #inBlock = 0;
  #at = 0;
  #steps = 0;

  /** @param accelerations the samples are second derivatives; {@link predict} gives displacement */
  constructor(
    axes: number,
    rateHz: number,
    band: readonly [lowHz: number, highHz: number],
    horizonSec: number,
    accelerations: boolean,
  ) {
    this.#axes = axes;
    this.#block = Math.max(1, Math.floor(rateHz / INNER_HZ));
    const inner = rateHz / this.#block;
    this.#period = 1 / inner;
    // The mean of a block stands for its middle.
    this.#horizon = horizonSec * inner + (this.#block - 1) / (2 * this.#block);
    this.#kernel = new BandKernel(band[0], band[1], inner, accelerations);
    this.#experts = experts.map((settings) => new Extrapolator(axes, inner, REACH_AHEAD, settings));
    this.#weights = new ExpertWeights(experts.length, KEEP, SHARPNESS);
    this.#losses = new Float64Array(experts.length);
    this.#past = new Float64Array(axes * (REACH_BACK + 1));
    this.#sum = new Float64Array(axes);
    this.#origin = new Float64Array(axes);
    this.#answerDelay = KNOWN_AFTER + Math.ceil(this.#horizon);
    this.#answers = new Float64Array((this.#answerDelay + 1) * experts.length * axes);
    this.#horizonSec = horizonSec;
    this.#setWeights(this.#horizon, this.#horizonWeights);
    this.#inHorizon = this.#weightsInBlock(horizonSec);
    this.#inNow = this.#weightsInBlock(0);
    this.#kernel.weights(this.#horizon - Math.ceil(this.#horizon), KNOWN_AFTER, KNOWN_AFTER, this.#knownWeights);
    this.#knownWeights[KNOWN_AFTER] -= sumOf(this.#knownWeights);
  }

  reset(x: Float64Array): void {
    this.#origin.set(x);
    this.#past.fill(0);
    this.#sum.fill(0);
    for (const expert of this.#experts) expert.reset(this.#sum);
    this.#weights.reset();
    this.#answers.fill(0);
    this.#inBlock = 0;
    this.#at = 0;
    this.#steps = 0;
  }

  update(x: Float64Array): void {
    for (let a = 0; a < this.#axes; a++) this.#sum[a] += x[a] - this.#origin[a];
    if (++this.#inBlock < this.#block) return;
    this.#inBlock = 0;
    const length = REACH_BACK + 1;
    for (let a = 0; a < this.#axes; a++) {
      const base = a * length;
      this.#past.copyWithin(base + 1, base, base + length - 1);
      this.#sum[a] /= this.#block;
      this.#past[base] = this.#sum[a];
    }
    for (const expert of this.#experts) expert.update(this.#sum);
    this.#sum.fill(0);
    this.#judge();
  }

  predict(aheadSec: number, out: Float64Array): void {
    const weights = this.#weightsFor(aheadSec);
    for (let a = 0; a < this.#axes; a++) {
      let future = 0;
      for (let e = 0; e < this.#experts.length; e++) future += this.#weights.weights[e] * this.#ahead(weights, e, a);
      out[a] = this.#behind(weights, a) + future;
    }
  }

  /** Keeps every expert's answer for the horizon, and compares the one whose truth has become known. */
  #judge(): void {
    const slots = this.#answerDelay + 1;
    const count = this.#experts.length;
    for (let a = 0; a < this.#axes; a++) {
      const behind = this.#behind(this.#horizonWeights, a);
      for (let e = 0; e < count; e++) {
        this.#answers[(this.#at * count + e) * this.#axes + a] = behind + this.#ahead(this.#horizonWeights, e, a);
      }
    }
    const oldest = (this.#at + 1) % slots;
    this.#at = oldest;
    if (++this.#steps < slots + KNOWN_AFTER) return;
    this.#losses.fill(0);
    for (let a = 0; a < this.#axes; a++) {
      let truth = 0;
      for (let i = 0; i <= 2 * KNOWN_AFTER; i++) truth += this.#knownWeights[i] * this.#past[a * (REACH_BACK + 1) + i];
      for (let e = 0; e < count; e++) {
        const error = this.#answers[(oldest * count + e) * this.#axes + a] - truth;
        this.#losses[e] += error * error;
      }
    }
    this.#weights.judge(this.#losses);
  }

  #weightsInBlock(aheadSec: number): Float64Array[] {
    return Array.from({ length: this.#block }, (_, n) => {
      const weights = new Float64Array(REACH_AHEAD + REACH_BACK + 1);
      this.#setWeights(this.#periods(aheadSec, n), weights);
      return weights;
    });
  }

  /** From the middle of the last whole block to `aheadSec` after a sample, n samples after that block [periods]. */
  #periods(aheadSec: number, n: number): number {
    return aheadSec / this.#period + (this.#block - 1) / (2 * this.#block) + n / this.#block;
  }

  #weightsFor(aheadSec: number): Float64Array {
    if (aheadSec === this.#horizonSec) return this.#inHorizon[this.#inBlock];
    if (aheadSec === 0) return this.#inNow[this.#inBlock];
    const ahead = this.#periods(aheadSec, this.#inBlock);
    if (ahead !== this.#otherAhead) {
      this.#otherAhead = ahead;
      this.#setWeights(ahead, this.#otherWeights);
    }
    return this.#otherWeights;
  }

  #setWeights(ahead: number, out: Float64Array): void {
    for (let i = 0; i < out.length; i++) {
      const lag = i - REACH_AHEAD + ahead;
      const edge = Math.min(i + 1, out.length - i) / 10;
      out[i] = this.#kernel.weight(lag) * Math.min(1, edge);
    }
    // What the cut-off lets through of a constant is taken from the newest sample.
    out[REACH_AHEAD] -= sumOf(out);
  }

  #behind(weights: Float64Array, a: number): number {
    return dotAt(weights, REACH_AHEAD, this.#past, a * (REACH_BACK + 1), REACH_BACK + 1);
  }

  #ahead(weights: Float64Array, e: number, a: number): number {
    let sum = 0;
    const { future } = this.#experts[e];
    for (let s = 1; s <= REACH_AHEAD; s++) sum += weights[REACH_AHEAD - s] * future[a * REACH_AHEAD + s - 1];
    return sum;
  }
}

function sumOf(list: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < list.length; i++) sum += list[i];
  return sum;
}
