import { describe, expect, it } from 'vitest';
import { activeNames } from '../../../../engine/core/robot.ts';
import { readJointLimits } from '../../../../engine/formats/joint-limits.ts';
import { readUrdf } from '../../../../engine/formats/urdf/read.ts';
import { createWorkspace, pointOf, setConfiguration } from '../../../../planners/motion/robot/workspace.ts';
import { failsWith } from '../../../support/errors.ts';
import { gripper, joint, limit, links, robot } from '../../../support/urdf.ts';

const read = (text: string) => readUrdf(text, { path: 'r.urdf' });

describe('a URDF', () => {
  it('is sorted from its root, whatever the order in the file', () => {
    const model = read(gripper);
    expect(model.links.map(({ name }) => name)).toEqual(['base', 'arm', 'mirror', 'finger']);
    expect(model.joints.map(({ name, parent, child }) => [name, parent, child])).toEqual([
      ['lift', 0, 1],
      ['right', 1, 2],
      ['left', 1, 3],
    ]);
    expect(activeNames(model)).toEqual(['lift', 'left']);
  });

  it('moves as its origins, axes and mimicking joints say', () => {
    const space = createWorkspace(read(gripper));
    const p = new Float64Array(3);
    setConfiguration(space, [Math.PI / 2, 0.25]);
    // Turned by 90 degrees twice: y of the arm points to -y.
    pointOf(space, 3, [0, 0, 0], p);
    expect([...p].map((x) => Number(x.toFixed(12)))).toEqual([1, 1.75, 4]);
    pointOf(space, 2, [0, 0, 0], p);
    expect([...p].map((x) => Number(x.toFixed(12)))).toEqual([1, 2.4, 3]);
  });

  it('rpy turns about fixed axes: roll first', () => {
    const model = read(
      robot(
        `${links('a', 'b')}${joint('j', 'a', 'b', '<origin rpy="1.5707963267948966 0 1.5707963267948966"/>', 'fixed')}`,
      ),
    );
    const space = createWorkspace(model);
    const p = new Float64Array(3);
    setConfiguration(space, []);
    pointOf(space, 1, [0, 1, 0], p);
    // Roll takes y to z, yaw leaves z.
    [0, 0, 1].forEach((x, i) => {
      expect(p[i]).toBeCloseTo(x, 12);
    });
  });

  it('resolves chains of mimicking joints', () => {
    const model = read(
      robot(
        links('a', 'b', 'c', 'd') +
          joint('x', 'a', 'b') +
          joint('y', 'b', 'c', `${limit}<mimic joint="x" multiplier="2" offset="1"/>`) +
          joint('z', 'c', 'd', `${limit}<mimic joint="y" multiplier="3" offset="-1"/>`),
      ),
    );
    expect(model.joints[2].mimic).toEqual({ joint: 0, multiplier: 6, offset: 2 });
  });

  it('a continuous joint needs no limits', () => {
    const model = read(robot(links('a', 'b') + joint('x', 'a', 'b', '', 'continuous')));
    expect(model.joints[0].limits).toMatchObject({ lower: -Infinity, upper: Infinity, acceleration: 15, jerk: 500 });
  });

  it('reads shapes, poses and inertia; links of spheres alone bring their spheres', () => {
    const model = read(
      robot(`<link name="a">
        <inertial><mass value="2"/><origin xyz="1 0 0"/><inertia ixx="1" ixy="0" ixz="0" iyy="2" iyz="0" izz="3"/></inertial>
        <collision><origin xyz="0 0 1"/><geometry><sphere radius="0.5"/></geometry></collision>
      </link><link name="b">
        <visual><geometry><mesh filename="package://x/b.dae" scale="1 1 2"/></geometry></visual>
        <collision><geometry><box size="1 2 3"/></geometry></collision>
        <collision><geometry><sphere radius="1"/></geometry></collision>
        <collision><geometry><cylinder radius="1" length="2"/></geometry></collision>
      </link>${joint('j', 'a', 'b')}`),
    );
    expect(model.links[0].inertial).toMatchObject({ massKg: 2, inertia: [1, 0, 0, 2, 0, 3] });
    expect(model.links[1].collision.map(({ shape }) => shape.kind)).toEqual(['box', 'sphere', 'cylinder']);
    expect(model.links[1].visual[0].shape).toMatchObject({ kind: 'mesh', uri: 'package://x/b.dae', scale: [1, 1, 2] });
    expect([...model.spheres.link]).toEqual([0]);
    expect([...model.spheres.sphere]).toEqual([0, 0, 1, 0.5]);
    expect(model.ignoredPairs).toEqual(new Set([1]));
  });

  it('collision meshes come from the given source, scaled', () => {
    const obj = new TextEncoder().encode('v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n');
    const text = robot(
      '<link name="a"><collision><geometry><mesh filename="a.obj" scale="2 2 2"/></geometry></collision></link>',
    );
    const { shape } = readUrdf(text, { path: 'r.urdf', meshes: () => obj }).links[0].collision[0];
    // Its scale is used up: who multiplies by it once more changes nothing.
    expect(shape).toMatchObject({
      kind: 'mesh',
      scale: [1, 1, 1],
      mesh: { vertices: Float32Array.of(0, 0, 0, 2, 0, 0, 0, 2, 0), triangles: Uint32Array.of(0, 1, 2) },
    });
    const mirrored = readUrdf(text.replace('2 2 2', '-1 1 1'), { path: 'r.urdf', meshes: new Map([['a.obj', obj]]) });
    expect(mirrored.links[0].collision[0].shape).toMatchObject({
      mesh: { vertices: Float32Array.of(-0, 0, 0, -1, 0, 0, -0, 1, 0), triangles: Uint32Array.of(0, 2, 1) },
    });
    const left = readUrdf(text, { path: 'r.urdf' }).links[0].collision[0].shape;
    expect(left).toEqual({ kind: 'mesh', uri: 'a.obj', scale: [2, 2, 2] });
    failsWith(
      () => readUrdf(text.replace('2 2 2', '1 1e7 1'), { path: 'r.urdf', meshes: () => obj }),
      'urdf/too-far',
      'a.obj',
    );
  });

  it('may be bytes, with or without a byte order mark', () => {
    const text = robot(links('base_\u00e4'));
    const bytes = new TextEncoder().encode(text);
    expect(readUrdf(bytes, { path: 'r.urdf' })).toEqual(read(text));
    expect(readUrdf(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes), { path: 'r.urdf' })).toEqual(read(text));
    failsWith(() => readUrdf(Uint8Array.of(0xff, ...bytes), { path: 'r.urdf' }), 'xml/encoding', 'UTF-8');
  });

  it('limits of acceleration and jerk may stand in it; the defaults of sliding joints are their own', () => {
    const text = robot(
      links('a', 'b', 'c', 'd') +
        joint('x', 'a', 'b', limit.replace('/>', ' acceleration="4" deceleration="3" jerk="20"/>')) +
        joint('y', 'b', 'c') +
        joint('z', 'c', 'd', limit, 'prismatic'),
    );
    expect(read(text).joints.map(({ limits: l }) => [l?.acceleration, l?.jerk])).toEqual([
      [3, 20],
      [15, 500],
      [1.5, 50],
    ]);
  });

  it('limits given beside it mend what it lacks', () => {
    const text = robot(
      links('a', 'b', 'c') +
        joint('x', 'a', 'b', '<limit lower="0" upper="0" velocity="0"/>') +
        joint('y', 'b', 'c', '', 'continuous'),
    );
    failsWith(() => read(text), 'urdf/joint-limits', 'x');
    const limits = readJointLimits('x: {upper: 2, velocity: 1}\ny: {lower: -4, upper: 4}', 'l.yaml');
    const model = readUrdf(text, { path: 'r.urdf', limits });
    expect(model.joints[0].limits).toMatchObject({ lower: 0, upper: 2, velocity: 1 });
    // With bounds at both ends it does not turn endlessly.
    expect(model.joints[1]).toMatchObject({ type: 'revolute', limits: { lower: -4, upper: 4 } });
    const other = readJointLimits('x: {upper: 2, velocity: 1}\nq: {jerk: 1}\nw: {jerk: 1}', 'l.yaml');
    failsWith(() => readUrdf(text, { path: 'r.urdf', limits: other }), 'limits/unknown-joint', 'q, w');
    const half = readJointLimits('x: {upper: 2, velocity: 1}\ny: {lower: -4}', 'l.yaml');
    failsWith(() => readUrdf(text, { path: 'r.urdf', limits: half }), 'urdf/joint-limits', 'one end');
  });

  it('visual meshes come where they are asked for, with the colours of materials', () => {
    const stl = (): Uint8Array =>
      new TextEncoder().encode(
        'solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid',
      );
    const visual = (material: string) => `<visual><geometry><mesh filename="a.stl"/></geometry>${material}</visual>`;
    const text = robot(
      `<material name="blue"><color rgba="0 0 1 0.5"/></material><link name="a">${visual('<material name="blue"/>')}${visual('<material name="x"><color rgba="2 0 0"/></material>')}${visual('<material name="y"><color rgba="red"/></material>')}</link>`,
    );
    const [link] = readUrdf(text, { path: 'r.urdf', visualMeshes: stl }).links;
    expect(link.visual.map(({ color }) => color)).toEqual([[0, 0, 1, 0.5], [1, 0, 0, 1], undefined]);
    expect(link.visual[0].shape).toMatchObject({ kind: 'mesh', mesh: { triangles: Uint32Array.of(0, 1, 2) } });
    expect(readUrdf(text, { path: 'r.urdf' }).links[0].visual[0].shape).not.toHaveProperty('mesh');
  });

  it('refuses a mesh of an unknown format', () => {
    const text = robot('<link name="a"><collision><geometry><mesh filename="a.ply"/></geometry></collision></link>');
    failsWith(() => readUrdf(text, { path: 'r.urdf', meshes: () => new Uint8Array(3) }), 'mesh/format', '.ply');
  });
});
