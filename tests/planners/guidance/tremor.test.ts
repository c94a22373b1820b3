import { describe, expect, it } from 'vitest';
import { openDevice } from '../../../kernels/device.ts';
import { OK, WARMING_UP } from '../../../planners/guidance/codes.ts';
import { runFilter, scoreEstimates } from '../../../planners/guidance/scoring/score.ts';
import { isBankKind, runBank } from '../../../planners/guidance/tremor/bank.ts';
import { createTremorFilter, tremorBands, tremorFilterNames } from '../../../planners/guidance/tremor/create.ts';
import { POSE_OUT, POSE_SAMPLE, PoseSteadier } from '../../../planners/guidance/tremor/pose.ts';
import { HandSource } from '../../../sim/sources/hand.ts';
import { syntheticCase } from '../../../sim/sources/synthetic-case.ts';
import { TrackingSource } from '../../../sim/sources/tracking.ts';
import { rms, run } from './support.ts';

// On the combiners' grid.
const omega = 2 * Math.PI * 10;
/** Slow enough to settle on one line of the grid: by default they are as quick as tremor changes. */
const slow = { 'bmflc-rls': { memorySec: 1, ridge: 1e-4 }, 'bmflc-kalman': { drift: 1e-7 } };
const slowed = (name: string): Readonly<Record<string, number>> =>
  name in slow ? slow[name as keyof typeof slow] : {};

describe('a pure tone', () => {
  for (const name of tremorFilterNames.filter((n) => n !== 'low-pass' && n !== 'notch')) {
    for (const horizonSec of [0, 0.02]) {
      it(`${name} predicts it ${1000 * horizonSec} ms ahead`, () => {
        const filter = createTremorFilter({ name, rateHz: 1000, horizonSec, parameters: slowed(name) });
        const { out, codes } = run(filter, 8000, 6, (a, t) => 1e-4 * (1 + a) * Math.sin(omega * t + a));
        expect(codes[7999]).toBe(OK);
        for (let a = 0; a < 3; a++) {
          const error = Float64Array.from({ length: 2000 }, (_, i) => {
            const t = (6000 + i) / 1000 + horizonSec;
            return out[a][6000 + i] - 1e-4 * (1 + a) * Math.sin(omega * t + a);
          });
          // Leaky or gradient updates leave a few per cent; the autoregression does not undo its front's phase off the centre.
          expect(rms(error)).toBeLessThan(
            1e-4 * (1 + a) * Math.SQRT1_2 * (name === 'ar-rls' ? 0.15 : name === 'bmflc-lms' ? 0.3 : 0.1),
          );
        }
      });
    }
  }

  for (const name of ['steady-hand', 'wflc', 'bmflc-rls', 'bmflc-kalman'] as const) {
    for (const kind of ['physiological', 'pathological'] as const) {
      it(`${name}, ${kind}: from acceleration to displacement`, () => {
        const hz = kind === 'physiological' ? 10 : 5.5;
        const w = 2 * Math.PI * hz;
        const filter = createTremorFilter({
          name,
          kind,
          rateHz: 1000,
          horizonSec: 0.01,
          input: 'acceleration',
          parameters: slowed(name),
        });
        const { out } = run(filter, 9000, 6, (a, t) => -w * w * 1e-4 * Math.sin(w * t + a));
        const error = Float64Array.from({ length: 2000 }, (_, i) => {
          return out[0][7000 + i] - 1e-4 * Math.sin(w * ((7000 + i) / 1000 + 0.01));
        });
        // As above; the pass band of the learner takes a little off a tone within it.
        expect(rms(error)).toBeLessThan(1e-4 * Math.SQRT1_2 * 0.12);
        expect(out[3][8999]).toBe(0);
      });
    }
  }
});

