import { type BandPass, bandPassState, bandPassStep, butterworthBandPass } from '../biquad.ts';

const AMPLITUDE_SEC = 3;
const FREQUENCY_SEC = 3;
/** Autocorrelation is taken at this lag and twice it [s]: a quarter of a turn at 10 Hz. */
const LAG_SEC = 0.025;
/** Of the power of a resonance of 1 Hz the part that two passes of the band keep is about 1 / BAND_LOSS. */
const BAND_LOSS = 1.15;

/**
 * How strong the tremor of each axis is and at which frequency, tracked: the band is passed twice (voluntary motion there is
 * far below a micrometre), its power averaged, and a resonance fitted to its autocorrelation at two lags.
 */
export class TremorSpectrum {
  /** Root mean square of the tremor [unit of the signal], per axis. */
  readonly rms: Float64Array;
  /** Centre frequency [Hz], per axis. */
  readonly centreHz: Float64Array;
  readonly #axes: number;
  readonly #rateHz: number;
  readonly #range: readonly [number, number];
  readonly #band: BandPass;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #lag: number;
  readonly #history: Float64Array;
  readonly #moments: Float64Array;
  readonly #power: Float64Array;
  readonly #floor: number;
  #at = 0;
  #count = 0;

  /** @param floor least root mean square that it reports */
  constructor(axes: number, rateHz: number, range: readonly [lowHz: number, highHz: number], floor: number) {
    this.#axes = axes;
    this.#rateHz = rateHz;
    this.#range = range;
    this.#floor = floor;
    this.#band = butterworthBandPass(range[0], Math.min(range[1], 0.45 * rateHz), rateHz);
    this.#first = bandPassState(this.#band, axes);
    this.#second = bandPassState(this.#band, axes);
    this.#lag = Math.max(1, Math.round(LAG_SEC * rateHz));
    this.#history = new Float64Array(axes * (2 * this.#lag + 1));
    this.#moments = new Float64Array(3 * axes);
    this.#power = new Float64Array(axes);
    this.rms = new Float64Array(axes).fill(floor);
    this.centreHz = new Float64Array(axes).fill(Math.sqrt(range[0] * range[1]));
  }

  reset(): void {
    for (const list of [this.#first, this.#second, this.#history, this.#moments, this.#power]) list.fill(0);
    this.rms.fill(this.#floor);
    this.centreHz.fill(Math.sqrt(this.#range[0] * this.#range[1]));
    this.#at = 0;
    this.#count = 0;
  }

  /** Takes the next sample; x is the signal from its start, f64[axes]. */
  update(x: Float64Array): void {
    const length = 2 * this.#lag + 1;
    this.#count++;
    const quick = 1 / this.#count;
    const share = Math.max(1 / (FREQUENCY_SEC * this.#rateHz), quick);
    const powerShare = Math.max(1 / (AMPLITUDE_SEC * this.#rateHz), quick);
    for (let a = 0; a < this.#axes; a++) {
      const once = bandPassStep(this.#band, this.#first, a, x[a]);
      const value = bandPassStep(this.#band, this.#second, a, once);
      const base = a * length;
      this.#history[base + this.#at] = value;
      const before = this.#history[base + ((this.#at + length - this.#lag) % length)];
      const earlier = this.#history[base + ((this.#at + 1) % length)];
      const m = 3 * a;
      this.#moments[m] += share * (value * value - this.#moments[m]);
      this.#moments[m + 1] += share * (value * before - this.#moments[m + 1]);
      this.#moments[m + 2] += share * (value * earlier - this.#moments[m + 2]);
      this.#power[a] += powerShare * (value * value - this.#power[a]);
      // One axis a sample is enough: frequencies drift slowly.
      if (this.#count % this.#axes === a && this.#count > 2 * length) this.#fit(a);
    }
    this.#at = (this.#at + 1) % length;
  }

  #fit(a: number): void {
    this.rms[a] = Math.max(this.#floor, Math.sqrt(BAND_LOSS * this.#power[a]));
    const r0 = this.#moments[3 * a];
    const r1 = this.#moments[3 * a + 1];
    const r2 = this.#moments[3 * a + 2];
    const determinant = r0 * r0 - r1 * r1;
    if (!(determinant > 1e-12 * r0 * r0)) return;
    const first = (r0 * r1 - r1 * r2) / determinant;
    const second = (r0 * r2 - r1 * r1) / determinant;
    if (!(second < 0)) return;
    const cosine = first / (2 * Math.sqrt(-second));
    if (!(Math.abs(cosine) < 1)) return;
    const hz = (Math.acos(cosine) * this.#rateHz) / (2 * Math.PI * this.#lag);
    this.centreHz[a] = Math.min(this.#range[1], Math.max(this.#range[0], hz));
  }
}
