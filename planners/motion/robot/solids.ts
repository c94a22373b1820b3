import type { Vec3 } from '../../../engine/core/grid.ts';
import type { Random } from '../../../engine/core/random.ts';
import type { Shape } from '../../../engine/core/robot.ts';
import { meshDistance, meshIndex, meshSample } from './mesh-distance.ts';

/** Distance from a point (shape's frame) to the solid [m]; 0 inside, for a mesh up to a forty-eighth of its length below the surface. */
export function distanceTo(shape: Shape, x: number, y: number, z: number): number {
  switch (shape.kind) {
    case 'sphere':
      return Math.max(0, Math.hypot(x, y, z) - shape.radiusM);
    case 'box': {
      const [a, b, c] = shape.sizeM;
      return Math.hypot(beyond(x, a / 2), beyond(y, b / 2), beyond(z, c / 2));
    }
    case 'cylinder':
      return Math.hypot(Math.max(0, Math.hypot(x, y) - shape.radiusM), beyond(z, shape.lengthM / 2));
    case 'capsule':
      return Math.max(0, Math.hypot(x, y, beyond(z, shape.lengthM / 2)) - shape.radiusM);
    case 'mesh':
      if (shape.mesh === undefined) return Number.POSITIVE_INFINITY;
      return meshDistance(meshIndex(shape.mesh), x, y, z);
  }
}

function beyond(value: number, half: number): number {
  return Math.max(0, Math.abs(value) - half);
}

/** A random point of the solid's surface, uniform over a flat or curved face, faces by turns; shape's frame. */
export function surfaceSample(shape: Shape, random: Random, index: number): Vec3 {
  const turn = 2 * Math.PI * random();
  switch (shape.kind) {
    case 'sphere': {
      const [x, y, z] = direction(random);
      return [shape.radiusM * x, shape.radiusM * y, shape.radiusM * z];
    }
    case 'box': {
      const half = shape.sizeM.map((s) => s / 2);
      const p = half.map((h) => h * (2 * random() - 1));
      p[index % 3] = half[index % 3] * (Math.floor(index / 3) % 2 === 0 ? 1 : -1);
      return [p[0], p[1], p[2]];
    }
    case 'cylinder': {
      const half = shape.lengthM / 2;
      const lid = index % 3 === 0;
      const radius = shape.radiusM * (lid ? Math.sqrt(random()) : 1);
      const z = lid ? (index % 2 === 0 ? half : -half) : half * (2 * random() - 1);
      return [radius * Math.cos(turn), radius * Math.sin(turn), z];
    }
    case 'capsule': {
      const half = shape.lengthM / 2;
      if (index % 2 === 0) {
        return [shape.radiusM * Math.cos(turn), shape.radiusM * Math.sin(turn), half * (2 * random() - 1)];
      }
      const [x, y, z] = direction(random);
      return [shape.radiusM * x, shape.radiusM * y, shape.radiusM * z + (z > 0 ? half : -half)];
    }
    case 'mesh':
      return shape.mesh === undefined ? [0, 0, 0] : meshSample(shape.mesh, random);
  }
}

function direction(random: Random): Vec3 {
  const z = 2 * random() - 1;
  const turn = 2 * Math.PI * random();
  const r = Math.sqrt(1 - z * z);
  return [r * Math.cos(turn), r * Math.sin(turn), z];
}
