import fc from 'fast-check';
import { expect, it } from 'vitest';
import { transformPoint } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import { obstacleOfFixture } from '../../../planners/guidance/fixtures/solid.ts';

const seed = 1128;

it(`a cylinder reaches from the centre of one face to that of the other, however it lies (seed ${seed})`, () => {
  const coordinate = fc.double({ min: -1, max: 1, noNaN: true });
  const place = fc.tuple(coordinate, coordinate, coordinate);
  const upright: Vec3 = [0, 0, 0.5];
  fc.assert(
    fc.property(place, place, (fromM, toM) => {
      fc.pre(Math.hypot(...fromM.map((x, a) => x - toM[a])) > 1e-3);
      const made = obstacleOfFixture({
        kind: 'forbidden-cylinder',
        name: 'c',
        fromM,
        toM,
        radiusM: 0.01,
        marginM: 0.002,
      });
      if (made?.shape.kind !== 'cylinder') throw new Error('it is no cylinder');
      const half = made.shape.lengthM / 2;
      const top = transformPoint(made.pose, [0, 0, half]);
      const bottom = transformPoint(made.pose, [0, 0, -half]);
      // Within 1e-8 rad of hanging it counts as hanging.
      for (const a of [0, 1, 2]) {
        expect(Math.abs(top[a] - toM[a])).toBeLessThan(1e-7);
        expect(Math.abs(bottom[a] - fromM[a])).toBeLessThan(1e-7);
      }
      expect(made.marginM).toBe(0.002);
    }),
    {
      seed,
      numRuns: 300,
      examples: [
        [
          [0, 0, 1],
          [0, 0, -1],
        ],
        [[0, 0, 0], upright as [number, number, number]],
      ],
    },
  );
});
