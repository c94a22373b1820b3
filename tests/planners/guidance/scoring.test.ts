import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTracks } from '../../../engine/formats/tracks/csv.ts';
import { recordingCase } from '../../../planners/guidance/scoring/case.ts';
import { resample, valueAt } from '../../../planners/guidance/scoring/resample.ts';
import { runFilter, scoreEstimates } from '../../../planners/guidance/scoring/score.ts';
import { syntheticCase } from '../../../sim/sources/synthetic-case.ts';
import { dataFolder } from '../../support/data.ts';
import { failsWith } from '../../support/errors.ts';
import { median } from './support.ts';

describe('scores', () => {
  const c = syntheticCase(41, { durationSec: 9 });

  it('of the truth are 100, of nothing 0, of its double -0', () => {
    const later = c.tremor.map((x) => x.map((_, k) => x[Math.min(x.length - 1, k + 10)]));
    const right = scoreEstimates(c, later, 0.01);
    expect(right.tremorReductionPct).toBeCloseTo(100, 9);
    expect(right.inBandReductionPct).toBeCloseTo(100, 9);
    // What is left is the sensor's noise of 2 um.
    expect(right.voluntaryErrorReductionPct).toBeGreaterThan(96);
    const none = scoreEstimates(
      c,
      c.tremor.map((x) => x.map(() => 0)),
      0.01,
    );
    expect(none.tremorReductionPct).toBeCloseTo(0, 9);
    expect(none.voluntaryErrorReductionPct).toBeCloseTo(0, 9);
    const double = scoreEstimates(
      c,
      later.map((x) => x.map((value) => 2 * value)),
      0.01,
    );
    expect(double.tremorReductionPct).toBeCloseTo(0, 9);
  });

  it('tell lag and loss of the voluntary motion', () => {
    const lag = 7;
    const late = c.signal.map((x, a) => x.map((value, k) => value - c.voluntary[a][Math.max(0, k - lag)]));
    // To first order in the lag; a reach bends.
    expect(scoreEstimates(c, late, 0).voluntaryLagMs).toBeCloseTo(lag, 0);
    const less = c.voluntary.map((x) => x.map((value) => 0.1 * value));
    const score = scoreEstimates({ ...c, signal: c.voluntary }, less, 0);
    expect(score.voluntaryChangePct).toBeGreaterThan(-10.5);
    expect(score.voluntaryChangePct).toBeLessThan(-9.5);
  });

  it('take latencies between samples', () => {
    const x = Float64Array.from({ length: 200 }, (_, k) => Math.sin(0.4 * k));
    // Of the windowed sinc, at a frequency far below half the rate.
    expect(valueAt(x, 100.37)).toBeCloseTo(Math.sin(0.4 * 100.37), 3);
    expect(valueAt(x, 100)).toBe(x[100]);
  });

  it('resample a tone without phase, from uneven times too', () => {
    const times = Float64Array.from({ length: 5000 }, (_, k) => k / 500 + 2e-4 * Math.sin(k));
    const values = times.map((t) => Math.cos(2 * Math.PI * 7 * t));
    const y = resample(times, values, 100);
    expect(y.length).toBe(1000);
    let worst = 0;
    for (let k = 50; k < 950; k++) worst = Math.max(worst, Math.abs(y[k] - Math.cos((2 * Math.PI * 7 * k) / 100)));
    // Straight lines between samples at 70 to a period, and ripple of the window.
    expect(worst).toBeLessThan(0.01);
    failsWith(
      () =>
        resample(
          times.map((t) => 50 * t),
          values,
          100,
        ),
      'scoring/rate',
      '10.0 Hz',
    );
  });
});

const data = dataFolder();

describe.skipIf(data === undefined)('recordings', () => {
  const names = ['811_1', '814_1', '820_1', '824_1', '828_1', '829_2'];
  for (const [latencySec, least] of [
    [0, 68],
    [0.02, 62],
    [0.05, 50],
  ]) {
    it(`steady-hand ${1000 * latencySec} ms ahead: median at least ${least} %, none below 0`, () => {
      const reductions = names.map((name) => {
        const file = `pd_${name}.csv`;
        const c = recordingCase(readTracks(readFileSync(join(data as string, 'tremor', file)), file));
        return scoreEstimates(c, runFilter(c, 'steady-hand', latencySec).tremor, latencySec)
          .tremorReductionPct as number;
      });
      expect(median(reductions)).toBeGreaterThan(least);
      expect(Math.min(...reductions)).toBeGreaterThan(0);
    });
  }
});
