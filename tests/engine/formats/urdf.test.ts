import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../engine/core/errors.ts';
import { activeNames } from '../../../engine/core/robot.ts';
import { readJointLimits, withLimits } from '../../../engine/formats/joint-limits.ts';
import { applySrdf, groupJoints, readSrdf } from '../../../engine/formats/srdf.ts';
import { readUrdf } from '../../../engine/formats/urdf/read.ts';
import { lockJoints } from '../../../planners/motion/robot/lock-joints.ts';
import { createWorkspace, pointOf, setConfiguration } from '../../../planners/motion/robot/workspace.ts';
import { failsWith } from '../../support/errors.ts';

const limit = '<limit lower="-1" upper="1" velocity="2" effort="5"/>';
const joint = (name: string, parent: string, child: string, inside = limit, type = 'revolute'): string =>
  `<joint name="${name}" type="${type}"><parent link="${parent}"/><child link="${child}"/>${inside}</joint>`;
const robot = (body: string): string => `<robot name="r">${body}</robot>`;
const links = (...names: readonly string[]): string => names.map((name) => `<link name="${name}"/>`).join('');
const read = (text: string) => readUrdf(text, { path: 'r.urdf' });

const gripper = robot(`
  ${links('finger', 'mirror', 'base', 'arm')}
  ${joint('right', 'arm', 'mirror', `${limit}<axis xyz="0 1 0"/><mimic joint="left" multiplier="-2" offset="0.1"/>`, 'prismatic')}
  ${joint('left', 'arm', 'finger', `<origin xyz="0 0 1"/><axis xyz="0 3 0"/>${limit}`, 'prismatic')}
  ${joint('lift', 'base', 'arm', `<origin xyz="1 2 3" rpy="0 0 1.5707963267948966"/><axis xyz="0 0 1"/>${limit}`)}`);

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
    expect(shape).toMatchObject({ kind: 'mesh', mesh: { vertices: Float32Array.of(0, 0, 0, 2, 0, 0, 0, 2, 0) } });
  });

  it.each<[string, string, string, string]>([
    ['broken XML', '<robot><link></robot>', 'xml/malformed', 'line 1'],
    ['text that is no XML', 'hello', 'xml/malformed', 'r.urdf'],
    ['nothing', '', 'xml/malformed', 'root element'],
    ['another document', '<svg/>', 'urdf/not-a-robot', 'svg'],
    ['a macro', robot('\n<xacro:macro name="x"/>'), 'urdf/xacro', 'line 2'],
    ['no link', robot(''), 'urdf/no-link', 'no link'],
    ['a link without a name', robot('<link/>'), 'urdf/missing-attribute', 'name'],
    ['two links of one name', robot(links('a', 'a')), 'urdf/duplicate-link', 'a'],
    [
      'two joints of one name',
      robot(links('a', 'b', 'c') + joint('j', 'a', 'b') + joint('j', 'b', 'c')),
      'urdf/duplicate-joint',
      'j',
    ],
    ['a missing link', robot(links('a') + joint('j', 'a', 'zz')), 'urdf/missing-link', 'zz'],
    [
      'two parents',
      robot(links('a', 'b', 'c') + joint('j', 'a', 'c') + joint('k', 'b', 'c')),
      'urdf/two-parents',
      'j and k',
    ],
    ['two roots', robot(links('a', 'b')), 'urdf/two-roots', 'a and b'],
    ['a circle', robot(links('a', 'b', 'c') + joint('j', 'b', 'c') + joint('k', 'c', 'b')), 'urdf/cycle', 'b, c'],
    [
      'a circle of all links',
      robot(links('b', 'c') + joint('j', 'b', 'c') + joint('k', 'c', 'b')),
      'urdf/cycle',
      'b, c',
    ],
    [
      'no parent',
      robot('<link name="a"/><joint name="j" type="fixed"><child link="a"/></joint>'),
      'urdf/joint-link',
      'parent',
    ],
    ['a planar joint', robot(links('a', 'b') + joint('j', 'a', 'b', limit, 'planar')), 'urdf/joint-type', 'planar'],
    [
      'a zero axis',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<axis xyz="0 0 0"/>`)),
      'urdf/joint-axis',
      'j',
    ],
    ['no limits', robot(links('a', 'b') + joint('j', 'a', 'b', '')), 'urdf/joint-limits', 'j'],
    [
      'inverted limits',
      robot(links('a', 'b') + joint('j', 'a', 'b', '<limit lower="1" upper="-1" velocity="1" effort="1"/>')),
      'urdf/joint-limits',
      'lower limit 1',
    ],
    [
      'equal limits',
      robot(links('a', 'b') + joint('j', 'a', 'b', '<limit lower="1" upper="1" velocity="1" effort="1"/>')),
      'urdf/joint-limits',
      'not below',
    ],
    [
      'zero velocity',
      robot(links('a', 'b') + joint('j', 'a', 'b', '<limit lower="0" upper="1" velocity="0" effort="1"/>')),
      'urdf/joint-limits',
      'velocity',
    ],
    [
      'NaN',
      robot(links('a', 'b') + joint('j', 'a', 'b', '<limit lower="NaN" upper="1" velocity="1" effort="1"/>')),
      'urdf/bad-number',
      'NaN',
    ],
    [
      'a number that is none',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<origin xyz="0 0 q"/>`)),
      'urdf/bad-number',
      '"q"',
    ],
    [
      'two numbers for three',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<origin xyz="0 0"/>`)),
      'urdf/bad-number',
      '2 values',
    ],
    [
      'an unknown mimic',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<mimic joint="q"/>`)),
      'urdf/mimic',
      'q',
    ],
    [
      'a mimic of itself',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<mimic joint="j"/>`)),
      'urdf/mimic',
      'itself',
    ],
    [
      'an unknown shape',
      robot('<link name="a"><collision><geometry><cone/></geometry></collision></link>'),
      'urdf/unsupported-geometry',
      'cone',
    ],
    [
      'a shape without size',
      robot('<link name="a"><collision><geometry><sphere/></geometry></collision></link>'),
      'urdf/missing-attribute',
      'radius',
    ],
    [
      'a negative size',
      robot('<link name="a"><collision><geometry><sphere radius="-1"/></geometry></collision></link>'),
      'urdf/bad-size',
      '-1',
    ],
    ['no geometry', robot('<link name="a"><collision/></link>'), 'urdf/no-geometry', 'geometry'],
  ])('refuses %s', (_, text, code, part) => {
    failsWith(() => read(text), code, part);
  });

  it('refuses a mesh of an unknown format', () => {
    const text = robot('<link name="a"><collision><geometry><mesh filename="a.dae"/></geometry></collision></link>');
    failsWith(() => readUrdf(text, { path: 'r.urdf', meshes: () => new Uint8Array(3) }), 'mesh/format', '.dae');
  });
});

describe('an SRDF', () => {
  const model = read(
    robot(links('a', 'b', 'c', 'd') + joint('x', 'a', 'b') + joint('y', 'b', 'c') + joint('z', 'c', 'd')),
  );
  const srdf = readSrdf(
    `<robot name="r"><group name="arm"><chain base_link="a" tip_link="c"/></group>
      <group name="all"><group name="arm"/><joint name="z"/></group>
      <group_state group="arm" name="home"><joint name="x" value="0.5"/></group_state>
      <disable_collisions link1="d" link2="a" reason="Never"/></robot>`,
    'r.srdf',
  );

  it('names groups and states and leaves pairs out', () => {
    expect(groupJoints(model, srdf, 'arm')).toEqual(['x', 'y']);
    expect(groupJoints(model, srdf, 'all')).toEqual(['x', 'y', 'z']);
    expect(srdf.states).toEqual([{ group: 'arm', name: 'home', positions: { x: 0.5 } }]);
    expect(model.ignoredPairs.has(3)).toBe(false);
    expect(applySrdf(model, srdf).ignoredPairs.has(3)).toBe(true);
  });

  it('refuses what the robot lacks', () => {
    const other = readSrdf('<robot><disable_collisions link1="a" link2="q"/></robot>', 'q.srdf');
    failsWith(() => applySrdf(model, other), 'srdf/unknown-link', 'q');
    failsWith(() => groupJoints(model, srdf, 'legs'), 'srdf/group', 'legs');
    const circle = readSrdf('<robot><group name="g"><group name="g"/></group></robot>', 'q.srdf');
    failsWith(() => groupJoints(model, circle, 'g'), 'srdf/group', 'itself');
    const backwards = readSrdf('<robot><group name="g"><chain base_link="c" tip_link="a"/></group></robot>', 'q.srdf');
    failsWith(() => groupJoints(model, backwards, 'g'), 'srdf/group', 'does not hang');
  });
});

describe('joint limits', () => {
  const model = read(gripper);

  it('from a file stand in for those of the URDF', () => {
    expect(readJointLimits('joint_limits: {default: {jerk: 100}}', 'l.yaml').others).toEqual({ jerk: 100 });
    const limited = withLimits(
      model,
      readJointLimits('default: {jerk: 100}\nlift: {acceleration: 3, jerk: 30}', 'l.yaml'),
    );
    expect(limited.joints.map(({ limits }) => limits?.jerk)).toEqual([30, 100, 100]);
    expect(limited.joints[0].limits).toMatchObject({ acceleration: 3, velocity: 2 });
  });

  it('are refused where they make no sense', () => {
    failsWith(() => withLimits(model, readJointLimits('nope: {jerk: 1}', 'l.yaml')), 'limits/unknown-joint', 'nope');
    failsWith(() => withLimits(model, readJointLimits('lift: {jerk: 0}', 'l.yaml')), 'limits/invalid', 'jerk');
    failsWith(() => readJointLimits('lift: {snap: 1}', 'l.yaml'), 'limits/unknown-field', 'snap');
    failsWith(() => readJointLimits('lift: {jerk: fast}', 'l.yaml'), 'limits/not-a-number', 'fast');
    failsWith(() => readJointLimits('a: [', 'l.yaml'), 'limits/malformed', 'line');
  });

  it('locked joints stand still where they were told to', () => {
    const locked = lockJoints(model, { left: 0.25 });
    expect(activeNames(locked)).toEqual(['lift']);
    const p = new Float64Array(3);
    const q = new Float64Array(3);
    const [a, b] = [createWorkspace(model), createWorkspace(locked)];
    setConfiguration(a, [0.4, 0.25]);
    setConfiguration(b, [0.4]);
    for (const link of [2, 3]) {
      pointOf(a, link, [0.1, 0.2, 0.3], p);
      pointOf(b, link, [0.1, 0.2, 0.3], q);
      for (let i = 0; i < 3; i++) expect(q[i]).toBeCloseTo(p[i], 14);
    }
    expect(() => lockJoints(model, { right: 0 })).toThrow(IsocenterError);
  });
});
