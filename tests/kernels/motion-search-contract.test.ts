import { describe, expect, it } from 'vitest';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import { pairKey } from '../../engine/core/link-pairs.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { kernelModule } from '../../kernels/device.ts';
import { motionSearch } from '../../kernels/motion-search/contract.ts';
import { SearchSpace } from '../../kernels/motion-search/index.ts';
import { leastClearance, sphereCentres } from '../../kernels/motion-search/reference.ts';
import { robotTable } from '../../kernels/motion-search/robot-table.ts';
import { sceneTable } from '../../kernels/motion-search/scene-table.ts';
import { createWorkspace, pointOf, setConfiguration } from '../../planners/motion/robot/workspace.ts';
import { oddArm, randomConfiguration } from '../planners/motion/support/models.ts';

const module = await openStepModule(kernelModule());
const { absolute } = motionSearch.tolerance;

describe('the table of a robot', () => {
  const models = [oddArm, ...new Set(motionSearch.cases.map(({ params }) => params.model))];
  const seed = 140;
  it.each(models.map((model) => [model.name, model] as const))(
    `%s moves as its model does (seed ${seed})`,
    (_, model) => {
      const random = seededRandom(seed);
      const table = robotTable(model);
      const space = createWorkspace(model);
      const p = new Float64Array(3);
      for (let trial = 0; trial < 50; trial++) {
        const q = randomConfiguration(model, random);
        const centres = sphereCentres(table, q);
        setConfiguration(space, q);
        for (const { link, first, count } of table.groups) {
          const own = [...model.spheres.link.keys()].filter((s) => model.spheres.link[s] === link);
          expect(own.length).toBe(count);
          for (const [i, s] of own.entries()) {
            pointOf(space, link, model.spheres.sphere.subarray(4 * s, 4 * s + 3), p);
            // Both are float64; frames are composed in another order.
            for (let r = 0; r < 3; r++) expect(centres[3 * (first + i) + r]).toBeCloseTo(p[r], 12);
          }
        }
      }
    },
  );

  it(`knows how far spheres reach from joint axes: never less than any sample (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const table = robotTable(oddArm);
    const n = table.bodies.length;
    const h = 1e-6;
    for (let trial = 0; trial < 200; trial++) {
      const q = randomConfiguration(oddArm, random);
      for (let j = 1; j < n; j++) {
        // Moving one joint alone, its spheres move by their distance from its axis.
        const moved = { ...table, bodies: table.bodies.map((b, i) => (i === j ? { ...b, offset: b.offset + h } : b)) };
        const [here, there] = [sphereCentres(table, q), sphereCentres(moved, q)];
        for (const { body, first, count } of table.groups) {
          for (let s = first; s < first + count; s++) {
            const d = [0, 1, 2].map((r) => (there[3 * s + r] - here[3 * s + r]) / h);
            // Differences of float64 positions over a millionth.
            expect(Math.hypot(...d)).toBeLessThan(Math.max(table.reach[body * n + j], 0) + 1e-8);
          }
        }
      }
    }
  });
});

for (const [i, { name, params }] of motionSearch.cases.entries()) {
  const { model, scene, cylindersAsCapsules } = params;
  const seed = 150 + i;
  describe(`${motionSearch.name}: ${name} (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const table = robotTable(model);
    const solids = sceneTable(scene, cylindersAsCapsules);
    const pairs = table.groups.flatMap((a, g) =>
      table.groups.flatMap((b, k) =>
        k < g && a.body !== b.body && !model.ignoredPairs.has(pairKey(model.links.length, a.link, b.link))
          ? [[g, k] as const]
          : [],
      ),
    );
    const space = new SearchSpace(module, model, scene, { cylindersAsCapsules, capacity: 64 });
    const clearance = (q: ArrayLike<number>): number => leastClearance(table, solids, pairs, q);

    it('states', () => {
      for (let trial = 0; trial < 1000; trial++) {
        const q = randomConfiguration(model, random);
        const least = clearance(q);
        if (space.stateFree(q)) expect(least).toBeGreaterThan(0);
        else expect(least).toBeLessThan(absolute);
      }
    });

    it('edges', () => {
      let free = 0;
      for (let trial = 0; trial < 150; trial++) {
        const from = randomConfiguration(model, random);
        const part = trial % 3 === 0 ? 1 : 0.2;
        const to = randomConfiguration(model, random).map((v, k) => from[k] + part * (v - from[k]));
        if (!(clearance(from) > absolute && clearance(to) > absolute)) continue;
        const ours = space.edgeFree(from, to);
        if (ours) free++;
        let least = Number.POSITIVE_INFINITY;
        for (let p = 0; p <= 300; p++) {
          least = Math.min(least, clearance(from.map((v, k) => v + ((to[k] - v) * p) / 300)));
        }
        if (ours) expect(least).toBeGreaterThan(0);
        // Between samples spheres move by up to some 6 mm, so that the true least may be lower by half of that.
        else expect(least).toBeLessThan(0.006);
      }
      expect(free).toBeGreaterThan(10);
    });

    it('NaN is not free', () => {
      const q = randomConfiguration(model, random);
      q[1] = Number.NaN;
      if (scene.obstacles.length > 0) expect(space.stateFree(q)).toBe(false);
    });
  });
}
