import type { Transform } from '../../engine/core/frames.ts';
import type { Random } from '../../engine/core/random.ts';
import type { JointLimits, RobotJoint, RobotModel, Shape } from '../../engine/core/robot.ts';
import type { DistanceField, Obstacle } from '../../engine/core/scene.ts';
import type { ObstacleTask } from './tables.ts';

// A robot and obstacles for the kernel's cases.

const limits: JointLimits = { lower: -1, upper: 1, velocity: 1, acceleration: 4, jerk: 60, effort: 1 };

/** A random turn (a unit quaternion) and an origin. */
export function randomPose(random: Random, x: number, y: number, z: number): Transform {
  const q = [0, 1, 2, 3].map(() => random() - 0.5);
  const length = Math.hypot(...q);
  const [a, b, c, d] = q.map((v) => v / length);
  const columns = [
    [a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c), 0],
    [2 * (b * c - a * d), a * a - b * b + c * c - d * d, 2 * (c * d + a * b), 0],
    [2 * (b * d + a * c), 2 * (c * d - a * b), a * a - b * b - c * c + d * d, 0],
  ];
  return Float64Array.from([...columns.flat(), x, y, z, 1]);
}

/**
 * Turns, slides, a mimicking joint, a fixed link and a branch: four joints move it. `spheres` spheres are dealt out to its
 * links, the base included.
 */
export function armWithBranch(random: Random, spheres: number): RobotModel {
  const joint = (fields: Omit<RobotJoint, 'name' | 'limits' | 'axis'> & { axis?: RobotJoint['axis'] }): RobotJoint => ({
    name: `joint${fields.child}`,
    axis: [0, 0, 1],
    ...(fields.type === 'fixed' ? {} : { limits }),
    ...fields,
  });
  const joints = [
    joint({ type: 'revolute', parent: 0, child: 1, origin: randomPose(random, 0, 0, 0.3), axis: [0.6, 0, 0.8] }),
    joint({ type: 'prismatic', parent: 1, child: 2, origin: randomPose(random, 0, 0.3, 0.1), axis: [0, 0.8, -0.6] }),
    joint({ type: 'fixed', parent: 2, child: 3, origin: randomPose(random, 0.1, 0, 0.1) }),
    joint({
      type: 'revolute',
      parent: 3,
      child: 4,
      origin: randomPose(random, 0, 0.1, 0.2),
      axis: [1, 0, 0],
      mimic: { joint: 0, multiplier: -0.5, offset: 0.2 },
    }),
    joint({ type: 'continuous', parent: 4, child: 5, origin: randomPose(random, 0.2, 0.2, 0), axis: [0, -1, 0] }),
    joint({ type: 'revolute', parent: 1, child: 6, origin: randomPose(random, 0.1, -0.2, 0.2) }),
  ];
  const links = Array.from({ length: 7 }, (_, i) => ({ name: `link${i}`, visual: [], collision: [] }));
  const sphere = Array.from({ length: spheres }, () => {
    const centre = [0, 1, 2].map(() => 0.3 * random() - 0.15);
    return [...centre, 0.04 + 0.08 * random()];
  });
  return {
    name: 'arm with a branch',
    links,
    joints,
    active: [0, 1, 4, 5],
    spheres: { link: Uint16Array.from(sphere, (_, s) => s % 7), sphere: Float64Array.from(sphere.flat()) },
    ignoredPairs: new Set([0 * 7 + 1, 1 * 7 + 2, 3 * 7 + 4, 4 * 7 + 5]),
  };
}

/** Signed distance to a ball that leans over the border of its grid. */
function ballField(random: Random): DistanceField {
  const size = [9, 11, 8] as const;
  const spacingM = [0.05, 0.04, 0.06] as const;
  const distance = new Float32Array(size[0] * size[1] * size[2]);
  const middle = [0.1 + 0.2 * random(), 0.2, 0.35];
  for (let i = 0; i < distance.length; i++) {
    const cell = [i % size[0], Math.floor(i / size[0]) % size[1], Math.floor(i / (size[0] * size[1]))];
    distance[i] = Math.hypot(...cell.map((c, a) => c * spacingM[a] - middle[a])) - 0.15;
  }
  return { size, spacingM, distance };
}

function caseShape(random: Random, kind: Obstacle['shape']['kind']): Obstacle['shape'] {
  const length = (): number => 0.1 + 0.3 * random();
  const shapes: Partial<Record<typeof kind, () => Shape | Obstacle['shape']>> = {
    box: () => ({ kind: 'box', sizeM: [length(), length(), length()] }),
    sphere: () => ({ kind: 'sphere', radiusM: length() / 2 }),
    cylinder: () => ({ kind: 'cylinder', radiusM: length() / 2, lengthM: length() }),
    capsule: () => ({ kind: 'capsule', radiusM: length() / 2, lengthM: length() }),
    field: () => ({ kind: 'field', field: ballField(random) }),
  };
  return (shapes[kind] as () => Obstacle['shape'])();
}

/** Obstacles of the given kinds in the arm's reach; with a tissue weight every other one is tissue, not an obstacle. */
export function caseObstacles(
  random: Random,
  kinds: readonly Obstacle['shape']['kind'][],
  cost: { readonly marginWeight: number; readonly tissueWeight: number },
): ObstacleTask[] {
  return kinds.map((kind, i) => {
    const place = (): number => 0.7 * random() - 0.35;
    return {
      obstacle: {
        name: `${kind} ${i}`,
        shape: caseShape(random, kind),
        pose: randomPose(random, place(), place(), 0.3 + place()),
        marginM: i % 2 === 0 ? 0.01 : 0,
      },
      solid: cost.tissueWeight === 0 || i % 2 === 0,
      marginM: cost.marginWeight > 0 ? 0.12 : 0,
      marginWeight: cost.marginWeight,
      tissueWeight: i % 2 === 1 ? cost.tissueWeight : 0,
    };
  });
}
