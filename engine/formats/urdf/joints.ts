import type { Vec3 } from '../../core/grid.ts';
import type { JointLimits, JointType, RobotJoint } from '../../core/robot.ts';
import type { XmlElement, XmlReader } from '../xml.ts';
import { readOrigin } from './geometry.ts';

/** A joint as the file has it: links and the joint it mimics by name. */
export interface UrdfJoint extends Omit<RobotJoint, 'parent' | 'child' | 'mimic'> {
  readonly element: XmlElement;
  readonly parentName: string;
  readonly childName: string;
  readonly mimicOf?: { readonly name: string; readonly multiplier: number; readonly offset: number };
}

/**
 * What a URDF does not hold: acceleration and jerk [rad/s^2, rad/s^3; m/s^2, m/s^3]. Turning joints take those of the
 * Franka Panda, sliding ones a tenth of them per metre of lever. A continuous joint without limits turns at most half a
 * turn a second.
 */
export const DEFAULT_LIMITS = {
  revolute: { velocity: Math.PI, acceleration: 15, jerk: 500 },
  prismatic: { velocity: 0.2, acceleration: 1.5, jerk: 50 },
} as const;

const MOVING: readonly string[] = ['revolute', 'continuous', 'prismatic'];

export function readJoint(xml: XmlReader, element: XmlElement): UrdfJoint {
  const name = xml.text(element, 'name');
  const type = xml.text(element, 'type');
  if (type !== 'fixed' && !MOVING.includes(type)) {
    throw xml.fault(
      element,
      'joint-type',
      `joint ${name} is of type ${JSON.stringify(type)}`,
      'supported types: revolute, continuous, prismatic, fixed',
    );
  }
  const linkOf = (role: 'parent' | 'child'): string => {
    const holder = xml.child(element, role);
    if (holder !== undefined) return xml.text(holder, 'link');
    throw xml.fault(element, 'joint-link', `joint ${name} has no ${role} link`, `give it a <${role} link="...">`);
  };
  const mimic = xml.child(element, 'mimic');
  const mimicOf =
    mimic === undefined || type === 'fixed'
      ? {}
      : {
          mimicOf: {
            name: xml.text(mimic, 'joint'),
            multiplier: xml.number(mimic, 'multiplier', 1),
            offset: xml.number(mimic, 'offset', 0),
          },
        };
  return {
    element,
    name,
    type: type as JointType,
    parentName: linkOf('parent'),
    childName: linkOf('child'),
    origin: readOrigin(xml, element),
    axis: type === 'fixed' ? [0, 0, 1] : readAxis(xml, element, name),
    ...(type === 'fixed' ? {} : { limits: readLimits(xml, element, name, type as JointType) }),
    ...mimicOf,
  };
}

function readAxis(xml: XmlReader, element: XmlElement, name: string): Vec3 {
  const holder = xml.child(element, 'axis');
  const [x, y, z] = holder === undefined ? [1, 0, 0] : xml.numbers(holder, 'xyz', 3, [1, 0, 0]);
  const length = Math.hypot(x, y, z);
  if (length > 1e-9) return [x / length, y / length, z / length];
  throw xml.fault(
    element,
    'joint-axis',
    `the axis of joint ${name} has length ${length}`,
    'give a direction, as 0 0 1',
  );
}

function readLimits(xml: XmlReader, element: XmlElement, name: string, type: JointType): JointLimits {
  const defaults = type === 'prismatic' ? DEFAULT_LIMITS.prismatic : DEFAULT_LIMITS.revolute;
  const holder = xml.child(element, 'limit');
  if (holder === undefined && type !== 'continuous') {
    throw xml.fault(
      element,
      'joint-limits',
      `joint ${name} has no limits`,
      'give it <limit lower upper velocity effort>',
    );
  }
  const read = (attribute: string, fallback: number): number =>
    holder === undefined ? fallback : xml.number(holder, attribute, fallback);
  const endless = type === 'continuous';
  const limits = {
    lower: endless ? Number.NEGATIVE_INFINITY : read('lower', 0),
    upper: endless ? Number.POSITIVE_INFINITY : read('upper', 0),
    velocity: read('velocity', defaults.velocity),
    acceleration: defaults.acceleration,
    jerk: defaults.jerk,
    effort: read('effort', Number.POSITIVE_INFINITY),
  };
  const reason = limitFault(limits);
  if (reason === undefined) return limits;
  throw xml.fault(
    holder ?? element,
    'joint-limits',
    `joint ${name}: ${reason}`,
    'correct the limits, or make the joint fixed',
  );
}

/** What is wrong with a joint's limits, or undefined. */
export function limitFault(l: JointLimits): string | undefined {
  if (!(l.lower < l.upper)) return `lower limit ${l.lower} is not below upper limit ${l.upper}`;
  for (const name of ['velocity', 'acceleration', 'jerk'] as const) {
    if (!(l[name] > 0 && Number.isFinite(l[name]))) return `${name} limit ${l[name]} is not above 0`;
  }
  if (!(l.effort >= 0)) return `effort limit ${l.effort} is negative`;
  return undefined;
}
