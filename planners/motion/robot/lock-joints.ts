import { inputError } from '../../../engine/core/errors.ts';
import { compose, type Transform } from '../../../engine/core/frames.ts';
import { adjacentPairs } from '../../../engine/core/link-pairs.ts';
import type { RobotJoint, RobotModel } from '../../../engine/core/robot.ts';
import { createWorkspace, setConfiguration } from './workspace.ts';

/**
 * The model with some joints held at a position [rad or m] (the fingers of a gripper, the other arm): they become fixed,
 * and joints that mimic them too.
 *
 * @throws IsocenterError `motion/unknown-joint` for a name that is no moving joint, `motion/lock-position` for a position
 * outside the joint's limits
 */
export function lockJoints(model: RobotModel, positions: Readonly<Record<string, number>>): RobotModel {
  for (const [name, position] of Object.entries(positions)) {
    const joint = model.active.map((j) => model.joints[j]).find((candidate) => candidate.name === name);
    if (joint !== undefined) {
      refuseOutside(model, joint, position);
      continue;
    }
    throw inputError(
      'motion/unknown-joint',
      `robot ${model.name} has no joint ${name} that moves by itself`,
      `its joints: ${model.active.map((j) => model.joints[j].name).join(', ')}`,
    );
  }
  const joints = model.joints.map((joint): RobotJoint => {
    const lead = joint.mimic === undefined ? joint : model.joints[joint.mimic.joint];
    const held = Object.hasOwn(positions, lead.name) ? positions[lead.name] : undefined;
    if (held === undefined || joint.type === 'fixed') return joint;
    const position = joint.mimic === undefined ? held : joint.mimic.multiplier * held + joint.mimic.offset;
    const { name, parent, child, axis } = joint;
    return { name, type: 'fixed', parent, child, axis, origin: compose(joint.origin, movedBy(joint, position)) };
  });
  const active = model.active.filter((j) => joints[j].type !== 'fixed');
  const pairs = adjacentPairs({ links: model.links, joints });
  return { ...model, joints, active, ignoredPairs: new Set([...model.ignoredPairs, ...pairs]) };
}

function refuseOutside(model: RobotModel, { name, type, limits }: RobotJoint, position: number): void {
  const [lower, upper] = [limits?.lower ?? Number.NEGATIVE_INFINITY, limits?.upper ?? Number.POSITIVE_INFINITY];
  if (Number.isFinite(position) && position >= lower && position <= upper) return;
  const unit = type === 'prismatic' ? 'm' : 'rad';
  throw inputError(
    'motion/lock-position',
    `joint ${name} of robot ${model.name} is to be held at ${position} ${unit}, outside ${lower} to ${upper} ${unit}`,
    'hold it at a position inside its limits',
  );
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
