import { describe, expect, it } from 'vitest';
import { applySrdf, groupJoints, readSrdf } from '../../../engine/formats/srdf.ts';
import { readUrdf } from '../../../engine/formats/urdf/read.ts';
import { failsWith } from '../../support/errors.ts';
import { joint, links, robot } from '../../support/urdf.ts';

const read = (text: string) => readUrdf(text, { path: 'r.urdf' });

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

  it('links without checks, and pairs that are checked all the same', () => {
    const other = readSrdf(
      `<robot><disable_default_collisions link="d"/><enable_collisions link1="d" link2="a"/>
        <enable_collisions link1="a" link2="b"/></robot>`,
      'q.srdf',
    );
    // Of a, b, c, d: d with b and c is left out, and b with c by their joint.
    expect([...applySrdf(model, other).ignoredPairs].sort((a, b) => a - b)).toEqual([6, 7, 11]);
  });

  it('names virtual joints and end effectors; a state holds joints of one axis alone', () => {
    const other = readSrdf(
      `<robot><virtual_joint name="v" type="planar" parent_frame="odom" child_link="a"/><group name="empty"/>
        <group name="g"><joint name="v"/><joint name="x"/><link name="a"/><link name="d"/></group>
        <group_state name="s" group="g"><joint name="v" value="0 0 0"/><joint name="y" value="1"/></group_state>
        <end_effector name="e" group="g" parent_link="c" parent_group="arm"/></robot>`,
      'q.srdf',
    );
    expect(other.virtualJoints).toEqual([{ name: 'v', type: 'planar', parentFrame: 'odom', childLink: 'a' }]);
    expect(other.endEffectors).toEqual([{ name: 'e', group: 'g', parentLink: 'c', parentGroup: 'arm' }]);
    expect(other.states[0].positions).toEqual({ y: 1 });
    expect(groupJoints(model, other, 'g')).toEqual(['x', 'z']);
    expect(groupJoints(model, other, 'empty')).toEqual([]);
  });

  it('refuses files that are none', () => {
    failsWith(
      () => readSrdf('<robot><group name="g"/><group name="g"/></robot>', 'q.srdf'),
      'srdf/duplicate-group',
      'g',
    );
    failsWith(() => readSrdf('<robot><group/></robot>', 'q.srdf'), 'srdf/missing-attribute', 'line 1');
    failsWith(() => readSrdf('<svg/>', 'q.srdf'), 'srdf/not-a-robot', 'svg');
    failsWith(
      () =>
        readSrdf('<robot><group_state name="s" group="g"><joint name="x" value="a"/></group_state></robot>', 'q.srdf'),
      'srdf/bad-number',
      '"a"',
    );
  });

  it('refuses what the robot lacks', () => {
    const other = readSrdf('<robot><disable_collisions link1="p" link2="q"/></robot>', 'q.srdf');
    failsWith(() => applySrdf(model, other), 'srdf/unknown-link', 'p, q');
    failsWith(() => groupJoints(model, srdf, 'legs'), 'srdf/group', 'legs');
    const circle = readSrdf('<robot><group name="g"><group name="g"/></group></robot>', 'q.srdf');
    failsWith(() => groupJoints(model, circle, 'g'), 'srdf/group', 'itself');
    const backwards = readSrdf('<robot><group name="g"><chain base_link="c" tip_link="a"/></group></robot>', 'q.srdf');
    failsWith(() => groupJoints(model, backwards, 'g'), 'srdf/group', 'does not hang');
  });
});
