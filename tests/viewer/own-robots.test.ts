import { expect, it } from 'vitest';
import { knownRobots } from '../../planners/motion/robot/own-robots.ts';
import { builtinRobot, builtinTip } from '../../planners/motion/robot/registry.ts';
import { forgetRobot, ownRobots, robotName, takeRobot } from '../../viewer/guide/own-robots.ts';

it('a robot that is removed leaves its place to one that ships, and its name to nobody', () => {
  const read = {
    model: { ...builtinRobot('ur5e'), name: 'arm' },
    tips: [builtinTip.ur5e],
    stand: new Float64Array(6),
    notes: [],
  };
  takeRobot(read);
  takeRobot(read);
  expect([...ownRobots.value.keys()]).toEqual(['arm', 'arm 2']);
  expect(robotName.value).toBe('arm 2');
  forgetRobot('arm');
  expect([[...ownRobots.value.keys()], robotName.value]).toEqual([['arm 2'], 'arm 2']);
  forgetRobot('arm 2');
  forgetRobot('psm');
  expect([ownRobots.value.size, robotName.value, knownRobots()[0]]).toEqual([0, 'psm', 'ecm']);
  takeRobot(read);
  expect([...ownRobots.value.keys()]).toEqual(['arm 3']);
});
