import { compose, identity, type Transform, transformFromQuaternion } from '../../core/frames.ts';
import type { Vec3 } from '../../core/grid.ts';
import type { Shape } from '../../core/robot.ts';
import type { Obstacle, Scene } from '../../core/scene.ts';
import { readYaml, type YamlValue } from '../yaml.ts';

/**
 * Reads the collision objects of a MoveIt PlanningScene (moveit_msgs, in YAML) in the frame of its world. An object's pose
 * and that of its primitive are composed; an object of several shapes becomes that many obstacles of its name.
 *
 * @throws IsocenterError `scene/...` for malformed files, shapes that are not supported and sizes that are not above 0
 */
export function readPlanningScene(text: string, path: string): Scene {
  const root = readYaml(text, path, 'scene');
  if (root.entries().length > 0 && root.get('world').missing && root.get('collision_objects').missing) {
    throw root.fault('no-world', 'there is neither world nor collision_objects', 'give a MoveIt PlanningScene in YAML');
  }
  const world = root.get('world').missing ? root : root.get('world');
  if (world.get('octomap').get('octomap').get('data').list().length > 0) {
    throw world.get('octomap').fault('octomap', 'octomaps are not read', 'give the scene as shapes or as a mesh');
  }
  const obstacles: Obstacle[] = [];
  for (const object of world.get('collision_objects').list()) obstacles.push(...readObject(object));
  return { obstacles };
}

function readObject(object: YamlValue): Obstacle[] {
  const name = object.get('id').text();
  const pose = object.get('pose').missing ? identity() : readPose(object.get('pose'));
  const placed = (shapes: string, poses: string, read: (shape: YamlValue) => Shape): Obstacle[] => {
    const list = object.get(shapes).list();
    const places = object.get(poses).list();
    if (places.length !== list.length) {
      throw object.fault(
        'poses',
        `object ${name} has ${list.length} ${shapes} and ${places.length} ${poses}`,
        `give each of the ${shapes} a pose`,
      );
    }
    return list.map((shape, i) => ({ name, shape: read(shape), pose: compose(pose, readPose(places[i])) }));
  };
  const planes = object.get('planes').list();
  if (planes.length > 0) {
    throw planes[0].fault('unsupported-shape', `object ${name} is a plane, which is not supported`, 'use a large box');
  }
  return [...placed('primitives', 'primitive_poses', readPrimitive), ...placed('meshes', 'mesh_poses', readInlineMesh)];
}

/** A geometry_msgs/Pose: position and orientation as lists or as x, y, z(, w). */
export function readPose(pose: YamlValue): Transform {
  const position = coordinates(pose.get('position'), ['x', 'y', 'z'], [0, 0, 0]);
  const orientation = pose.get('orientation');
  if (orientation.missing) return transformFromQuaternion(position as unknown as Vec3, [0, 0, 0, 1]);
  const q = Array.isArray(orientation.value)
    ? orientation.quaternion()
    : normalised(orientation, coordinates(orientation, ['x', 'y', 'z', 'w']));
  return transformFromQuaternion(position as unknown as Vec3, q);
}

function normalised(at: YamlValue, q: readonly number[]): [number, number, number, number] {
  const length = Math.hypot(...q);
  if (length < 1e-6) throw at.fault('zero-quaternion', 'the quaternion has length 0', '0, 0, 0, 1 is no turn');
  return q.map((x) => x / length) as [number, number, number, number];
}

function coordinates(at: YamlValue, names: readonly string[], fallback?: readonly number[]): number[] {
  if (fallback !== undefined && at.missing) return [...fallback];
  if (Array.isArray(at.value)) return at.numbers(names.length);
  return names.map((name) => at.get(name).number(0));
}

const TYPE_NAMES: Readonly<Record<string, string>> = { 1: 'box', 2: 'sphere', 3: 'cylinder', 4: 'cone' };

/** shape_msgs/SolidPrimitive: box [x, y, z], sphere [radius], cylinder [height, radius]. */
function readPrimitive(primitive: YamlValue): Shape {
  const type = primitive.get('type');
  const kind =
    typeof type.value === 'number' ? (TYPE_NAMES[type.value] ?? String(type.value)) : type.text().toLowerCase();
  const sizes = (count: number): number[] => {
    const values = primitive.get('dimensions').numbers(count);
    for (const value of values) {
      if (!(value > 0)) {
        throw primitive.fault(
          'bad-size',
          `a size of the ${kind} is ${value} m; it must be above 0`,
          'give sizes in metres',
        );
      }
    }
    return values;
  };
  switch (kind) {
    case 'box':
      return { kind: 'box', sizeM: sizes(3) as unknown as Vec3 };
    case 'sphere':
      return { kind: 'sphere', radiusM: sizes(1)[0] };
    case 'cylinder': {
      const [lengthM, radiusM] = sizes(2);
      return { kind: 'cylinder', radiusM, lengthM };
    }
    default:
      throw primitive.fault(
        'unsupported-shape',
        `shape ${kind} is not supported`,
        'use box, sphere, cylinder or a mesh with vertices and triangles',
      );
  }
}

function readInlineMesh(mesh: YamlValue): Shape {
  const vertices: number[] = [];
  for (const vertex of mesh.get('vertices').list()) vertices.push(...coordinates(vertex, ['x', 'y', 'z']));
  const triangles: number[] = [];
  for (const triangle of mesh.get('triangles').list()) {
    const corners = Array.isArray(triangle.value) ? triangle : triangle.get('vertex_indices');
    for (const index of corners.numbers(3)) {
      if (!Number.isInteger(index) || index < 0 || 3 * index >= vertices.length) {
        throw corners.fault('bad-mesh', `there is no vertex ${index}`, `the mesh has ${vertices.length / 3} vertices`);
      }
      triangles.push(index);
    }
  }
  if (triangles.length === 0) throw mesh.fault('bad-mesh', 'the mesh has no triangle', 'give vertices and triangles');
  return {
    kind: 'mesh',
    uri: '(inline)',
    scale: [1, 1, 1],
    mesh: { vertices: Float32Array.from(vertices), triangles: Uint32Array.from(triangles) },
  };
}
