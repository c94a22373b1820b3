import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMarkerPath } from '../../../engine/formats/tracks/markers.ts';
import { COASTING, OK, RESTARTED, WARMING_UP } from '../../../planners/guidance/codes.ts';
import { BreathPredictor } from '../../../planners/guidance/respiration/create.ts';
import { BREATH_HZ, breathTracks, scoreBreath } from '../../../planners/guidance/scoring/breath.ts';
import { BreathingSource, type BreathingSourceOptions } from '../../../sim/sources/breathing.ts';
import { dataFolder } from '../../support/data.ts';
import { median } from './support.ts';

function simulated(options: Partial<BreathingSourceOptions>, seconds: number): Float64Array[] {
  const source = new BreathingSource({ seed: 1, rateHz: BREATH_HZ, ...options });
  const tracks = [0, 1, 2].map(() => new Float64Array(seconds * BREATH_HZ));
  const out = new Float64Array(3);
  for (let k = 0; k < tracks[0].length; k++) {
    source.next(out);
    for (let a = 0; a < 3; a++) tracks[a][k] = out[a];
  }
  return tracks;
}

describe('breathing', () => {
  for (const seed of [1, 2, 3]) {
    it(`regular, is predicted 0.5 s ahead within 0.35 of no prediction (seed ${seed})`, () => {
      expect(scoreBreath(simulated({ seed }, 120), 0.5).relativeError).toBeLessThan(0.35);
    });

    it(`irregular and drifting, is predicted better than not at all (seed ${seed})`, () => {
      const tracks = simulated({ seed, irregularity: 0.15, driftM: 0.003 }, 150);
      for (const horizon of [0.1, 0.3, 0.7]) expect(scoreBreath(tracks, horizon).relativeError).toBeLessThan(0.95);
    });
  }

  it('does not depend on the unit', () => {
    const tracks = simulated({}, 60);
    const inMm = tracks.map((x) => x.map((value) => 1000 * value));
    // Rounding of sums in another order of magnitude.
    expect(scoreBreath(inMm, 0.5).relativeError).toBeCloseTo(scoreBreath(tracks, 0.5).relativeError, 6);
  });

  it('carries on over missing samples and starts anew after a long gap', () => {
    const predictor = new BreathPredictor({ rateHz: 10, horizonSec: 0.5 });
    const out = new Float64Array(3);
    const tracks = simulated({}, 40);
    const at = (k: number): Float64Array => Float64Array.of(k / 10, tracks[0][k], tracks[1][k], tracks[2][k]);
    expect(predictor.step(at(0), out)).toBe(WARMING_UP);
    for (let k = 1; k < 350; k++) predictor.step(at(k), out);
    expect(predictor.step(at(350), out)).toBe(OK);
    expect(predictor.step(at(351).fill(Number.NaN, 1), out)).toBe(COASTING);
    expect(out.every(Number.isFinite)).toBe(true);
    expect(predictor.step(at(380), out)).toBe(RESTARTED);
    expect([...out]).toEqual([...at(380).subarray(1)]);
  });

  it('stands still where nothing moves', () => {
    const still = [1, 2, 3].map((value) => new Float64Array(400).fill(value));
    const predictor = new BreathPredictor({ rateHz: 10, horizonSec: 0.5 });
    const out = new Float64Array(3);
    for (let k = 0; k < 400; k++) predictor.step(Float64Array.of(k / 10, ...still.map((x) => x[k])), out);
    expect([...out]).toEqual([1, 2, 3]);
  });
});

const data = dataFolder();

describe.skipIf(data === undefined)('recorded chest markers', () => {
  it('0.5 s ahead: median at most 0.65 of no prediction, none above 0.90', () => {
    const folder = join(data as string, 'respiration');
    const errors = readdirSync(folder).map((file) => {
      return scoreBreath(breathTracks(readMarkerPath(readFileSync(join(folder, file)), file)), 0.5).relativeError;
    });
    expect(errors.length).toBe(4);
    expect(median(errors)).toBeLessThan(0.65);
    expect(Math.max(...errors)).toBeLessThan(0.9);
  });
});