describe('steady-hand on a simulated hand', () => {
  it('takes the tremor out and leaves the motion (seeds 1 to 4)', () => {
    for (const [latencySec, least] of [
      [0, 68],
      [0.005, 66],
      [0.01, 63],
      [0.02, 55],
    ]) {
      const scores = [1, 2, 3, 4].map((seed) => {
        const c = syntheticCase(seed, { durationSec: 12 });
        return scoreEstimates(c, runFilter(c, 'steady-hand', latencySec).tremor, latencySec);
      });
      for (const score of scores) {
        // Below the medians of docs/guidance.md by the spread of single hands.
        expect(score.tremorReductionPct).toBeGreaterThan(least);
        expect(score.voluntaryErrorReductionPct).toBeGreaterThan(50);
        expect(Math.abs(score.voluntaryLagMs as number)).toBeLessThan(3);
        expect(Math.abs(score.voluntaryChangePct as number)).toBeLessThan(3);
      }
    }
  });

  it('does no harm where there is no tremor', () => {
    for (const seed of [5, 6]) {
      const c = syntheticCase(seed, { durationSec: 10, trembles: false });
      expect(scoreEstimates(c, runFilter(c, 'steady-hand', 0.02).tremor, 0.02).errorRms).toBeLessThan(5e-6);
    }
  });

  it('follows a hand that tracks a target at up to 2 Hz', () => {
    for (const highestHz of [0.5, 1, 2]) {
      const voluntary = new TrackingSource({ seed: 9, rateHz: 1000, highestHz });
      const c = syntheticCase(9, { durationSec: 12, voluntary });
      const score = scoreEstimates(c, runFilter(c, 'steady-hand', 0.01).tremor, 0.01);
      expect(Math.abs(score.voluntaryLagMs as number)).toBeLessThan(3);
      expect(Math.abs(score.voluntaryChangePct as number)).toBeLessThan(3);
    }
  });

  it('follows a frequency that doubles', () => {
    const filter = createTremorFilter({ rateHz: 1000, horizonSec: 0.01, bandHz: [4, 14] });
    const hz = (k: number): number => (k < 8000 ? 5.5 : 11);
    let phase = 0;
    const phases = Float64Array.from({ length: 20_000 }, (_, k) => {
      phase += (2 * Math.PI * hz(k)) / 1000;
      return phase;
    });
    const { out } = run(filter, 20_000, 6, (_, __, k) => 1e-4 * Math.sin(phases[k]));
    const error = Float64Array.from(
      { length: 3000 },
      (_, i) => out[0][16_000 + i] - 1e-4 * Math.sin(phases[16_010 + i]),
    );
    expect(rms(error)).toBeLessThan(1e-4 * Math.SQRT1_2 * 0.15);
  });

  it('survives drop-outs', () => {
    const hand = new HandSource({ seed: 12, rateHz: 1000 });
    const filter = createTremorFilter({ rateHz: 1000 });
    const sample = new Float64Array(4);
    const x = new Float64Array(3);
    const out = new Float64Array(6);
    let [left, all] = [0, 0];
    for (let k = 0; k < 15_000; k++) {
      hand.next(x);
      sample.set(x, 1);
      sample[0] = k / 1000;
      // 30 ms in every 500 are lost.
      if (k % 500 < 30 && k > 2000) sample.fill(Number.NaN, 1);
      filter.step(sample, out);
      if (k < 5000) continue;
      for (let a = 0; a < 3; a++) {
        left += (hand.tremor[a] - out[a]) ** 2;
        all += hand.tremor[a] ** 2;
      }
    }
    expect(1 - Math.sqrt(left / all)).toBeGreaterThan(0.5);
  });

  it('gives the same for the same samples, and after a reset', () => {
    const c = syntheticCase(3, { durationSec: 3 });
    const [first, second] = [0, 1].map(() => runFilter(c, 'steady-hand', 0.01).tremor);
    expect(first).toEqual(second);
    const filter = createTremorFilter({ rateHz: 1000, horizonSec: 0.01 });
    const signal = (a: number, _: number, k: number): number => c.signal[a][k];
    const before = run(filter, 3000, 6, signal);
    filter.reset();
    expect(run(filter, 3000, 6, signal).out).toEqual(before.out);
  });
});

