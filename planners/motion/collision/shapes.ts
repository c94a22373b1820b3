import { inputError } from '../../../engine/core/errors.ts';
import type { Obstacle } from '../../../engine/core/scene.ts';
import { fieldDistance } from './distance-field.ts';
import { meshDistance, meshInside, scaledMesh } from './mesh.ts';

/** Signed distance of a point of the shape's own frame to the shape's surface [m], negative inside; float64. */
export type SignedDistance = (x: number, y: number, z: number) => number;

export function boxDistance(hx: number, hy: number, hz: number): SignedDistance {
  return (x, y, z) => {
    const dx = Math.abs(x) - hx;
    const dy = Math.abs(y) - hy;
    const dz = Math.abs(z) - hz;
    const outside = Math.max(dx, 0) ** 2 + Math.max(dy, 0) ** 2 + Math.max(dz, 0) ** 2;
    return Math.sqrt(outside) + Math.min(Math.max(dx, dy, dz), 0);
  };
}

export function capsuleDistance(radius: number, length: number): SignedDistance {
  const half = length / 2;
  return (x, y, z) => Math.sqrt(x * x + y * y + (z - Math.max(-half, Math.min(half, z))) ** 2) - radius;
}

export function cylinderDistance(radius: number, length: number): SignedDistance {
  return (x, y, z) => {
    const radial = Math.hypot(x, y) - radius;
    const axial = Math.abs(z) - length / 2;
    return Math.hypot(Math.max(radial, 0), Math.max(axial, 0)) + Math.min(Math.max(radial, axial), 0);
  };
}

/**
 * Signed distance to an obstacle's surface, in the obstacle's own frame, without its margin.
 *
 * @throws IsocenterError where the triangles of a mesh are not loaded
 */
export function obstacleDistance(obstacle: Obstacle, cylindersAsCapsules: boolean): SignedDistance {
  const { shape } = obstacle;
  switch (shape.kind) {
    case 'box':
      return boxDistance(shape.sizeM[0] / 2, shape.sizeM[1] / 2, shape.sizeM[2] / 2);
    case 'sphere':
      return (x, y, z) => Math.hypot(x, y, z) - shape.radiusM;
    case 'capsule':
      return capsuleDistance(shape.radiusM, shape.lengthM);
    case 'cylinder':
      return (cylindersAsCapsules ? capsuleDistance : cylinderDistance)(shape.radiusM, shape.lengthM);
    case 'field':
      return (x, y, z) => fieldDistance(shape.field, [x, y, z]);
    case 'mesh':
      if (shape.mesh === undefined) {
        throw inputError(
          'collision/mesh-not-loaded',
          `the triangles of ${shape.uri}, mesh of obstacle ${obstacle.name}, are not loaded`,
          'load the mesh file and put its triangles into the shape, or describe the obstacle by primitives',
        );
      }
      return meshDistance(scaledMesh(shape.mesh, shape.scale));
  }
}

/** Whether a point of the obstacle's frame is inside its mesh; undefined for obstacles that are no meshes. */
export function obstacleInside({ shape }: Obstacle): ((x: number, y: number, z: number) => boolean) | undefined {
  return shape.kind === 'mesh' && shape.mesh !== undefined
    ? meshInside(scaledMesh(shape.mesh, shape.scale))
    : undefined;
}
