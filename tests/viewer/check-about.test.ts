import { expect, it } from 'vitest';
import { activeNames } from '../../engine/core/robot.ts';
import { builtinRobot, builtinTip } from '../../planners/motion/robot/registry.ts';
import { checkAbout } from '../../viewer/guide/check-about.ts';
import { failsWith } from '../support/errors.ts';

it('a robot that the page does not know, or knows otherwise, is refused in words', () => {
  const about = {
    robot: 'ur5e',
    isSimulated: true,
    joints: activeNames(builtinRobot('ur5e')),
    tip: builtinTip.ur5e,
    rateHz: 1000,
    keepOuts: [],
    shapes: [],
  };
  expect(() => checkAbout(about)).not.toThrow();
  for (const robot of ['my_arm', 'constructor']) {
    failsWith(() => checkAbout({ ...about, robot }), 'guide/unknown-robot', robot);
  }
  failsWith(() => checkAbout({ ...about, joints: ['a'] }), 'guide/other-robot', 'joints: those of ur5e are');
  failsWith(() => checkAbout({ ...about, tip: 'foot' }), 'guide/other-robot', 'no link foot');
  failsWith(() => checkAbout({ ...about, tool: { link: 'x', lengthM: 1 } }), 'guide/other-robot', 'no link x');
});
