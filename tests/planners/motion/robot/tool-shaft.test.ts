import { describe, expect, it } from 'vitest';
import { openStepModule } from '../../../../engine/compute/wasm/step-module.ts';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import { adjacentPairs, pairKey } from '../../../../engine/core/link-pairs.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import type { RobotModel } from '../../../../engine/core/robot.ts';
import type { Obstacle } from '../../../../engine/core/scene.ts';
import type { ToolSpec } from '../../../../engine/core/tool.ts';
import { kernelModule } from '../../../../kernels/device.ts';
import { closestContact } from '../../../../planners/motion/collision/reference.ts';
import { openMotionSpace } from '../../../../planners/motion/path/space.ts';
import { createShaft, setShaft } from '../../../../planners/motion/rcm/shaft.ts';
import { createTool } from '../../../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { withToolShaft } from '../../../../planners/motion/robot/tool-shaft.ts';
import { createWorkspace, setConfiguration } from '../../../../planners/motion/robot/workspace.ts';
import { linkNumber, randomConfiguration } from '../support/robots.ts';

const seed = 31;
const panda = builtinRobot('panda');
const spec: ToolSpec = {
  link: 'panda_hand',
  lengthM: 0.3,
  originM: [0, 0.01, 0.05],
  axis: [0.1, -0.2, 1],
  radiusM: 0.004,
};

/** x, y, z and radius of the shaft's spheres in the base frame. */
function shaftSpheres(model: RobotModel, q: ArrayLike<number>): number[][] {
  const link = model.links.length - 1;
  const space = createWorkspace(model);
  setConfiguration(space, q);
  const t = space.linkPoses.subarray(16 * link, 16 * link + 16);
  const out: number[][] = [];
  model.spheres.link.forEach((of, s) => {
    if (of !== link) return;
    const [x, y, z, radius] = model.spheres.sphere.subarray(4 * s, 4 * s + 4);
    out.push([0, 1, 2].map((r) => t[r] * x + t[4 + r] * y + t[8 + r] * z + t[12 + r]).concat(radius));
  });
  return out;
}

describe("a tool's shaft that collides", () => {
  it(`is covered by spheres that stand out 2 mm at most, from where it begins to where it ends (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const model = withToolShaft(panda, spec);
    const shaft = createShaft(panda, createTool(panda, spec));
    const q = randomConfiguration(panda, random);
    setShaft(shaft, q);
    const pose = shaft.chain.pose;
    const spheres = shaftSpheres(model, q);
    expect(spheres.length).toBeGreaterThan(10);
    for (const [, , , radius] of spheres) expect(radius).toBeLessThanOrEqual(0.006 + 1e-12);
    for (let i = 0; i < 4000; i++) {
      const angle = 2 * Math.PI * random();
      const z = 0.3 * random();
      const local = [0.004 * Math.cos(angle), 0.004 * Math.sin(angle), z];
      const p = [0, 1, 2].map(
        (r) => pose[r] * local[0] + pose[4 + r] * local[1] + pose[8 + r] * local[2] + pose[12 + r],
      );
      const depth = Math.max(
        ...spheres.map(([x, y, zz, radius]) => radius - Math.hypot(x - p[0], y - p[1], zz - p[2])),
      );
      // Rounding of two ways to the same place.
      expect(depth).toBeGreaterThan(-1e-9);
    }
    // Along the axis the centres keep to the shaft.
    for (const [x, y, z] of spheres) {
      const d = [x - pose[12], y - pose[13], z - pose[14]];
      const along = d[0] * pose[8] + d[1] * pose[9] + d[2] * pose[10];
      expect(Math.hypot(...d) ** 2 - along ** 2).toBeLessThan(1e-12);
      expect(along > 0 && along < 0.3).toBe(true);
    }
  });

  it('is checked against all links but its own body and the neighbours, which go on to be checked as before', () => {
    const model = withToolShaft(panda, spec);
    const shaft = model.links.length - 1;
    expect(model.links[shaft].name).toBe('panda_hand_shaft');
    const ignored = (name: string): boolean =>
      model.ignoredPairs.has(pairKey(model.links.length, linkNumber(model, name), shaft));
    for (const name of ['panda_hand', 'panda_link8', 'panda_link7', 'panda_link6', 'panda_leftfinger']) {
      expect([name, ignored(name)]).toEqual([name, true]);
    }
    for (const name of ['panda_link0', 'panda_link1', 'panda_link3', 'panda_link5']) {
      expect([name, ignored(name)]).toEqual([name, false]);
    }
    const n = panda.links.length;
    for (let a = 0; a < n; a++) {
      for (let b = a + 1; b < n; b++) {
        expect(model.ignoredPairs.has(pairKey(n + 1, a, b))).toBe(panda.ignoredPairs.has(pairKey(n, a, b)));
      }
    }
    expect(adjacentPairs(model).size).toBeGreaterThan(0);
  });

  it('leaves a robot alone whose tool has no radius, and finds a name that is free', () => {
    const { radiusM: _, ...thin } = spec;
    expect(withToolShaft(panda, thin)).toBe(panda);
    const twice = withToolShaft(withToolShaft(panda, spec), spec);
    expect(new Set(twice.links.map(({ name }) => name)).size).toBe(twice.links.length);
    expect(() => withToolShaft(panda, { ...spec, link: 'paw' })).toThrow(/no link paw/);
  });

  it(`meets what only it reaches, in the exact and in the fast checker (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const module = await openStepModule(kernelModule());
    const model = withToolShaft(panda, spec);
    const shaft = createShaft(panda, createTool(panda, spec));
    let met = 0;
    for (let i = 0; i < 40; i++) {
      const q = randomConfiguration(panda, random);
      setShaft(shaft, q);
      const at: Vec3 = [shaft.tipBase[0], shaft.tipBase[1], shaft.tipBase[2]];
      const pose = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, ...at, 1);
      const ball: Obstacle = { name: 'ball', shape: { kind: 'sphere', radiusM: 0.02 }, pose };
      const [bare, armed] = [panda, model].map((robot) => openMotionSpace(module, robot, { obstacles: [ball] }));
      if (bare.search.stateFree(q)) {
        met++;
        expect(armed.search.stateFree(q)).toBe(false);
        const contact = closestContact(armed.check, q);
        expect(contact?.clearanceM).toBeLessThan(-0.019);
      }
      bare.close();
      armed.close();
    }
    expect(met).toBeGreaterThan(5);
  });
});
