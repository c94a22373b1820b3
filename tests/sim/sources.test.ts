import { describe, expect, it } from 'vitest';
import { BreathingSource } from '../../sim/sources/breathing.ts';
import { HandSource } from '../../sim/sources/hand.ts';
import { ReachSource } from '../../sim/sources/reach.ts';
import { RecordingSource } from '../../sim/sources/recording.ts';
import type { Source } from '../../sim/sources/source.ts';
import { TrackingSource } from '../../sim/sources/tracking.ts';
import { TremorSource, tremorKinds } from '../../sim/sources/tremor.ts';
import { failsWith } from '../support/errors.ts';

function take(source: Source, seconds: number): Float64Array[] {
  const count = Math.round(seconds * source.rateHz);
  const tracks = Array.from({ length: source.axes }, () => new Float64Array(count));
  const out = new Float64Array(source.axes);
  for (let k = 0; k < count; k++) {
    source.next(out);
    for (let a = 0; a < source.axes; a++) tracks[a][k] = out[a];
  }
  return tracks;
}

const rms = (x: Float64Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length);

/** Power of a track about a frequency, by a sliding sum of 4 s. */
function power(x: Float64Array, hz: number, rateHz: number): number {
  let [re, im, total, count] = [0, 0, 0, 0];
  const length = 4 * rateHz;
  for (let start = 0; start + length <= x.length; start += length / 2) {
    [re, im] = [0, 0];
    for (let k = 0; k < length; k++) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * k) / length);
      re += window * x[start + k] * Math.cos((2 * Math.PI * hz * k) / rateHz);
      im += window * x[start + k] * Math.sin((2 * Math.PI * hz * k) / rateHz);
    }
    total += re * re + im * im;
    count++;
  }
  return total / count;
}

describe('tremor', () => {
  for (const kind of ['physiological', 'essential', 'parkinson'] as const) {
    it(`${kind}: strength and centre stay within their limits (seed 4)`, () => {
      const source = new TremorSource({ seed: 4, rateHz: 500, kind, axes: 6 });
      const [low, high] = tremorKinds[kind].centreHz;
      const out = new Float64Array(6);
      let before = source.centreHz.slice();
      for (let k = 0; k < 30_000; k++) {
        source.next(out);
        for (let a = 0; a < 6; a++) {
          expect(source.centreHz[a]).toBeGreaterThanOrEqual(low);
          expect(source.centreHz[a]).toBeLessThanOrEqual(high);
          expect(Math.abs(source.centreHz[a] - before[a]) * 500).toBeLessThanOrEqual(0.2 + 1e-9);
        }
        before = source.centreHz.slice();
      }
      const [least, most] = tremorKinds[kind].rmsM;
      for (const strength of source.rmsM) {
        expect(strength).toBeGreaterThanOrEqual(least);
        expect(strength).toBeLessThanOrEqual(most);
      }
    });
  }

  it('has the strength asked for and half its peak power half a hertz away (seed 5)', () => {
    const source = new TremorSource({ seed: 5, rateHz: 200, axes: 1, rmsM: 1e-4, driftHzPerSec: 0 });
    const [x] = take(source, 4000);
    // 4000 s hold about 6000 independent values of the envelope.
    expect(rms(x) / 1e-4).toBeGreaterThan(0.96);
    expect(rms(x) / 1e-4).toBeLessThan(1.04);
    const centre = source.centreHz[0];
    const peak = power(x, centre, 200);
    for (const side of [-0.5, 0.5]) {
      // 0.5, smeared by a window of 4 s, and sampling of 2000 windows.
      expect(power(x, centre + side, 200) / peak).toBeGreaterThan(0.45);
      expect(power(x, centre + side, 200) / peak).toBeLessThan(0.65);
    }
  });

  it('refuses a bandwidth of nothing', () => {
    failsWith(() => new TremorSource({ seed: 1, rateHz: 100, bandwidthHz: 0 }), 'source/bandwidth', '0 Hz');
  });
});

