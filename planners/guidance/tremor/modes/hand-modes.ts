import type { SignalModel } from '../../predictor.ts';
import { resonanceA1, resonanceA2, unitInnovation } from '../oscillator.ts';
import { defaultHand, type HandModel, onsetCovariance } from './hand-model.ts';
import {
  addSpread,
  advance,
  type Belief,
  createBelief,
  createMode,
  type Mode,
  observe,
  swap,
  TIME_UNIT,
  taylorFactors,
} from './mode.ts';
import { TremorSpectrum } from './spectrum.ts';

const HELD = 0;
const MODES = 3;
/** Below this share a mode has no say in what another one inherits. */
const NEGLIGIBLE = 1e-9;
const LEAST_PROBABILITY = 1e-12;
const UM = 1e6;
/** Longest stretch that a resonance is extrapolated over [s]. */
const MAX_HORIZON_SEC = 0.1;

/**
 * Separates what the hand means from its tremor by three hypotheses, held, reaching and free motion, each a Kalman filter over
 * the motion's polynomial and the tremor's resonance (strength and frequency tracked by {@link TremorSpectrum}); their
 * probabilities are those of all axes together, since a hand sets out with all of them (interacting multiple
 * models, Blom and Bar-Shalom 1988, with the covariance of a reach's onset added where one sets out).
 */
export class HandModes implements SignalModel {
  readonly maxHorizonSec = MAX_HORIZON_SEC;
  readonly warmUpSec = 1;
  readonly #hand: HandModel;
  readonly #axes: number;
  readonly #scale: number;
  readonly #period: number;
  readonly #accelerations: boolean;
  readonly #modes: readonly Mode[];
  readonly #beliefs: readonly (readonly Belief[])[];
  readonly #taylor: Float64Array;
  readonly #onset: Float64Array;
  readonly #onsetAt: number;
  readonly #transition: Float64Array;
  readonly #spectrum: TremorSpectrum;
  readonly #origin: Float64Array;
  readonly #x: Float64Array;
  readonly #gain = new Float64Array(8);
  readonly #probability = new Float64Array(MODES);
  readonly #prior = new Float64Array(MODES);
  readonly #likelihood = new Float64Array(MODES);
  readonly #inherit = new Float64Array(MODES * MODES);
  /** Noise of the sensor [um, or um/s^2]. */
  readonly #noise: number;
  readonly #a2: number;

