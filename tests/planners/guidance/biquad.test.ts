import { describe, expect, it } from 'vitest';
import {
  bandPassResponse,
  bandPassState,
  bandPassStep,
  butterworthBandPass,
  zeroPhase,
} from '../../../planners/guidance/tremor/biquad.ts';
import { resonanceA1, resonanceA2, unitInnovation } from '../../../planners/guidance/tremor/oscillator.ts';
import { failsWith } from '../../support/errors.ts';

describe('Butterworth band-pass', () => {
  for (const [low, high, rate] of [
    [2.5, 9, 100],
    [6, 14, 1000],
    [6, 14, 50],
  ] as const) {
    it(`${low} to ${high} Hz at ${rate} Hz has the closed form's gain`, () => {
      const band = butterworthBandPass(low, high, rate);
      const out = new Float64Array(2);
      const warp = (hz: number): number => Math.tan((Math.PI * hz) / rate);
      for (let hz = 0.5; hz < 0.48 * rate; hz += 0.7) {
        bandPassResponse(band, hz / rate, out);
        // |H|^2 = 1 / (1 + x^4), x = (w^2 - w1 w2) / (w (w2 - w1)) of warped frequencies.
        const x = (warp(hz) ** 2 - warp(low) * warp(high)) / (warp(hz) * (warp(high) - warp(low)));
        // Rounding of a few operations.
        expect(Math.hypot(out[0], out[1])).toBeCloseTo(1 / Math.sqrt(1 + x ** 4), 9);
      }
    });
  }

  it('steps as its response says', () => {
    const band = butterworthBandPass(6, 14, 1000);
    const state = bandPassState(band, 2);
    const out = new Float64Array(2);
    bandPassResponse(band, 0.009, out);
    let largest = 0;
    for (let k = 0; k < 6000; k++) {
      const phase = 2 * Math.PI * 0.009 * k;
      bandPassStep(band, state, 0, 1);
      const y = bandPassStep(band, state, 1, Math.cos(phase));
      if (k > 4000) largest = Math.max(largest, Math.abs(y - (out[0] * Math.cos(phase) - out[1] * Math.sin(phase))));
    }
    // What is left of the transient after 4 s.
    expect(largest).toBeLessThan(1e-9);
  });

  it('has no phase forward and backward', () => {
    const band = butterworthBandPass(2.5, 9, 100);
    const x = Float64Array.from({ length: 4000 }, (_, k) => Math.sin(0.3 * k) + 5);
    const y = zeroPhase(band, x, 300);
    const out = new Float64Array(2);
    bandPassResponse(band, 0.3 / (2 * Math.PI), out);
    const gain = out[0] ** 2 + out[1] ** 2;
    for (let k = 1000; k < 3000; k++) expect(y[k]).toBeCloseTo(gain * Math.sin(0.3 * k), 9);
  });

  it('refuses edges beyond half the rate', () => {
    failsWith(() => butterworthBandPass(2.5, 60, 100), 'guidance/settings', 'highHz');
  });
});

it("the resonance's innovation gives it a variance of 1", () => {
  const a1 = resonanceA1(10, 1, 0.001);
  const a2 = resonanceA2(1, 0.001);
  // Sum of the squared impulse response.
  let [last, before, sum] = [1, 0, 1];
  for (let k = 0; k < 20_000; k++) {
    const value = a1 * last + a2 * before;
    [before, last] = [last, value];
    sum += value * value;
  }
  expect(sum * unitInnovation(a1, a2)).toBeCloseTo(1, 6);
});