describe('voluntary motion', () => {
  it('reaches are as long and take as long as asked for, at minimum jerk (seed 6)', () => {
    const tracks = take(new ReachSource({ seed: 6, rateHz: 1000 }), 120);
    const still = (k: number): boolean => tracks.every((x) => x[k] === x[k - 1]);
    let reaches = 0;
    for (let k = 2; k < tracks[0].length - 2000; k++) {
      if (!(still(k) && !still(k + 1))) continue;
      let end = k + 10;
      while (!still(end + 1)) end++;
      const length = Math.hypot(...tracks.map((x) => x[end] - x[k]));
      const seconds = (end - k) / 1000;
      expect(length).toBeGreaterThanOrEqual(0.005 - 1e-9);
      expect(length).toBeLessThanOrEqual(0.02 + 1e-9);
      // The first and last steps are below float64's resolution of the position.
      expect(seconds).toBeGreaterThan(0.79);
      expect(seconds).toBeLessThan(1.51);
      const middle = Math.round((k + end) / 2);
      const speed = 1000 * Math.hypot(...tracks.map((x) => x[middle + 1] - x[middle]));
      // Peak speed of a minimum-jerk reach: 15/8 of the mean.
      expect((speed * seconds) / length).toBeCloseTo(1.875, 1);
      reaches++;
    }
    expect(reaches).toBeGreaterThan(25);
  });

  it('tracking stays below its highest frequency and within its amplitude (seed 7)', () => {
    const [x] = take(new TrackingSource({ seed: 7, rateHz: 100, amplitudeM: 0.01, highestHz: 1 }), 100);
    expect(rms(x)).toBeCloseTo(0.01 / Math.SQRT2, 3);
    expect(power(x, 2, 100)).toBeLessThan(1e-6 * power(x, 0.2, 100));
  });
});

it('breathing has its range and period, and is irregular on request (seed 8)', () => {
  const tracks = take(new BreathingSource({ seed: 8, rateHz: 10, noiseM: 0 }), 40);
  [0.002, 0.004, 0.012].forEach((range, a) => {
    expect(Math.max(...tracks[a]) - Math.min(...tracks[a])).toBeCloseTo(range, 3);
    for (let k = 0; k < 300; k++) expect(tracks[a][k + 40]).toBeCloseTo(tracks[a][k], 6);
  });
  const [, , z] = take(new BreathingSource({ seed: 8, rateHz: 10, noiseM: 0, irregularity: 0.2 }), 40);
  expect(Math.abs(z[340] - z[300])).toBeGreaterThan(1e-5);
});

it('a recording is played at any rate, again and again', () => {
  const track = Float64Array.from({ length: 101 }, (_, k) => k);
  const [x] = take(new RecordingSource([track], 100, 50), 4);
  expect([...x.subarray(0, 4)]).toEqual([0, 2, 4, 6]);
  expect(x[50]).toBe(0);
  failsWith(() => new RecordingSource([], 100, 50), 'source/recording', 'at least one');
});

it('a hand is the sum of its parts, and the same again for the same seed', () => {
  const [first, second, other] = [9, 9, 10].map((seed) => take(new HandSource({ seed, rateHz: 1000, axes: 6 }), 2));
  expect(first).toEqual(second);
  expect(first).not.toEqual(other);
  const hand = new HandSource({ seed: 9, rateHz: 1000, axes: 6, noiseM: 0 });
  const out = new Float64Array(6);
  for (let k = 0; k < 500; k++) {
    hand.next(out);
    for (let a = 0; a < 6; a++) expect(out[a]).toBeCloseTo(hand.voluntary[a] + hand.tremor[a], 15);
  }
  const steady = new HandSource({ seed: 9, rateHz: 1000, trembles: false, noiseM: 0 });
  steady.next(new Float64Array(3));
  expect([...steady.tremor]).toEqual([0, 0, 0]);
});
