import { inputError } from '../core/errors.ts';
import type { JointLimits, RobotModel } from '../core/robot.ts';
import { limitFault, withBounds } from './urdf/joints.ts';
import { readYaml } from './yaml.ts';

const FIELDS = ['lower', 'upper', 'velocity', 'acceleration', 'jerk', 'effort'] as const;

/** Limits that stand beside a URDF: for joints by name, and under `default` for all others. */
export interface JointLimitsFile {
  readonly path: string;
  readonly joints: Readonly<Record<string, Partial<JointLimits>>>;
  readonly others: Partial<JointLimits>;
}

/**
 * Reads joint limits from YAML: `joint_name: {velocity: 2, acceleration: 15, jerk: 500}` [rad or m, s], `default:` for all
 * joints that are not named; a top level `joint_limits:` may hold it all.
 */
export function readJointLimits(text: string | Uint8Array, path: string): JointLimitsFile {
  const root = readYaml(text, path, 'limits');
  const body = root.get('joint_limits').missing ? root : root.get('joint_limits');
  const read = body.entries().map(([name, value]) => {
    const limits: Record<string, number> = {};
    for (const [field, number] of value.entries()) {
      if (!FIELDS.includes(field as (typeof FIELDS)[number])) {
        throw value.fault('unknown-field', `there is no limit ${field}`, `limits are ${FIELDS.join(', ')}`);
      }
      limits[field] = number.number();
    }
    return [name, limits as Partial<JointLimits>] as const;
  });
  const joints = Object.fromEntries(read.filter(([name]) => name !== 'default'));
  return { path, joints, others: read.find(([name]) => name === 'default')?.[1] ?? {} };
}

/** What the file says of a joint: its own limits before those of all others. */
export function limitsOf(file: JointLimitsFile | undefined, joint: string): Partial<JointLimits> {
  if (file === undefined) return {};
  return { ...file.others, ...(Object.hasOwn(file.joints, joint) ? file.joints[joint] : {}) };
}

/** @throws IsocenterError `limits/unknown-joint` with the names that are no moving joints of the robot */
export function refuseUnknownJoints(model: Pick<RobotModel, 'name' | 'joints'>, file: JointLimitsFile): void {
  const moving = new Set(model.joints.filter((joint) => joint.limits !== undefined).map((joint) => joint.name));
  const unknown = Object.keys(file.joints).filter((name) => !moving.has(name));
  if (unknown.length === 0) return;
  throw inputError(
    'limits/unknown-joint',
    `${file.path}: robot ${model.name} has no moving joint ${unknown.join(', ')}`,
    `its moving joints: ${[...moving].join(', ') || 'none'}`,
  );
}

/**
 * The model with other limits. A continuous joint that gets bounds is a revolute one from then on.
 *
 * @throws IsocenterError `limits/unknown-joint`, and `limits/invalid` for limits that make no sense
 */
export function withLimits(model: RobotModel, file: JointLimitsFile): RobotModel {
  refuseUnknownJoints(model, file);
  const joints = model.joints.map((joint) => {
    if (joint.limits === undefined) return joint;
    const bounded = withBounds(joint.type, { ...joint.limits, ...limitsOf(file, joint.name) });
    const reason = limitFault(bounded.limits);
    if (reason === undefined) return { ...joint, ...bounded };
    throw inputError('limits/invalid', `${file.path}: joint ${joint.name}: ${reason}`, 'correct the limits file');
  });
  return { ...model, joints };
}
