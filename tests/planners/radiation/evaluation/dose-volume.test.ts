import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  doseAtVolumeCc,
  doseAtVolumePercent,
  generalisedEud,
  maxDose,
  meanDose,
  minDose,
  percentile,
  sortDoses,
  volumePercentAtDose,
} from '../../../../planners/radiation/evaluation/dose-volume.ts';
import { cumulativeDvh, differentialDvh } from '../../../../planners/radiation/evaluation/dvh.ts';
import { homogeneityIndex, paddickIndex } from '../../../../planners/radiation/evaluation/indices.ts';

const seed = 20261123;
const ramp = Float64Array.from({ length: 101 }, (_, n) => n);
const none = new Float32Array(0);

describe('dose-volume metrics', () => {
  it('are numpy percentiles', () => {
    // np.percentile([1, 2, 4, 8], [0, 10, 50, 75, 100])
    const doses = sortDoses(Float64Array.of(8, 1, 4, 2));
    expect([0, 10, 50, 75, 100].map((q) => percentile(doses, q))).toEqual([1, 1.3, 3, 5, 8]);
    expect(doseAtVolumePercent(ramp, 95, 'openkbp')).toBeCloseTo(5, 12);
    expect(doseAtVolumePercent(ramp, 2, 'openkbp')).toBeCloseTo(98, 12);
  });

  it('are the largest doses that at least so much receives, on the curve', () => {
    const doses = Float64Array.of(10, 20, 40, 80);
    const at = (percent: number): number => doseAtVolumePercent(doses, percent, 'curve');
    expect([0, 10, 25, 25.1, 50, 75, 98, 100].map(at)).toEqual([80, 80, 80, 40, 40, 20, 10, 10]);
    // 98 % of 50 voxels are 49, whatever 0.98 times 50 is in floating point.
    const many = Float64Array.from({ length: 50 }, (_, n) => n);
    expect(doseAtVolumePercent(many, 98, 'curve')).toBe(1);
    expect(at(-1)).toBeNaN();
    expect(at(101)).toBeNaN();
  });

  it(`on the curve are what counting says (seed ${seed})`, () => {
    const doses = fc.float64Array({ min: 0, max: 80, noNaN: true, minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(doses, fc.integer({ min: 0, max: 100 }), (values, percent) => {
        const enough = [...values].filter(
          (gy) => 100 * values.filter((other) => other >= gy).length >= percent * values.length,
        );
        expect(doseAtVolumePercent(sortDoses(values), percent, 'curve')).toBe(Math.max(...enough));
      }),
      { seed, numRuns: 300 },
    );
  });

  it('leave the doses as they are', () => {
    const doses = Float32Array.of(3, 1, 2);
    sortDoses(doses);
    expect([...doses]).toEqual([3, 1, 2]);
  });

  it('D_cc by OpenKBP: whole voxels, halves to even, at least one', () => {
    const doses = Float64Array.from({ length: 10 }, (_, n) => n);
    const at = (voxelMm3: number): number => doseAtVolumeCc(doses, 0.1, voxelMm3, 'openkbp');
    // n = 2 (2.5 to even): percentile 80 of 0..9 is 7.2; n = 1: percentile 90 is 8.1; n = 4 (3.5 to even): 5.4.
    expect(at(40)).toBeCloseTo(7.2, 12);
    expect(at(1000)).toBeCloseTo(8.1, 12);
    expect(at(100 / 3.5)).toBeCloseTo(5.4, 12);
    expect(at(10)).toBeCloseTo(0, 12);
    expect(at(5)).toBeNaN();
  });

  it('D_cc on the curve: the dose of the last voxel that the volume reaches', () => {
    const doses = Float64Array.of(10, 20, 40, 80);
    const at = (cc: number): number => doseAtVolumeCc(doses, cc, 100, 'curve');
    expect([0.05, 0.1, 0.15, 0.2, 0.35, 0.4].map(at)).toEqual([80, 80, 40, 40, 10, 10]);
    expect(at(0.41)).toBeNaN();
  });

  it('V_d counts voxels with the dose or more', () => {
    const doses = Float32Array.of(0, 10, 20, 20);
    expect([0, 10, 10.5, 20, 21].map((gy) => volumePercentAtDose(doses, gy))).toEqual([100, 75, 50, 50, 0]);
  });

  it('gEUD: the mean for a = 1, near the extremes for large |a|, 0 for a cold voxel and negative a', () => {
    const doses = Float64Array.of(10, 20, 60);
    expect(generalisedEud(doses, 1)).toBeCloseTo(30, 12);
    expect(generalisedEud(doses, 2)).toBeCloseTo(Math.sqrt(4100 / 3), 12);
    expect(generalisedEud(doses, -1)).toBeCloseTo(3 / (1 / 10 + 1 / 20 + 1 / 60), 12);
    expect(generalisedEud(doses, 1000)).toBeCloseTo(60, 0);
    expect(generalisedEud(doses, -1000)).toBeCloseTo(10, 0);
    expect(generalisedEud(Float64Array.of(0, 50), -10)).toBe(0);
    expect(generalisedEud(Float64Array.of(0, 0), 8)).toBe(0);
  });

  it('are NaN without voxels', () => {
    const values = [
      meanDose(none),
      minDose(none),
      maxDose(none),
      percentile(none, 50),
      doseAtVolumeCc(none, 0.1, 10, 'openkbp'),
      doseAtVolumeCc(none, 0.1, 10, 'curve'),
      volumePercentAtDose(none, 20),
      generalisedEud(none, 2),
      homogeneityIndex(none, 'curve'),
    ];
    expect(values.every(Number.isNaN)).toBe(true);
  });

  it.each(['curve', 'openkbp'] as const)(
    `fall as the volume grows and stay between the extremes (%s, seed ${seed})`,
    (convention) => {
      const doses = fc.float64Array({ min: 0, max: 80, noNaN: true, minLength: 1, maxLength: 60 });
      fc.assert(
        fc.property(doses, fc.double({ min: 0, max: 100, noNaN: true }), (values, percent) => {
          const sorted = sortDoses(values);
          const dose = doseAtVolumePercent(sorted, percent, convention);
          expect(dose).toBeGreaterThanOrEqual(sorted[0]);
          expect(dose).toBeLessThanOrEqual(sorted[sorted.length - 1]);
          // Interpolating between two nearly equal doses may round by one last place.
          expect(doseAtVolumePercent(sorted, percent / 2, convention)).toBeGreaterThanOrEqual(dose - 1e-12);
        }),
        { seed, numRuns: 300 },
      );
    },
  );
});

describe('dose-volume histograms', () => {
  const doses = Float32Array.of(0, 0.5, 1, 1.5, 3);

  it('differential', () => {
    const { doseGy, volumePercent } = differentialDvh(doses, 1);
    expect([...doseGy]).toEqual([0, 1, 2, 3]);
    expect([...volumePercent]).toEqual([40, 40, 0, 20]);
  });

  it('cumulative', () => {
    const { doseGy, volumePercent } = cumulativeDvh(doses, 1);
    expect([...doseGy]).toEqual([0, 1, 2, 3, 4]);
    expect([...volumePercent]).toEqual([100, 60, 20, 20, 0]);
  });

  it('without voxels have no bins', () => {
    expect(cumulativeDvh(none, 0.5).doseGy.length).toBe(0);
  });

  it.each([0, -1, Number.NaN, 1e-9])('refuse bins of %s Gy', (width) => {
    expect(() => cumulativeDvh(doses, width)).toThrow(/Bins of .* Gy/);
  });
});

describe('indices', () => {
  it('Paddick: 1 for a perfect match, its own worked products otherwise', () => {
    expect(paddickIndex({ target: 10, isodose: 10, covered: 10 })).toBe(1);
    expect(paddickIndex({ target: 10, isodose: 16, covered: 8 })).toBe(0.4);
    expect(paddickIndex({ target: 10, isodose: 0, covered: 0 })).toBeNaN();
  });

  it('ICRU 83 homogeneity', () => {
    expect(homogeneityIndex(ramp, 'openkbp')).toBeCloseTo((98 - 2) / 50, 12);
  });
});
