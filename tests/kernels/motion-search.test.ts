import { describe, expect, it } from 'vitest';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import { transformPoint } from '../../engine/core/frames.ts';
import { type Random, seededRandom } from '../../engine/core/random.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import type { DistanceField, Obstacle } from '../../engine/core/scene.ts';
import { kernelModule } from '../../kernels/device.ts';
import { SearchSpace } from '../../kernels/motion-search/index.ts';
import {
  type CollisionReference,
  closestContact,
  createCollisionReference,
  isFree,
} from '../../planners/motion/collision/reference.ts';
import { boxMesh, oddArm, planarArm, poseAt, randomConfiguration } from '../planners/motion/support/models.ts';

const module = await openStepModule(kernelModule());

/** What the kernel keeps for float32, twice where two spheres meet, and as much again for its own rounding [m]. */
const ROOM = 4e-5;

function ballField(radius: number): DistanceField {
  const size = [17, 17, 17] as const;
  const spacingM = [0.025, 0.025, 0.025] as const;
  const distance = Float32Array.from({ length: 17 ** 3 }, (_, at) => {
    const [i, j, k] = [at % 17, Math.floor(at / 17) % 17, Math.floor(at / 289)];
    return Math.hypot(i - 8, j - 8, k - 8) * 0.025 - radius;
  });
  return { size, spacingM, distance };
}

function shapes(random: Random): Obstacle['shape'][] {
  const size = (): number => 0.05 + 0.2 * random();
  return [
    { kind: 'box', sizeM: [size(), size(), size()] },
    { kind: 'sphere', radiusM: size() / 2 },
    { kind: 'capsule', radiusM: size() / 2, lengthM: size() },
    { kind: 'cylinder', radiusM: size() / 2, lengthM: size() },
    { kind: 'mesh', uri: 'box', scale: [1, 1, 1], mesh: boxMesh(size() / 2, size() / 2, size() / 2) },
    { kind: 'field', field: ballField(0.12) },
  ];
}

function obstacle(shape: Obstacle['shape'], i: number, random: Random): Obstacle {
  // Around the arm, clear of its base.
  const angle = 2 * Math.PI * random();
  const away = 0.4 + 0.4 * random();
  const axis = [0.6, 0, 0.8] as const;
  const pose = poseAt(away * Math.cos(angle), away * Math.sin(angle), 0.2 * random(), 6 * random(), axis);
  // A field's frame begins at its first sample.
  if (shape.kind === 'field') {
    pose.set(transformPoint(pose, [-0.2, -0.2, -0.2]), 12);
  }
  return {
    name: `${shape.kind} ${i}`,
    shape,
    pose,
    marginM: i % 2 ? 0.02 : 0,
  };
}

/** Least clearance along an edge among samples. */
function leastClearance(
  check: CollisionReference,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  steps = 250,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= steps; i++) {
    const q = Float64Array.from(from, (a, k) => a + ((to[k] - a) * i) / steps);
    least = Math.min(least, closestContact(check, q)?.clearanceM ?? least);
  }
  return least;
}

const robots: readonly [string, RobotModel][] = [
  ['a planar arm', planarArm],
  ['an odd arm', oddArm],
];

for (const [name, model] of robots) {
  for (let kind = 0; kind < 6; kind++) {
    const seed = 90 + kind;
    const label = shapes(seededRandom(seed))[kind].kind;
    describe(`${name} among obstacles of kind ${label} (seed ${seed})`, () => {
      const random = seededRandom(seed);
      const scene = { obstacles: Array.from({ length: 4 }, (_, i) => obstacle(shapes(random)[kind], i, random)) };
      const check = createCollisionReference(model, scene);
      const space = new SearchSpace(module, model, scene, { capacity: 64 });
      // At a field's border and beyond, the kernel takes off half the diagonal of a voxel of 25 mm.
      const room = label === 'field' ? 0.022 : ROOM;

      it('states: free is free in float64, and what has room is free', () => {
        let free = 0;
        for (let trial = 0; trial < 600; trial++) {
          const q = randomConfiguration(model, random);
          const clearance = closestContact(check, q)?.clearanceM as number;
          const ours = space.stateFree(q);
          // The kernel judges a mesh by its surface: what is deep inside was to be found on the way there.
          if (label === 'mesh' && clearance < -0.02) continue;
          if (ours) free++;
          expect(ours).toBe(clearance > 0 && (ours || clearance > room));
        }
        expect(free).toBeGreaterThan(60);
      });

      it('edges: free is free at any resolution, and what has room is free', () => {
        let [free, blocked] = [0, 0];
        for (let trial = 0; trial < 80; trial++) {
          const from = randomConfiguration(model, random);
          const reach = trial % 3 === 0 ? 1 : 0.3;
          const to = randomConfiguration(model, random).map((v, i) => from[i] + reach * (v - from[i]));
          if (!isFree(check, from, ROOM) || !isFree(check, to, ROOM) || !space.stateFree(from)) continue;
          const least = leastClearance(check, from, to);
          if (space.edgeFree(from, to)) {
            free++;
            expect(least).toBeGreaterThan(0);
          } else {
            blocked++;
            // Between samples a sphere moves by some millimetres, so that the true least may be lower by that much.
            expect(least).toBeLessThan(0.006 + room);
          }
        }
        expect(free).toBeGreaterThan(3);
        expect(blocked).toBeGreaterThan(0);
      });
    });
  }
}

it('gives its memory back', () => {
  const before = module.allocate(64, 'probe');
  module.free(before);
  for (let i = 0; i < 3; i++) new SearchSpace(module, planarArm, { obstacles: [] }, { capacity: 64 }).close();
  const after = module.allocate(64, 'probe');
  module.free(after);
  expect(after).toBe(before);
});

it('the same seed gives the same bits, another seed another path', () => {
  const wall: Obstacle = { name: 'wall', shape: { kind: 'box', sizeM: [0.3, 0.1, 1] }, pose: poseAt(0.6, 0, 0) };
  const space = new SearchSpace(module, planarArm, { obstacles: [wall] });
  const plan = (seed: number): Float64Array => {
    space.begin(seed);
    expect(space.search([1, 0, 0], [-1, 0, 0], 10000)).toBe('solved');
    space.simplify(5);
    return space.path();
  };
  const first = plan(7);
  expect(plan(8)).not.toEqual(first);
  expect(plan(7)).toEqual(first);
});
