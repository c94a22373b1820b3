import { inputError } from '../../engine/core/errors.ts';
import type { TriangleMesh } from '../../engine/core/robot.ts';
import type { DistanceField, Obstacle, Scene } from '../../engine/core/scene.ts';
import { OTHER_LIMIT, SLACK_LIMIT } from './layout.ts';
import { type MeshTree, meshTree } from './mesh-tree.ts';

/**
 * An obstacle as the kernel sees it: a box of half extents `half` rounded by `radius` (a sphere is a rounded point, a
 * capsule a rounded line), an exact cylinder, a mesh or a field; [m].
 */
export interface SolidObstacle {
  readonly kind: 'box' | 'cylinder' | 'mesh' | 'field';
  readonly obstacle: Obstacle;
  readonly half: readonly [number, number, number];
  /** Rounding and margin; of a mesh or a field the margin alone. */
  readonly radius: number;
  readonly tree?: MeshTree;
  readonly field?: DistanceField;
}

const ORDER = ['box', 'cylinder', 'mesh', 'field'];

/**
 * Obstacles by kind, in the order of the kernel's table.
 *
 * @throws IsocenterError where a size or margin is not a number that makes sense, or a mesh is not loaded
 */
export function sceneTable(scene: Scene, cylindersAsCapsules: boolean): SolidObstacle[] {
  if (scene.obstacles.length > OTHER_LIMIT) {
    throw inputError(
      'search/too-many-obstacles',
      `the scene has ${scene.obstacles.length} obstacles; the search takes ${OTHER_LIMIT}`,
      'join small obstacles into meshes or a distance field',
    );
  }
  const solids = scene.obstacles.map((obstacle) => solidOf(obstacle, cylindersAsCapsules));
  return solids.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function solidOf(obstacle: Obstacle, cylindersAsCapsules: boolean): SolidObstacle {
  const { shape } = obstacle;
  const margin = obstacle.marginM ?? 0;
  const check = (what: string, ...lengths: readonly number[]): void => {
    const bad = lengths.find((v) => !(v >= 0 && Number.isFinite(v)));
    if (bad === undefined) return;
    throw inputError(
      'search/bad-obstacle',
      `obstacle ${obstacle.name} has ${what} ${bad} m`,
      'sizes, radii and margins are finite and not negative',
    );
  };
  check('the margin', margin);
  for (const v of obstacle.pose) check('a pose with the entry', Math.abs(v));
  switch (shape.kind) {
    case 'box':
      check('the size', ...shape.sizeM);
      return {
        kind: 'box',
        obstacle,
        half: [shape.sizeM[0] / 2, shape.sizeM[1] / 2, shape.sizeM[2] / 2],
        radius: margin,
      };
    case 'sphere':
      check('the radius', shape.radiusM);
      return { kind: 'box', obstacle, half: [0, 0, 0], radius: shape.radiusM + margin };
    case 'capsule':
    case 'cylinder': {
      check('the radius or length', shape.radiusM, shape.lengthM);
      const rounded = shape.kind === 'capsule' || cylindersAsCapsules;
      if (rounded) return { kind: 'box', obstacle, half: [0, 0, shape.lengthM / 2], radius: shape.radiusM + margin };
      return { kind: 'cylinder', obstacle, half: [shape.radiusM, shape.radiusM, shape.lengthM / 2], radius: margin };
    }
    case 'field':
      return { kind: 'field', obstacle, half: [0, 0, 0], radius: margin, field: shape.field };
    case 'mesh': {
      if (shape.mesh === undefined) {
        throw inputError(
          'collision/mesh-not-loaded',
          `the triangles of ${shape.uri}, mesh of obstacle ${obstacle.name}, are not loaded`,
          'load the mesh file and put its triangles into the shape, or describe the obstacle by primitives',
        );
      }
      const tree = meshTree(scaled(shape.mesh, shape.scale));
      const half = [0, 1, 2].map((r) => Math.max(Math.abs(tree.nodes[r]), Math.abs(tree.nodes[4 + r])));
      return { kind: 'mesh', obstacle, half: [half[0], half[1], half[2]], radius: margin, tree };
    }
  }
}

function scaled(mesh: TriangleMesh, scale: readonly number[]): Float32Array {
  const corners = new Float32Array(3 * mesh.triangles.length);
  for (let i = 0; i < mesh.triangles.length; i++) {
    for (let r = 0; r < 3; r++) corners[3 * i + r] = mesh.vertices[3 * mesh.triangles[i] + r] * scale[r];
  }
  return corners;
}

/** Whether a ball (x, y, z, radius, base frame), grown by the greatest slack, can touch the obstacle; true where it is not known. */
export function mayTouch(solid: SolidObstacle, ball: Float64Array): boolean {
  if (solid.kind === 'field') return true;
  const t = solid.obstacle.pose;
  const p = [ball[0] - t[12], ball[1] - t[13], ball[2] - t[14]];
  let squared = 0;
  for (let r = 0; r < 3; r++) {
    const local = t[4 * r] * p[0] + t[4 * r + 1] * p[1] + t[4 * r + 2] * p[2];
    squared += Math.max(Math.abs(local) - solid.half[r], 0) ** 2;
  }
  return Math.sqrt(squared) <= ball[3] + SLACK_LIMIT + solid.radius;
}

/** Sixteen words of an obstacle: its inverse rotation by rows, the offset of its frame, half extents, radius. */
export function writeObstacle(solid: SolidObstacle, out: Float32Array, at: number): void {
  const t = solid.obstacle.pose;
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 3; c++) out[at + 3 * r + c] = t[4 * r + c];
    out[at + 9 + r] = -(t[4 * r] * t[12] + t[4 * r + 1] * t[13] + t[4 * r + 2] * t[14]);
    out[at + 12 + r] = solid.half[r];
  }
  out[at + 15] = solid.radius;
}

/** The most that a field can change over a metre: from its samples' differences, since between them it is trilinear. */
export function steepestSlope(field: DistanceField): number {
  const { size, spacingM, distance } = field;
  const strides = [1, size[0], size[0] * size[1]];
  let squared = 0;
  for (let axis = 0; axis < 3; axis++) {
    let most = 0;
    for (let k = 0; k < size[2]; k++) {
      for (let j = 0; j < size[1]; j++) {
        for (let i = 0; i < size[0]; i++) {
          if ([i, j, k][axis] + 1 >= size[axis]) continue;
          const at = i + size[0] * (j + size[1] * k);
          most = Math.max(most, Math.abs(distance[at + strides[axis]] - distance[at]));
        }
      }
    }
    squared += (most / spacingM[axis]) ** 2;
  }
  return Math.max(1, Math.sqrt(squared));
}
