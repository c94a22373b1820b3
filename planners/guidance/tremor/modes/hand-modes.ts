import type { SignalModel } from '../../predictor.ts';
import { resonanceA1, resonanceA2, unitInnovation } from '../oscillator.ts';
import {
  advance,
  type Belief,
  createBelief,
  createMode,
  type Mode,
  observe,
  TIME_UNIT,
  taylorFactors,
} from './mode.ts';
import { TremorSpectrum } from './spectrum.ts';

/**
 * What the hand is taken to do; lengths in micrometres (rotations: at the lever of the settings).
 *
 * A reach is a polynomial of fifth degree (Flash and Hogan 1985); it begins with a step of its third derivative.
 */
export interface HandModel {
  /** Typical step of the third derivative where a reach begins [um/s^3]. */
  readonly onset: number;
  /** Noise that drives the fourth derivative of free motion [um/s^4 per sqrt(Hz)]; raising it follows quicker hands and takes out less tremor. */
  readonly free: number;
  /** How often a held hand sets out on a reach, a reach ends, either turns into free motion, and free motion ends [1/s]. */
  readonly rates: { readonly set: number; readonly end: number; readonly loosen: number; readonly settle: number };
  /** Noise of the sensor, root mean square [um]. */
  readonly noise: number;
  /** Half-power bandwidth of the tremor [Hz]. */
  readonly bandwidthHz: number;
}

export const defaultHand: HandModel = {
  onset: 300e3,
  free: 1e9,
  rates: { set: 0.5, end: 0.9, loosen: 0.02, settle: 0.3 },
  noise: 2,
  bandwidthHz: 1.3,
};

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
  readonly #a1: Float64Array;
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
    this.#spectrum = new TremorSpectrum(axes, rateHz, bandHz, 0.05 * hand.noise);
    this.#origin = new Float64Array(axes);
    this.#x = new Float64Array(axes);
    this.#a1 = new Float64Array(axes);
    this.#a2 = resonanceA2(hand.bandwidthHz, this.#period);
  }

  reset(x: Float64Array): void {
    this.#spectrum.reset();
    this.#probability.fill(1 / MODES);
    for (let a = 0; a < this.#axes; a++) {
      this.#origin[a] = x[a];
      this.#a1[a] = resonanceA1(this.#spectrum.centreHz[a], this.#hand.bandwidthHz, this.#period);
      for (let m = 0; m < MODES; m++) {
        const { mean, covariance } = this.#beliefs[a][m];
        mean.fill(0);
        covariance.fill(0);
        covariance[0] = 25 * this.#hand.noise ** 2;
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
    this.#a1[a] = a1;
    const innovation = rms * rms * unitInnovation(a1, this.#a2);
    const noise = this.#hand.noise * this.#hand.noise;
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

/** Adds to covariance p about mean x the share of a belief under another mode. */
function addSpread(
  to: Mode,
  from: Mode,
  share: number,
  x: Float64Array,
  p: Float64Array,
  { mean, covariance }: Belief,
): void {
  for (let r = 0; r < to.size; r++) {
    const fromR = r < to.order ? (r < from.order ? r : -1) : r - to.order + from.order;
    const dr = (fromR < 0 ? 0 : mean[fromR]) - x[r];
    const row = r * to.size;
    for (let c = r; c < to.size; c++) {
      const fromC = c < to.order ? (c < from.order ? c : -1) : c - to.order + from.order;
      const dc = (fromC < 0 ? 0 : mean[fromC]) - x[c];
      const spread = fromR < 0 || fromC < 0 ? 0 : covariance[fromR * from.size + fromC];
      const value = share * (spread + dr * dc);
      p[row + c] += value;
      if (c !== r) p[c * to.size + r] += value;
    }
  }
}

function swap(belief: Belief): void {
  const { mean, covariance } = belief;
  belief.mean = belief.nextMean;
  belief.covariance = belief.nextCovariance;
  belief.nextMean = mean;
  belief.nextCovariance = covariance;
}

/**
 * Covariance of the third, fourth and fifth derivative where a minimum-jerk reach of unknown length and time begins: their
 * ratios for time 1 are 60 : -360 : 720; the diagonal is raised for the spread of times.
 */
function onsetCovariance(step: number): Float64Array {
  const unit = step / 60;
  const typical = [60 * unit, -360 * unit, 720 * unit];
  const raise = [1.05, 1.1, 1.2];
  return Float64Array.from({ length: 9 }, (_, n) => {
    const [r, c] = [Math.floor(n / 3), n % 3];
    return typical[r] * typical[c] * (r === c ? raise[r] : 1);
  });
}
