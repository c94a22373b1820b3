import { describe, expect, it } from 'vitest';
import { sortDoses } from '../../planners/radiation/evaluation/dose-volume.ts';
import { cumulativeDvh } from '../../planners/radiation/evaluation/dvh.ts';
import { dvhCsv } from '../../viewer/plan/dvh-csv.ts';
import { nearestPlace, volumeAt } from '../../viewer/plan/dvh-reach.ts';
import type { Curves } from '../../viewer/state/curves.ts';

const curve = (doses: readonly number[]) => cumulativeDvh(sortDoses(Float32Array.from(doses)), 0.5).volumePercent;
const curves: Curves = {
  kind: 'cumulative',
  binWidthGy: 0.5,
  plan: [curve([1.2, 2.2, 2.7, 3.1]), new Float64Array(0)],
  other: [curve([0.2, 0.4, 0.4, 5.1]), new Float64Array(0)],
  isFine: true,
};

describe('reading a curve', () => {
  it('is straight between bins, and 0 beyond the end', () => {
    const [plan] = curves.plan;
    expect(volumeAt(plan, 0.5, 0)).toBe(100);
    expect(volumeAt(plan, 0.5, 1.25)).toBe((100 + 75) / 2);
    expect(volumeAt(plan, 0.5, 2)).toBe(75);
    expect(volumeAt(plan, 0.5, 99)).toBe(0);
  });

  it('finds the nearest place on what is shown, on steep parts too, and none out of reach', () => {
    const eye = (x: number, y: number) => ({ x: (gy: number) => 100 * gy, y: (p: number) => p, at: { x, y } });
    const all = (): boolean => true;
    // Between 2 and 2.5 Gy the curve falls from 75 % to 50 %.
    expect(nearestPlace(curves, all, eye(225, 62.5), 12)).toMatchObject({ structure: 0, isOther: false });
    expect(nearestPlace(curves, all, eye(225, 62.5), 12)?.volumePercent).toBeCloseTo(62.5, 9);
    expect(nearestPlace(curves, all, eye(480, 24), 12)).toMatchObject({ isOther: true, volumePercent: 25 });
    expect(nearestPlace(curves, all, eye(480, 60), 12)).toBeUndefined();
    expect(nearestPlace(curves, () => false, eye(225, 62.5), 12)).toBeUndefined();
  });
});

describe('the table of curves', () => {
  it('has a column for each structure of each dose, and names that no spreadsheet runs', () => {
    const lines = dvhCsv(curves, ['=PTV "a", b', 'none'], 'first').split('\r\n');
    expect(lines[0]).toBe(
      `"Dose [Gy]","'=PTV ""a"", b, volume at this dose or more [%]","none, volume at this dose or more [%]","'=PTV ""a"", b of first, volume at this dose or more [%]","none of first, volume at this dose or more [%]"`,
    );
    expect(lines[1]).toBe('0,100,,100,');
    expect(lines[2]).toBe('0.5,100,,25,');
    expect(lines[5]).toBe('2,75,,25,');
    expect(lines.at(-2)).toBe('5.5,0,,0,');
    expect(lines.at(-1)).toBe('');
  });
});
