import { describe, expect, it } from 'vitest';
import { allowedContacts } from '../../../../engine/core/allowed-contacts.ts';
import { transformPoint } from '../../../../engine/core/frames.ts';
import { applyAllowed } from '../../../../engine/formats/moveit/allowed-collisions.ts';
import type { MoveItOptions } from '../../../../engine/formats/moveit/frames.ts';
import { readPlanningScene } from '../../../../engine/formats/moveit/planning-scene.ts';
import { readUrdf } from '../../../../engine/formats/urdf/read.ts';
import { failsWith } from '../../../support/errors.ts';

const scene = (objects: string): string => `world:\n  collision_objects:\n${objects}`;
const object = (rest: string): string => scene(`    - {id: thing, ${rest}}`);
const place = 'primitive_poses: [{position: [1, 0, 0], orientation: [0, 0, 0, 1]}]';
const read = (text: string) => readPlanningScene(text, 's.yaml');
const rounded = (p: readonly number[]): number[] => p.map((x) => Number(x.toFixed(12)) + 0);
const threeLinks = `<robot name="r"><link name="a"/><link name="b"/><link name="c"/>
  <joint name="x" type="revolute"><parent link="a"/><child link="b"/><limit lower="-1" upper="1" velocity="1"/></joint>
  <joint name="y" type="revolute"><parent link="b"/><child link="c"/><limit lower="-1" upper="1" velocity="1"/></joint></robot>`;

