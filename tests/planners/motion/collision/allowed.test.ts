import { describe, expect, it } from 'vitest';
import { openStepModule } from '../../../../engine/compute/wasm/step-module.ts';
import { allowedContacts } from '../../../../engine/core/allowed-contacts.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import type { Obstacle, Scene } from '../../../../engine/core/scene.ts';
import { kernelModule } from '../../../../kernels/device.ts';
import { closestContact, isFree } from '../../../../planners/motion/collision/reference.ts';
import { openMotionSpace } from '../../../../planners/motion/path/space.ts';
import { planMotion } from '../../../../planners/motion/planning/plan-motion.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { createWorkspace, setConfiguration } from '../../../../planners/motion/robot/workspace.ts';
import { createFaultFinder } from '../../../../planners/motion/trajectory/proof.ts';
import { linkNumber, randomConfiguration } from '../support/robots.ts';

const seed = 12;
const panda = builtinRobot('panda');
const placed = (x: number, y: number, z: number): Float64Array =>
  Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1);
const ball = (name: string, x: number, y: number, z: number, radiusM = 0.15): Obstacle => ({
  name,
  shape: { kind: 'sphere', radiusM },
  pose: placed(x, y, z),
});
const box: Obstacle = { name: 'table', shape: { kind: 'box', sizeM: [0.4, 0.8, 0.3] }, pose: placed(0.5, 0.1, 0.1) };
const obstacles = [ball('lamp', 0.3, 0.3, 0.7), box, ball('lamp', -0.2, 0.4, 0.5), ball('drape', 0.4, -0.3, 0.4)];

describe('contacts that a scene allows', () => {
  it(`are left out by the exact and the fast checker alike, all others are not (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const module = await openStepModule(kernelModule());
    const links = panda.links.map(({ name }) => name);
    let differ = 0;
    for (let round = 0; round < 12; round++) {
      const allowed = Array.from({ length: 16 }, (): [string, string] => {
        const pair: [string, string] = [
          links[Math.floor(random() * links.length)],
          obstacles[Math.floor(random() * 4)].name,
        ];
        return random() < 0.5 ? pair : [pair[1], pair[0]];
      });
      const scene: Scene = { obstacles, allowed };
      const { flags } = allowedContacts(panda, scene);
      const [strict, loose] = [{ obstacles }, scene].map((s) => openMotionSpace(module, panda, s));
      for (let i = 0; i < 60; i++) {
        const q = randomConfiguration(panda, random);
        const free = isFree(loose.check, q);
        const nearest = closestContact(loose.check, q);
        expect(free).toBe((nearest?.clearanceM ?? 1) > 0);
        if (nearest?.with.kind === 'obstacle') {
          expect(flags[nearest.link * obstacles.length + nearest.with.obstacle]).toBe(0);
        }
        // The fast checker may refuse what is free by less than its rounding.
        if (free !== loose.search.stateFree(q)) expect(Math.abs(nearest?.clearanceM ?? 1)).toBeLessThan(1e-4);
        if (strict.search.stateFree(q)) expect(loose.search.stateFree(q)).toBe(true);
        else if (free) differ++;
      }
      strict.close();
      loose.close();
    }
    expect(differ).toBeGreaterThan(20);
  });

  it('let a motion end in contact, proved all the same', async () => {
    const module = await openStepModule(kernelModule());
    const start = [0, -0.785, 0, -2.356, 0, 1.571, 0.785];
    const goal = [1.2, ...start.slice(1)];
    const hand = panda.links.filter(({ name }) => /hand|finger|link8|link7/.test(name)).map(({ name }) => name);
    // Between the fingertips at the goal.
    const space = createWorkspace(panda);
    setConfiguration(space, goal);
    const [x, y, z] = space.linkPoses.subarray(16 * linkNumber(panda, 'panda_hand_tcp') + 12).subarray(0, 3);
    const pad = [ball('pad', x, y, z, 0.03)];
    const task = { start, goal: { kind: 'joints' as const, q: goal } };
    const strict = planMotion(openMotionSpace(module, panda, { obstacles: pad }), task);
    expect(strict.reason).toBe('goal-in-collision');
    const scene: Scene = { obstacles: pad, allowed: hand.map((link): [string, string] => ['pad', link]) };
    const loose = planMotion(openMotionSpace(module, panda, scene), task);
    expect(loose.reason).toBe('solved');
    if (loose.trajectory === undefined) throw new Error('a solved motion has a trajectory');
    expect(createFaultFinder(panda, scene)(loose.trajectory)).toBeUndefined();
    expect(createFaultFinder(panda, { obstacles: pad })(loose.trajectory)).toBeDefined();
  });
});
