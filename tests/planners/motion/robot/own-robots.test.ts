import { expect, it } from 'vitest';
import { readSrdf } from '../../../../engine/formats/srdf.ts';
import { createCollisionReference, isFree } from '../../../../planners/motion/collision/reference.ts';
import { robotFromUrdf } from '../../../../planners/motion/robot/from-urdf.ts';
import {
  addRobot,
  knownRobots,
  removeRobot,
  robotNamed,
  tipNamed,
  tipsOf,
} from '../../../../planners/motion/robot/own-robots.ts';
import { builtinRobot, remoteCentreM } from '../../../../planners/motion/robot/registry.ts';
import { standOf } from '../../../../planners/motion/robot/stand.ts';
import { whereItStands } from '../../../../sim/robots/stand.ts';
import { collada } from '../../../engine/formats/mesh/collada.ts';
import { failsWith } from '../../../support/errors.ts';

const mesh = (uri: string): string => `<geometry><mesh filename="${uri}"/></geometry>`;
const joint = (name: string, child: string, type = 'revolute'): string =>
  `<joint name="${name}" type="${type}"><parent link="base"/><child link="${child}"/><axis xyz="0 0 1"/><limit lower="-1" upper="1" velocity="1" effort="1"/></joint>`;
const text = `<robot name="own"><link name="base"><collision>${mesh('package://own/base.dae')}</collision></link>
<link name="camera"/><link name="hand"><collision>${mesh('package://own/hand.stl')}</collision></link>
${joint('fixed', 'camera', 'fixed')}${joint('turn', 'hand')}</robot>`;

it('a URDF whose collision meshes are missing names them all', () => {
  const options = { text, path: 'own.urdf' };
  failsWith(
    () => robotFromUrdf({ ...options, meshes: () => undefined }),
    'robot/mesh-missing',
    'base.dae, package://own/hand.stl',
  );
});

it('a robot of the user is known by its name from then on, in the place of none that ships', () => {
  const solid = new TextEncoder().encode(
    collada({
      positions: [0, 0, 0, 0.1, 0, 0, 0, 0.1, 0, 0, 0, 0.1],
      faces: [{ kind: 'triangles', inner: '<p>0 0 2 0 1 0 0 0 1 0 3 0 1 0 2 0 3 0 0 0 3 0 2 0</p>' }],
    }),
  );
  const made = robotFromUrdf({ text: text.replace('hand.stl', 'hand.dae'), path: 'own.urdf', meshes: () => solid });
  expect(made.model.spheres.link.length).toBeGreaterThan(1);
  expect(made.notes).toHaveLength(2);
  expect([...standOf(made.model, undefined)]).toEqual([0]);
  expect(tipsOf(made.model)).toEqual(['hand', 'camera']);
  failsWith(() => addRobot({ name: 'own', model: made.model, tip: 'foot' }), 'robot/tip', 'foot');
  failsWith(() => addRobot({ name: 'psm', model: made.model, tip: 'hand' }), 'robot/name', 'psm');
  failsWith(() => robotNamed('own'), 'robot/unknown', 'own');
  // As another thread gets it.
  addRobot(structuredClone({ name: 'own', model: made.model, tip: 'hand' }));
  expect(robotNamed('own')).toEqual(made.model);
  expect(tipNamed('own')).toBe('hand');
  expect(robotNamed('psm')).toBe(builtinRobot('psm'));
  expect(knownRobots().slice(0, 2)).toEqual(['own', 'ecm']);
  // Names that objects have by themselves are names as any.
  for (const name of ['constructor', '__proto__', 'toString']) {
    failsWith(() => robotNamed(name), 'robot/unknown', name);
    failsWith(() => tipNamed(name), 'robot/unknown', name);
    addRobot({ name, model: made.model, tip: 'hand' });
    expect(tipNamed(name)).toBe('hand');
    expect([...whereItStands(name, new Float64Array([0.5]))]).toEqual([0.5]);
    removeRobot(name);
    failsWith(() => tipNamed(name), 'robot/unknown', name);
  }
  removeRobot('own');
  removeRobot('psm');
  expect(knownRobots()).not.toContain('own');
  expect(tipNamed('psm')).toBe('tool_tip_link');
});

it('only arms that ship with a remote centre of their mechanism have one, whatever others are called', () => {
  for (const name of ['psm', 'psm-si', 'ecm']) expect(remoteCentreM(name)).toEqual([0, 0, 0]);
  for (const name of ['ur5e', 'psm_holder', 'psm 2', 'ecm2']) expect(remoteCentreM(name)).toBeUndefined();
});

it('a robot that would lie in itself at zero stands elsewhere: where its SRDF says, or amid its limits', () => {
  const ball = (radius: number): string => `<collision><geometry><sphere radius="${radius}"/></geometry></collision>`;
  const link = (name: string, inner = ''): string => `<link name="${name}">${inner}</link>`;
  const turn = (name: string, from: string, to: string, x: number, lower: number): string =>
    `<joint name="${name}" type="revolute"><parent link="${from}"/><child link="${to}"/><origin xyz="${x} 0 0"/><axis xyz="0 0 1"/><limit lower="${lower}" upper="3" velocity="1" effort="1"/></joint>`;
  // Folded back at zero: the hand is where the base is.
  const folded = `<robot name="folded">${link('base', ball(0.1))}${link('arm')}${link('hand', ball(0.1))}${link('tool_tip')}
${turn('shoulder', 'base', 'arm', 0.5, -3)}${turn('elbow', 'arm', 'hand', -0.5, -1)}
<joint name="fixed" type="fixed"><parent link="hand"/><child link="tool_tip"/></joint></robot>`;
  const srdf = readSrdf(
    '<robot name="folded"><group name="all"><joint name="shoulder"/><joint name="elbow"/></group><group_state group="all" name="odd"><joint name="shoulder" value="0.01"/></group_state><group_state group="all" name="ready"><joint name="shoulder" value="1.5"/></group_state></robot>',
    'folded.srdf',
  );
  const { model } = robotFromUrdf({ text: folded, path: 'folded.urdf', srdf });
  expect([...standOf(model, srdf)]).toEqual([1.5, 0]);
  const nothing = { obstacles: [] };
  const lonely = standOf(model, undefined);
  expect(isFree(createCollisionReference(model, nothing), [0, 0])).toBe(false);
  expect(isFree(createCollisionReference(model, nothing), lonely)).toBe(true);
  addRobot({ name: 'folded', model, tip: tipsOf(model)[0], stand: standOf(model, srdf) });
  expect([...whereItStands('folded', new Float64Array(2))]).toEqual([1.5, 0]);
});
