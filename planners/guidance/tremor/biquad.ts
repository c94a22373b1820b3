import { checkSettings } from '../guard.ts';

/**
 * A chain of second-order sections with b = (1, 0, -1) each: a band-pass. `poles` holds a1 and a2 of each section
 * (y_k = x_k - x_{k-2} - a1 y_{k-1} - a2 y_{k-2}), the gain is that of the whole chain.
 */
export interface BandPass {
  readonly gain: number;
  readonly poles: Float64Array;
  readonly sections: number;
}

/** Slots of state that one signal needs in a section. */
const SLOTS = 4;

/**
 * Butterworth band-pass of second order (two sections) by the bilinear transform, edges prewarped; gain 1 at the centre.
 *
 * @throws IsocenterError `guidance/settings` for edges outside 0 to half the rate
 */
export function butterworthBandPass(lowHz: number, highHz: number, rateHz: number): BandPass {
  checkSettings({ lowHz: [lowHz, 1e-6 * rateHz, 0.499 * rateHz], highHz: [highHz, lowHz * 1.0001, 0.4999 * rateHz] });
  const k = 2 * rateHz;
  const low = k * Math.tan((Math.PI * lowHz) / rateHz);
  const high = k * Math.tan((Math.PI * highHz) / rateHz);
  const centre = low * high;
  // Low-pass pole p = exp(3 i pi / 4), moved to the band: s^2 - p (high - low) s + low high = 0.
  const re = -Math.SQRT1_2 * 0.5 * (high - low);
  const im = Math.SQRT1_2 * 0.5 * (high - low);
  const [rootRe, rootIm] = squareRoot(re * re - im * im - centre, 2 * re * im);
  const poles = new Float64Array(4);
  for (let s = 0; s < 2; s++) {
    const sign = s === 0 ? 1 : -1;
    const [zRe, zIm] = quotient(
      k + re + sign * rootRe,
      im + sign * rootIm,
      k - re - sign * rootRe,
      -im - sign * rootIm,
    );
    poles[2 * s] = -2 * zRe;
    poles[2 * s + 1] = zRe * zRe + zIm * zIm;
  }
  const shape = { gain: 1, poles, sections: 2 };
  const middleHz = (rateHz / Math.PI) * Math.atan(Math.sqrt(centre) / k);
  const response = new Float64Array(2);
  bandPassResponse(shape, middleHz / rateHz, response);
  return { ...shape, gain: 1 / Math.hypot(response[0], response[1]) };
}

/** Real and imaginary part of the response at a frequency in cycles a sample. */
export function bandPassResponse({ gain, poles, sections }: BandPass, cycles: number, out: Float64Array): void {
  const c = Math.cos(2 * Math.PI * cycles);
  const s = -Math.sin(2 * Math.PI * cycles);
  const c2 = c * c - s * s;
  const s2 = 2 * c * s;
  let re = gain;
  let im = 0;
  for (let q = 0; q < sections; q++) {
    const topRe = 1 - c2;
    const topIm = -s2;
    const lowRe = 1 + poles[2 * q] * c + poles[2 * q + 1] * c2;
    const lowIm = poles[2 * q] * s + poles[2 * q + 1] * s2;
    const square = lowRe * lowRe + lowIm * lowIm;
    const hRe = (topRe * lowRe + topIm * lowIm) / square;
    const hIm = (topIm * lowRe - topRe * lowIm) / square;
    const next = re * hRe - im * hIm;
    im = re * hIm + im * hRe;
    re = next;
  }
  out[0] = re;
  out[1] = im;
}

/** State of `signals` signals in a chain, all at rest. */
export function bandPassState({ sections }: BandPass, signals: number): Float64Array {
  return new Float64Array(SLOTS * sections * signals);
}

/** The next sample of signal n through the chain. */
export function bandPassStep({ gain, poles, sections }: BandPass, state: Float64Array, n: number, x: number): number {
  let value = gain * x;
  for (let q = 0; q < sections; q++) {
    const at = SLOTS * (n * sections + q);
    const y = value - state[at + 1] - poles[2 * q] * state[at + 2] - poles[2 * q + 1] * state[at + 3];
    state[at + 1] = state[at];
    state[at] = value;
    state[at + 3] = state[at + 2];
    state[at + 2] = y;
    value = y;
  }
  return value;
}

/** A whole signal forward and backward: no phase, the response squared. Ends are continued by reflection about the end point. */
export function zeroPhase(band: BandPass, x: Float64Array, padding: number): Float64Array {
  const n = x.length;
  const pad = Math.min(padding, n - 1);
  const wide = Float64Array.from({ length: n + 2 * pad }, (_, i) => {
    const at = i - pad;
    if (at < 0) return 2 * x[0] - x[-at];
    return at < n ? x[at] : 2 * x[n - 1] - x[2 * n - 2 - at];
  });
  for (let pass = 0; pass < 2; pass++) {
    const state = bandPassState(band, 1);
    for (let i = 0; i < wide.length; i++) wide[i] = bandPassStep(band, state, 0, wide[i]);
    wide.reverse();
  }
  return wide.slice(pad, pad + n);
}

function squareRoot(re: number, im: number): [number, number] {
  const size = Math.sqrt(Math.hypot(re, im));
  const angle = 0.5 * Math.atan2(im, re);
  return [size * Math.cos(angle), size * Math.sin(angle)];
}

function quotient(aRe: number, aIm: number, bRe: number, bIm: number): [number, number] {
  const square = bRe * bRe + bIm * bIm;
  return [(aRe * bRe + aIm * bIm) / square, (aIm * bRe - aRe * bIm) / square];
}
