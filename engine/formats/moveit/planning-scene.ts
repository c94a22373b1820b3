import { compose } from '../../core/frames.ts';
import type { Shape } from '../../core/robot.ts';
import type { Obstacle, Scene } from '../../core/scene.ts';
import { FARTHEST_M, withinReach } from '../extent.ts';
import { readYaml, type YamlValue } from '../yaml.ts';
import { readAllowed } from './allowed-collisions.ts';
import { type FrameLookup, type MoveItOptions, readFrames, readPose, refuseAttached } from './frames.ts';
import { readPrimitive } from './primitive.ts';

/**
 * Reads the collision objects of a MoveIt PlanningScene (moveit_msgs, in YAML or JSON) in the robot's base frame. An object's
 * pose and that of its primitive are composed; an object of several shapes becomes that many obstacles of its name. Frames
 * are those of {@link readFrames}; pairs that the allowed collision matrix names come along in `allowed`.
 *
 * @throws IsocenterError `scene/...` for malformed files, shapes, frames and operations that are not supported, attached
 * objects, padded or scaled links, and sizes that are not above 0
 */
export function readPlanningScene(text: string | Uint8Array, path: string, options: MoveItOptions = {}): Scene {
  const root = readYaml(text, path, 'scene');
  if (root.entries().length > 0 && root.get('world').missing && root.get('collision_objects').missing) {
    throw root.fault('no-world', 'there is neither world nor collision_objects', 'give a MoveIt PlanningScene in YAML');
  }
  const world = root.get('world').missing ? root : root.get('world');
  const octomap = world.get('octomap').get('octomap');
  const cells = octomap.get('data');
  if (!cells.missing && (!Array.isArray(cells.value) || cells.value.length > 0)) {
    throw octomap.fault('octomap', 'octomaps are not read', 'give the scene as shapes or as a mesh');
  }
  const state = root.get('robot_state');
  refuseAttached(state);
  refuseSizedLinks(root, 'link_padding', 'padding', 0);
  refuseSizedLinks(root, 'link_scale', 'scale', 1);
  const frames = readFrames(root, state, options);
  const obstacles = world
    .get('collision_objects')
    .list()
    .flatMap((object) => readObject(object, frames));
  const matrix = root.get('allowed_collision_matrix');
  return { obstacles, ...(matrix.missing ? {} : { allowed: readAllowed(matrix) }) };
}

function refuseSizedLinks(root: YamlValue, list: string, field: string, none: number): void {
  for (const entry of root.get(list).list()) {
    const size = entry.get(field).number(none);
    if (size === none) continue;
    throw entry.fault('sized-link', `${field} ${size} of a link is not supported`, 'give obstacles a margin instead');
  }
}

/** moveit_msgs/CollisionObject: what is to be done with it. */
const OPERATIONS: readonly string[] = ['add', 'remove', 'append', 'move'];

function readObject(object: YamlValue, frames: FrameLookup): Obstacle[] {
  const name = object.get('id').name();
  const given = object.get('operation');
  const operation = typeof given.value === 'string' ? OPERATIONS.indexOf(given.value.toLowerCase()) : given.number(0);
  if (operation !== 0 && operation !== 2) {
    throw object.fault(
      'operation',
      `object ${name} is to be changed by operation ${OPERATIONS[operation] ?? given.value}`,
      'give the whole scene, with each object added',
    );
  }
  const pose = compose(frames(object.get('header')), readPose(object.get('pose')));
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
  const obstacles = [
    ...placed('primitives', 'primitive_poses', readPrimitive),
    ...placed('meshes', 'mesh_poses', readInlineMesh),
  ];
  if (obstacles.length > 0) return obstacles;
  throw object.fault('no-shape', `object ${name} has no shape`, 'give it primitives or meshes, or leave it out');
}

function readInlineMesh(mesh: YamlValue): Shape {
  const vertices = new Float32Array(
    mesh
      .get('vertices')
      .list()
      .flatMap((vertex) => vertex.coordinates(['x', 'y', 'z'])),
  );
  if (!withinReach(vertices)) {
    throw mesh.fault('too-far', `a vertex lies beyond ${FARTHEST_M} m`, 'give vertices in metres');
  }
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
    mesh: { vertices, triangles: Uint32Array.from(triangles) },
  };
}
