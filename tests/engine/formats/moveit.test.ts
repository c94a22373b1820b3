import { describe, expect, it } from 'vitest';
import { transformPoint } from '../../../engine/core/frames.ts';
import { readObj } from '../../../engine/formats/mesh/obj.ts';
import { readStl } from '../../../engine/formats/mesh/stl.ts';
import { readMotionRequest } from '../../../engine/formats/moveit/motion-request.ts';
import { readPlanningScene } from '../../../engine/formats/moveit/planning-scene.ts';
import { readTool } from '../../../engine/formats/tool.ts';
import { failsWith } from '../../support/errors.ts';

const scene = (objects: string): string => `world:\n  collision_objects:\n${objects}`;
const object = (rest: string): string => scene(`    - {id: thing, ${rest}}`);
const place = 'primitive_poses: [{position: [1, 0, 0], orientation: [0, 0, 0, 1]}]';
const read = (text: string) => readPlanningScene(text, 's.yaml');

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
    ['an octomap', 'world: {collision_objects: [], octomap: {octomap: {data: [1]}}}', 'scene/octomap', 'octomap'],
  ])('refuses %s', (_, text, code, part) => {
    failsWith(() => read(text), code, part);
  });
});

describe('a motion request', () => {
  const start = 'start_state: {joint_state: {name: [a, b], position: [0, 1]}}\n';
  const request = (goal: string): string => `${start}goal_constraints: [${goal}]`;

  it('has joint goals and pose goals', () => {
    const joints = readMotionRequest(request('{joint_constraints: [{joint_name: a, position: 2}]}'), 'r.yaml');
    expect(joints).toMatchObject({
      start: { a: 0, b: 1 },
      goal: { kind: 'joints', positions: { a: 2 } },
      velocityScale: 1,
    });
    const pose = readMotionRequest(
      request(`{position_constraints: [{link_name: tip, constraint_region: {primitive_poses: [{position: [1, 2, 3]}]}}],
        orientation_constraints: [{link_name: tip, orientation: {x: 0, y: 0, z: 1, w: 0}}]}`),
      'r.yaml',
    );
    expect(pose.goal).toMatchObject({ kind: 'pose', link: 'tip', orientation: true });
    const goal = pose.goal.kind === 'pose' ? pose.goal.pose : new Float64Array(16);
    expect(transformPoint(goal, [1, 0, 0]).map((x) => Number(x.toFixed(12)))).toEqual([0, 2, 3]);
  });

  it.each<[string, string, string, string]>([
    ['no goal', start, 'request/goal', '0 goals'],
    ['a goal of nothing', request('{}'), 'request/goal', 'either'],
    ['names without positions', 'start_state: {joint_state: {name: [a], position: []}}', 'request/start', '1 names'],
    [
      'a scale above 1',
      `${request('{joint_constraints: [{joint_name: a, position: 2}]}')}\nmax_velocity_scaling_factor: 2`,
      'request/scale',
      '2',
    ],
    [
      'a position that is no number',
      request('{joint_constraints: [{joint_name: a, position: x}]}'),
      'request/not-a-number',
      '"x"',
    ],
  ])('refuses %s', (_, text, code, part) => {
    failsWith(() => readMotionRequest(text, 'r.yaml'), code, part);
  });
});

describe('a tool file', () => {
  it('names link, shaft and tip', () => {
    expect(readTool('link: hand\nlength: 0.3\naxis: [0, 0, -1]', 't.yaml')).toEqual({
      link: 'hand',
      lengthM: 0.3,
      axis: [0, 0, -1],
    });
  });

  it.each<[string, string, string, string]>([
    ['no length', 'link: hand', 'tool/not-a-number', 'length'],
    ['a negative length', 'link: hand\nlength: -1', 'tool/bad-size', '-1 m'],
    ['a zero axis', 'link: hand\nlength: 1\naxis: [0, 0, 0]', 'tool/bad-axis', 'axis'],
    ['an unknown field', 'link: hand\nlength: 1\ncolour: red', 'tool/unknown-field', 'colour'],
  ])('refuses %s', (_, text, code, part) => {
    failsWith(() => readTool(text, 't.yaml'), code, part);
  });
});

describe('meshes', () => {
  function binaryStl(triangles: readonly (readonly number[])[]): Uint8Array {
    const view = new DataView(new ArrayBuffer(84 + 50 * triangles.length));
    view.setUint32(80, triangles.length, true);
    triangles.forEach((corners, t) => {
      corners.forEach((x, i) => {
        view.setFloat32(84 + 50 * t + 12 + 4 * i, x, true);
      });
    });
    return new Uint8Array(view.buffer);
  }
  const corners = [0, 0, 0, 1, 0, 0, 0, 1, 0];

  it('STL, binary and text', () => {
    const text = `solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid x`;
    for (const mesh of [readStl(binaryStl([corners]), 'a.stl'), readStl(new TextEncoder().encode(text), 'a.stl')]) {
      expect([...mesh.vertices]).toEqual(corners);
      expect([...mesh.triangles]).toEqual([0, 1, 2]);
    }
  });

  it('OBJ with polygons, texture coordinates and indices from the end', () => {
    const mesh = readObj('v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1/1 2/1 3/1 4/1\nf -4 -3 -2\n', 'a.obj');
    expect([...mesh.triangles]).toEqual([0, 1, 2, 0, 2, 3, 0, 1, 2]);
  });

  it('are refused where they are broken', () => {
    failsWith(() => readStl(binaryStl([corners]).subarray(0, 100), 'a.stl'), 'mesh/malformed', '100 bytes');
    failsWith(() => readStl(binaryStl([[Number.NaN, ...corners.slice(1)]]), 'a.stl'), 'mesh/malformed', 'byte 96');
    failsWith(() => readObj('v 0 0 0\nf 1 2 3', 'a.obj'), 'mesh/malformed', 'line 2');
    failsWith(() => readObj('v 0 x 0', 'a.obj'), 'mesh/malformed', 'line 1');
  });
});