describe('a planning scene', () => {
  it('of nothing is fine', () => {
    expect(read(scene('    []'))).toEqual({ obstacles: [] });
    expect(read('')).toEqual({ obstacles: [] });
  });

  it('composes the poses of object and primitive', () => {
    const quarter = Math.SQRT1_2;
    const text = object(
      `pose: {position: {x: 0, y: 0, z: 5}, orientation: {x: 0, y: 0, z: ${quarter}, w: ${quarter}}},
       primitives: [{type: box, dimensions: [1, 2, 3]}], ${place}`,
    );
    const [{ name, shape, pose }] = read(text).obstacles;
    expect({ name, shape }).toEqual({ name: 'thing', shape: { kind: 'box', sizeM: [1, 2, 3] } });
    const p = transformPoint(pose, [0, 0, 0]);
    expect(p.map((x) => Number(x.toFixed(12)))).toEqual([0, 1, 5]);
  });

  it('a cylinder is [height, radius]; types may be numbers; meshes may stand in the file', () => {
    const text = `${object(`primitives: [{type: 3, dimensions: [0.2, 0.05]}], ${place}`)}
    - id: tent
      meshes: [{vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], triangles: [{vertex_indices: [0, 1, 2]}]}]
      mesh_poses: [{position: [0, 0, 0]}]`;
    const { obstacles } = read(text);
    expect(obstacles[0].shape).toEqual({ kind: 'cylinder', lengthM: 0.2, radiusM: 0.05 });
    expect(obstacles[1].shape).toMatchObject({ kind: 'mesh', mesh: { triangles: Uint32Array.of(0, 1, 2) } });
  });

  it('stands in the frames that it names, seen from the base', () => {
    const turned = `{translation: [0, 0, 1], rotation: [0, 0, ${Math.SQRT1_2}, ${Math.SQRT1_2}]}`;
    const at = (frame: string, options: MoveItOptions = {}): readonly number[] => {
      const text = `fixed_frame_transforms: [{header: {frame_id: map}, child_frame_id: bench, transform: ${turned}}]
robot_state: {multi_dof_joint_state: {joint_names: [virtual], transforms: [{translation: [5, 0, 0]}]}}
${object(`header: {frame_id: ${frame}}, primitives: [{type: sphere, dimensions: [1]}], ${place}`)}`;
      return rounded(transformPoint(readPlanningScene(text, 's.yaml', options).obstacles[0].pose, [0, 0, 0]));
    };
    expect(at('""')).toEqual([-4, 0, 0]);
    expect(at('world')).toEqual([-4, 0, 0]);
    expect(at('map')).toEqual([-4, 0, 0]);
    expect(at('bench')).toEqual([-5, 1, 1]);
    expect(at('/base', { baseFrame: 'base' })).toEqual([1, 0, 0]);
  });

  it('says which names may touch, and what of that is a matter of links', () => {
    const matrix = (rows: string, more = ''): string =>
      `world: {collision_objects: [{id: box, primitives: [{type: sphere, dimensions: [1]}], primitive_poses: [{}]}]}
allowed_collision_matrix: {entry_names: [a, c, box, ghost], entry_values: ${rows}${more}}`;
    const rows = '[{enabled: [false, true, true, true]}, [true, 0 < 1, false, false], [], []]';
    failsWith(() => read(matrix(rows)), 'scene/not-a-flag', 'entry_values[1][1]');
    const whole =
      '[[false, true, true, true], [true, false, true, false], [true, false, false, false], [true, false, false, false]]';
    const scene = read(matrix(whole));
    // box may touch c in one half of the matrix alone: that is no leave.
    expect(scene.allowed).toEqual([
      ['a', 'c'],
      ['a', 'box'],
      ['a', 'ghost'],
    ]);
    const model = readUrdf(threeLinks, { path: 'r.urdf' });
    const applied = applyAllowed(model, scene);
    expect(model.ignoredPairs).toEqual(new Set([1, 5]));
    expect(applied.ignoredPairs).toEqual(new Set([1, 2, 5]));
    const contacts = allowedContacts(model, scene);
    expect(contacts.pairs).toEqual([{ link: 'a', obstacle: 'box' }]);
    expect([...contacts.flags]).toEqual(model.links.map(({ name }) => (name === 'a' ? 1 : 0)));
    failsWith(() => read(matrix('[]')), 'scene/matrix', '0 entries for 4 names');
    failsWith(() => read(matrix('[[true], [], [], []]')), 'scene/matrix', '1 entries');
    failsWith(
      () => read(matrix(whole, ', default_entry_names: [x], default_entry_values: [true]')),
      'scene/matrix',
      'default',
    );
  });

  it.each<[string, string, string, string]>([
    ['broken YAML', 'a: [1, 2', 'scene/malformed', 'line 1'],
    ['another document', 'name: x', 'scene/no-world', 's.yaml'],
    ['a list', '- 1', 'scene/not-a-mapping', 's.yaml'],
    ['a cone', object(`primitives: [{type: cone, dimensions: [1, 1]}], ${place}`), 'scene/unsupported-shape', 'cone'],
    ['a plane', object('planes: [{coef: [0, 0, 1, 0]}], plane_poses: []'), 'scene/unsupported-shape', 'plane'],
    ['a size of 0', object(`primitives: [{type: sphere, dimensions: [0]}], ${place}`), 'scene/bad-size', '0 m'],
    [
      'two sizes of three',
      object(`primitives: [{type: box, dimensions: [1, 1]}], ${place}`),
      'scene/not-a-number',
      '2 numbers',
    ],
    [
      'NaN',
      object(`primitives: [{type: sphere, dimensions: [.nan]}], ${place}`),
      'scene/not-a-number',
      'dimensions[0]',
    ],
    ['no pose', object('primitives: [{type: sphere, dimensions: [1]}]'), 'scene/poses', 'thing'],
    [
      'a zero quaternion',
      object('primitives: [{type: sphere, dimensions: [1]}], primitive_poses: [{orientation: [0, 0, 0, 0]}]'),
      'scene/zero-quaternion',
      'orientation',
    ],
    ['an object without a name', scene('    - {primitives: []}'), 'scene/not-text', 'id'],
    [
      'a mesh with a missing vertex',
      object('meshes: [{vertices: [[0, 0, 0]], triangles: [[0, 1, 2]]}], mesh_poses: [{}]'),
      'scene/bad-mesh',
      'vertex 1',
    ],
    ['an object without a shape', object('primitives: []'), 'scene/no-shape', 'thing'],
    ['an object to be removed', object('operation: 1'), 'scene/operation', 'remove'],
    ['a move by name', object('operation: move'), 'scene/operation', 'move'],
    [
      'an unknown frame',
      object(`header: {frame_id: gripper}, primitives: [{type: sphere, dimensions: [1]}], ${place}`),
      'scene/frame',
      'gripper',
    ],
    [
      'a sphere of 10^7 m',
      object(`primitives: [{type: sphere, dimensions: [1e7]}], ${place}`),
      'scene/bad-size',
      '10000000 m',
    ],
    [
      'a place at 10^7 m',
      object('primitives: [{type: sphere, dimensions: [1]}], primitive_poses: [{position: [1e7, 0, 0]}]'),
      'scene/too-far',
      '10000000',
    ],
    [
      'a position of other names',
      object('primitives: [{type: sphere, dimensions: [1]}], primitive_poses: [{position: {X: 1}}]'),
      'scene/unknown-field',
      'X',
    ],
    [
      'an attached object',
      'world: {collision_objects: []}\nrobot_state: {attached_collision_objects: [{object: {id: cup}}]}',
      'scene/attached-object',
      'cup',
    ],
    [
      'a padded link',
      'world: {collision_objects: []}\nlink_padding: [{link_name: a, padding: 0.1}]',
      'scene/sized-link',
      '0.1',
    ],
    ['keys that are there twice', 'world:\n  a: 1\n  b: 2\n  a: 3', 'scene/malformed', 'line 4, column 3'],
    ['brackets without end', '['.repeat(20_000), 'scene/malformed', 'nested'],
    ['mappings that hold themselves', 'world: &a {collision_objects: [{id: *a}]}', 'scene/not-text', 'a mapping'],
    ['an octomap', 'world: {collision_objects: [], octomap: {octomap: {data: [1]}}}', 'scene/octomap', 'octomap'],
  ])('refuses %s', (_, text, code, part) => {
    failsWith(() => read(text), code, part);
  });
});
