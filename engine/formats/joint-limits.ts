import { inputError } from '../core/errors.ts';
import type { JointLimits, RobotModel } from '../core/robot.ts';
import { limitFault } from './urdf/joints.ts';
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
export function readJointLimits(text: string, path: string): JointLimitsFile {
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

/** The model with other limits. A joint that the robot lacks, or a limit that makes no sense, is an error. */
export function withLimits(model: RobotModel, file: JointLimitsFile): RobotModel {
  const moving = new Set(model.joints.filter((joint) => joint.limits !== undefined).map((joint) => joint.name));
  for (const name of Object.keys(file.joints)) {
    if (moving.has(name)) continue;
    throw inputError(
      'limits/unknown-joint',
      `${file.path}: robot ${model.name} has no moving joint ${name}`,
      `its joints: ${[...moving].join(', ')}`,
    );
  }
  const joints = model.joints.map((joint) => {
    if (joint.limits === undefined) return joint;
    const limits = { ...joint.limits, ...file.others, ...file.joints[joint.name] };
    const reason = limitFault(limits);
    if (reason === undefined) return { ...joint, limits };
    throw inputError('limits/invalid', `${file.path}: joint ${joint.name}: ${reason}`, 'correct the limits file');
  });
  return { ...model, joints };
}
