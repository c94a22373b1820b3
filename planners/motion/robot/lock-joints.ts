import { inputError } from '../../../engine/core/errors.ts';
import { compose, type Transform } from '../../../engine/core/frames.ts';
import { adjacentPairs } from '../../../engine/core/link-pairs.ts';
import type { RobotJoint, RobotModel } from '../../../engine/core/robot.ts';
import { createWorkspace, setConfiguration } from './workspace.ts';

/**
 * The model with some joints held at a position [rad or m] (the fingers of a gripper, the other arm): they become fixed,
 * and joints that mimic them too.
 *
 * @throws IsocenterError `motion/unknown-joint` for a name that is no moving joint
 */
export function lockJoints(model: RobotModel, positions: Readonly<Record<string, number>>): RobotModel {
  for (const name of Object.keys(positions)) {
    if (model.active.some((j) => model.joints[j].name === name)) continue;
    throw inputError(
      'motion/unknown-joint',
      `robot ${model.name} has no joint ${name} that moves by itself`,
      `its joints: ${model.active.map((j) => model.joints[j].name).join(', ')}`,
    );
  }
  const joints = model.joints.map((joint): RobotJoint => {
    const lead = joint.mimic === undefined ? joint : model.joints[joint.mimic.joint];
    const held = positions[lead.name];
    if (held === undefined || joint.type === 'fixed') return joint;
    const position = joint.mimic === undefined ? held : joint.mimic.multiplier * held + joint.mimic.offset;
    const { name, parent, child, axis } = joint;
    return { name, type: 'fixed', parent, child, axis, origin: compose(joint.origin, movedBy(joint, position)) };
  });
  const active = model.active.filter((j) => joints[j].type !== 'fixed');
  const pairs = adjacentPairs({ links: model.links, joints });
  return { ...model, joints, active, ignoredPairs: new Set([...model.ignoredPairs, ...pairs]) };
}

/** What a joint at a position adds to its origin. */
function movedBy(joint: RobotJoint, position: number): Transform {
  const origin = new Float64Array(16);
  origin[0] = origin[5] = origin[10] = origin[15] = 1;
  const { mimic: _, ...alone } = { ...joint, parent: 0, child: 1, origin };
  const link = { name: '', visual: [], collision: [] };
  const space = createWorkspace({
    name: '',
    links: [link, link],
    joints: [alone],
    active: [0],
    spheres: { link: new Uint16Array(0), sphere: new Float64Array(0) },
    ignoredPairs: new Set(),
  });
  setConfiguration(space, [position]);
  return space.linkPoses.slice(16, 32);
}