  /**
   * @param unit what one unit of the signal is [m]: 1 for translations, the lever for rotations
   * @param bandHz where the centre of the tremor may lie
   * @param accelerations the samples are second derivatives; {@link predict} gives displacement all the same
   */
  constructor(
    axes: number,
    rateHz: number,
    unit: number,
    accelerations: boolean,
    bandHz: readonly [number, number],
    hand: HandModel = defaultHand,
  ) {
    this.#hand = hand;
    this.#axes = axes;
    this.#scale = unit * UM;
    this.#period = 1 / rateHz;
    this.#accelerations = accelerations;
    const lost = accelerations ? 2 : 0;
    // An accelerometer's noise: about that of the position at the middle of the band.
    this.#noise = hand.noise * (accelerations ? (2 * Math.PI) ** 2 * bandHz[0] * bandHz[1] : 1);
    const density = hand.free * TIME_UNIT ** (4.5 - lost);
    this.#modes = [
      createMode(1, 0, this.#period),
      createMode(6 - lost, 0, this.#period),
      createMode(5 - lost, density, this.#period),
    ];
    this.#beliefs = Array.from({ length: axes }, () => this.#modes.map(createBelief));
    this.#taylor = taylorFactors(this.#period);
    this.#onsetAt = 3 - lost;
    this.#onset = onsetCovariance(hand.onset * TIME_UNIT ** (3 - lost));
    const { set, end, loosen, settle } = hand.rates;
    const p = this.#period;
    this.#transition = Float64Array.from(
      [
        [1 - (set + loosen) * p, set * p, loosen * p],
        [end * p, 1 - (end + loosen) * p, loosen * p],
        [settle * p, loosen * p, 1 - (settle + loosen) * p],
      ].flat(),
    );
    this.#spectrum = new TremorSpectrum(axes, rateHz, bandHz, 0.05 * this.#noise);
    this.#origin = new Float64Array(axes);
    this.#x = new Float64Array(axes);
    this.#a2 = resonanceA2(hand.bandwidthHz, this.#period);
  }

  reset(x: Float64Array): void {
    this.#spectrum.reset();
    this.#probability.fill(1 / MODES);
    for (let a = 0; a < this.#axes; a++) {
      this.#origin[a] = x[a];
      for (let m = 0; m < MODES; m++) {
        const { mean, covariance } = this.#beliefs[a][m];
        mean.fill(0);
        covariance.fill(0);
        covariance[0] = 25 * this.#noise ** 2;
      }
    }
  }

  update(x: Float64Array): void {
    for (let a = 0; a < this.#axes; a++) this.#x[a] = (x[a] - this.#origin[a]) * this.#scale;
    this.#spectrum.update(this.#x);
    this.#predictModes();
    for (let a = 0; a < this.#axes; a++) this.#updateAxis(a);
    this.#weighModes();
  }

  predict(aheadSec: number, out: Float64Array): void {
    const { bandwidthHz } = this.#hand;
    const decay = Math.exp(-Math.PI * bandwidthHz * aheadSec);
    const decayOne = Math.exp(-Math.PI * bandwidthHz * this.#period);
    for (let a = 0; a < this.#axes; a++) {
      let now = 0;
      let before = 0;
      for (let m = 0; m < MODES; m++) {
        const { order } = this.#modes[m];
        const { mean } = this.#beliefs[a][m];
        now += this.#probability[m] * mean[order];
        before += this.#probability[m] * mean[order + 1];
      }
      // The resonance left alone: a decaying cosine through its last two values.
      const angular = 2 * Math.PI * this.#spectrum.centreHz[a];
      const turn = angular * this.#period;
      const quadrature = (now * Math.cos(turn) - before * decayOne) / Math.sin(turn);
      let value = decay * (now * Math.cos(angular * aheadSec) + quadrature * Math.sin(angular * aheadSec));
      if (this.#accelerations) value /= -angular * angular;
      out[a] = value / this.#scale;
    }
  }

  /** Probabilities of a held hand, a reach and free motion. */
  get probabilities(): Float64Array {
    return this.#probability;
  }

  #predictModes(): void {
    for (let j = 0; j < MODES; j++) {
      let sum = 0;
      for (let i = 0; i < MODES; i++) sum += this.#transition[i * MODES + j] * this.#probability[i];
      this.#prior[j] = sum;
      for (let i = 0; i < MODES; i++) {
        this.#inherit[i * MODES + j] = (this.#transition[i * MODES + j] * this.#probability[i]) / sum;
      }
      this.#likelihood[j] = 0;
    }
  }

  #updateAxis(a: number): void {
    const beliefs = this.#beliefs[a];
    const rms = this.#spectrum.rms[a];
    const a1 = resonanceA1(this.#spectrum.centreHz[a], this.#hand.bandwidthHz, this.#period);
    const innovation = rms * rms * unitInnovation(a1, this.#a2);
    const noise = this.#noise * this.#noise;
    for (let j = 0; j < MODES; j++) {
      this.#mix(beliefs, j);
      advance(this.#modes[j], beliefs[j], this.#taylor, a1, this.#a2, innovation);
      this.#likelihood[j] += observe(this.#modes[j], beliefs[j], this.#x[a], noise, this.#gain);
    }
    for (let j = 0; j < MODES; j++) swap(beliefs[j]);
  }

  /** What mode j starts the period with: of each mode by its share, derivatives that one lacks being zero. */
  #mix(beliefs: readonly Belief[], j: number): void {
    const to = this.#modes[j];
    const { nextMean: x, nextCovariance: p } = beliefs[j];
    x.fill(0);
    p.fill(0);
    for (let i = 0; i < MODES; i++) {
      const share = this.#inherit[i * MODES + j];
      if (share < NEGLIGIBLE) continue;
      const from = this.#modes[i];
      const { mean } = beliefs[i];
      const common = Math.min(to.order, from.order);
      for (let k = 0; k < common; k++) x[k] += share * mean[k];
      x[to.order] += share * mean[from.order];
      x[to.order + 1] += share * mean[from.order + 1];
    }
    for (let i = 0; i < MODES; i++) {
      const share = this.#inherit[i * MODES + j];
      if (share < NEGLIGIBLE) continue;
      addSpread(to, this.#modes[i], share, x, p, beliefs[i]);
      if (i === HELD && j !== HELD) this.#addOnset(to, share, p);
    }
  }

  #addOnset({ order, size }: Mode, share: number, p: Float64Array): void {
    const first = this.#onsetAt;
    const count = Math.min(3, order - first);
    for (let r = 0; r < count; r++) {
      for (let c = 0; c < count; c++) p[(first + r) * size + first + c] += share * this.#onset[3 * r + c];
    }
  }

  #weighModes(): void {
    let best = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < MODES; j++) best = Math.max(best, this.#likelihood[j]);
    let sum = 0;
    for (let j = 0; j < MODES; j++) {
      this.#probability[j] = this.#prior[j] * Math.exp(this.#likelihood[j] - best);
      sum += this.#probability[j];
    }
    for (let j = 0; j < MODES; j++) this.#probability[j] = Math.max(LEAST_PROBABILITY, this.#probability[j] / sum);
  }
}
