import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../../../engine/core/grid.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import { fixtureDistance } from '../../../planners/guidance/fixtures/distance.ts';
import type { Fixture } from '../../../planners/guidance/fixtures/fixture.ts';
import { approachBound, createFixtureSet, evaluateFixtures } from '../../../planners/guidance/fixtures/set.ts';
import { guidedArm, randomFixtures } from './support/random-guidance.ts';

const gradient = new Float64Array(3);
const at = (fixture: Fixture, p: Vec3): number => fixtureDistance(fixture)(p[0], p[1], p[2], gradient);

const plane: Fixture = { kind: 'forbidden-plane', name: 'p', pointM: [0, 0, 0.1], normal: [0, 0, 1], marginM: 0.01 };
const sphere: Fixture = { kind: 'forbidden-sphere', name: 's', centreM: [0, 0, 0], radiusM: 0.02, marginM: 0.005 };
const cylinder: Fixture = {
  kind: 'forbidden-cylinder',
  name: 'c',
  fromM: [0, 0, -0.05],
  toM: [0, 0, 0.05],
  radiusM: 0.01,
  marginM: 0,
};
const path: Fixture = {
  kind: 'guide-path',
  name: 'g',
  pointsM: Float64Array.of(0, 0, 0, 0.1, 0, 0, 0.1, 0.1, 0),
  radiusM: 0.02,
};

describe('distances to fixtures', () => {
  it('are those of elementary geometry', () => {
    expect(at(plane, [5, 5, 0.15])).toBeCloseTo(0.04, 12);
    expect(at(sphere, [0.03, 0.04, 0])).toBeCloseTo(0.025, 12);
    expect(at(cylinder, [0.03, 0, 0])).toBeCloseTo(0.02, 12);
    expect(at(cylinder, [0, 0, 0.08])).toBeCloseTo(0.03, 12);
    expect(at(cylinder, [0.04, 0, 0.09])).toBeCloseTo(0.05, 12);
    expect(at(cylinder, [0.002, 0, 0])).toBeCloseTo(-0.008, 12);
    expect(at(path, [0.05, 0.005, 0])).toBeCloseTo(0.015, 12);
    expect(at(path, [0.13, 0.14, 0])).toBeCloseTo(-0.03, 12);
  });

  it('grow along their gradients as finite differences say, for every kind', () => {
    const random = seededRandom(31);
    const kinds = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const arm = guidedArm('ur5e', seed);
      for (const fixture of randomFixtures(arm, random)) {
        kinds.add(fixture.kind);
        for (let k = 0; k < 5; k++) {
          const p = arm.tipM.map((c) => c + 0.06 * (random() - 0.5)) as unknown as Vec3;
          at(fixture, p);
          const g = [...gradient];
          for (let axis = 0; axis < 3; axis++) {
            const h = 1e-8;
            const [up, down] = [1, -1].map((s) =>
              at(fixture, p.map((c, a) => c + (a === axis ? s * h : 0)) as unknown as Vec3),
            );
            // Kinks (edges, voxel faces) within 1e-8 m of 500 random points would be a coincidence; rounding is 1e-16 / 1e-8.
            // Outside its samples a field's gradient leaves out how its bound of the error changes: some hundredths.
            const tolerance = fixture.kind === 'forbidden-field' ? 0.05 : 1e-6;
            expect(Math.abs((up - down) / (2 * h) - g[axis]), `${fixture.kind}, axis ${axis}`).toBeLessThan(tolerance);
          }
        }
      }
    }
    expect(kinds.size).toBe(7);
  });

  it('carry NaN and infinite values on', () => {
    const set = createFixtureSet([plane, sphere, path]);
    expect(evaluateFixtures(set, Number.NaN, 0, 0)).toBeNaN();
  });
});

it('the speed towards a boundary falls with the distance and turns beyond it', () => {
  expect(approachBound(0.01005, 10)).toBeCloseTo(-0.1, 12);
  expect(approachBound(5e-5, 10)).toBeCloseTo(0, 12);
  expect(approachBound(-1, 10)).toBe(2e-3);
});

it.each([
  [{ ...plane, normal: [0, 0, 2] as Vec3 }, /normal/],
  [{ ...sphere, radiusM: 0 }, /radius/],
  [{ ...sphere, marginM: Number.NaN }, /margin/],
  [{ ...cylinder, toM: cylinder.fromM }, /length/],
  [{ ...path, pointsM: Float64Array.of(1, 2) }, /path/],
] as [Fixture, RegExp][])('a fixture that makes no sense is refused: %#', (fixture, message) => {
  expect(() => createFixtureSet([fixture])).toThrow(message);
});