describe('the bank agrees with the step-by-step filters', () => {
  for (const kind of ['physiological', 'pathological'] as const) {
    it(`${kind}, wasm`, async () => {
      const c =
        kind === 'physiological'
          ? syntheticCase(21, { durationSec: 4 })
          : {
              ...syntheticCase(21, { durationSec: 4, tremor: { kind: 'parkinson' } }),
              bandHz: tremorBands.pathological,
            };
      const device = await openDevice({ prefer: 'wasm', threads: 2 });
      try {
        const requests = tremorFilterNames.filter(isBankKind).flatMap((name) => [
          { name, horizonSec: 0 },
          { name, horizonSec: 0.015 },
        ]);
        const estimates = await runBank(device, c, requests);
        for (const [n, { name, horizonSec }] of requests.entries()) {
          const { tremor } = runFilter(c, name, horizonSec);
          const largest = Math.max(...tremor.map((x) => Math.max(...x.map(Math.abs))));
          for (let a = 0; a < 3; a++) {
            const error = Math.max(...tremor[a].map((value, k) => Math.abs(value - estimates[n][a][k])));
            // Signals and results of the bank are float32.
            expect(error / largest, `${name} ${horizonSec}`).toBeLessThan(1e-5);
          }
        }
      } finally {
        await device.close();
      }
    });
  }
});

describe('poses', () => {
  it('steadies position and orientation through turns beyond half a circle', () => {
    const hand = new HandSource({ seed: 31, rateHz: 1000, axes: 6, reach: { radPerM: 0 } });
    const steadier = new PoseSteadier({ rateHz: 1000 });
    const x = new Float64Array(6);
    const sample = new Float64Array(POSE_SAMPLE);
    const out = new Float64Array(POSE_OUT);
    let [before, after, count] = [0, 0, 0];
    for (let k = 0; k < 14_000; k++) {
      hand.next(x);
      // A slow turn about z of 0.4 rad/s, trembling on the left.
      const meant = 0.5 * 0.4 * (k / 1000);
      const clean = [0, 0, Math.sin(meant), Math.cos(meant)];
      const shake = rotation([x[3], x[4], x[5]]);
      sample.set([k / 1000, x[0], x[1], x[2], ...times(shake, clean)]);
      const code = steadier.step(sample, out);
      expect([OK, WARMING_UP]).toContain(code);
      expect(Math.hypot(...out.subarray(9, 13))).toBeCloseTo(1, 12);
      if (k < 5000) continue;
      before += angleBetween([...sample.subarray(4, 8)], clean) ** 2;
      after += angleBetween([...out.subarray(9, 13)], clean) ** 2;
      count++;
    }
    expect(count).toBe(9000);
    // Turning on, the hand is never held: between a reach's and a held hand's figures.
    expect(1 - Math.sqrt(after / before)).toBeGreaterThan(0.5);
  });

  it('takes a quaternion that is not of unit length for no sample', () => {
    const steadier = new PoseSteadier({ rateHz: 1000 });
    const out = new Float64Array(POSE_OUT);
    for (let k = 0; k < 100; k++) steadier.step(Float64Array.of(k / 1000, 0, 0, 0, 0, 0, 0, 1), out);
    steadier.step(Float64Array.of(0.1, 0, 0, 0, 0, 0, 0, 0.5), out);
    expect(out[12]).toBeCloseTo(1, 12);
    expect(out.every(Number.isFinite)).toBe(true);
  });
});

type Quaternion = readonly number[];

function rotation([x, y, z]: readonly number[]): Quaternion {
  const angle = Math.hypot(x, y, z);
  const s = angle < 1e-12 ? 0.5 : Math.sin(angle / 2) / angle;
  return [s * x, s * y, s * z, Math.cos(angle / 2)];
}

function times(a: Quaternion, b: Quaternion): number[] {
  return [
    a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1],
    a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0],
    a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3],
    a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2],
  ];
}

function angleBetween(a: Quaternion, b: Quaternion): number {
  const [x, y, z] = times(a, [-b[0], -b[1], -b[2], b[3]]);
  return 2 * Math.asin(Math.min(1, Math.hypot(x, y, z)));
}
