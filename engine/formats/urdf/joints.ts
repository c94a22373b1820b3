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
 * What a URDF need not hold: acceleration and jerk [rad/s^2, rad/s^3; m/s^2, m/s^3]. Turning joints take those of the
 * Franka Panda, sliding ones what these are at a lever of 0.1 m. The velocity is that of a continuous joint without limits:
 * half a turn a second.
 */
export const DEFAULT_LIMITS = {
  revolute: { velocity: Math.PI, acceleration: 15, jerk: 500 },
  prismatic: { acceleration: 1.5, jerk: 50 },
} as const;

const MOVING: readonly string[] = ['revolute', 'continuous', 'prismatic'];

/** @param limitsOf limits that go before those of the file, by the joint's name */
export function readJoint(
  xml: XmlReader,
  element: XmlElement,
  limitsOf: (name: string) => Partial<JointLimits>,
): UrdfJoint {
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
    ...mimicOf,
    ...(type === 'fixed' ? {} : boundedJoint(xml, element, type as JointType, name, limitsOf(name))),
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

/** Type and limits of a moving joint; `given` goes before what the file says. */
function boundedJoint(
  xml: XmlReader,
  element: XmlElement,
  type: JointType,
  name: string,
  given: Partial<JointLimits>,
): { type: JointType; limits: JointLimits } {
  const holder = xml.child(element, 'limit');
  const { limits, type: limited } = withBounds(type, { ...readLimits(xml, holder, type), ...given });
  const reason = limitFault(limits);
  if (reason === undefined) return { type: limited, limits };
  throw xml.fault(
    holder ?? element,
    'joint-limits',
    `joint ${name}: ${reason}`,
    'give it <limit lower upper velocity effort>, or name its limits in a limits file',
  );
}

/** NaN stands for what must be there and is not. */
function readLimits(xml: XmlReader, holder: XmlElement | undefined, type: JointType): JointLimits {
  const prismatic = type === 'prismatic';
  const defaults = prismatic ? DEFAULT_LIMITS.prismatic : DEFAULT_LIMITS.revolute;
  const read = (attribute: string, fallback: number): number =>
    holder === undefined ? fallback : xml.number(holder, attribute, fallback);
  const endless = type === 'continuous';
  const missing = holder === undefined ? Number.NaN : 0;
  const acceleration = read('acceleration', defaults.acceleration);
  return {
    lower: endless ? Number.NEGATIVE_INFINITY : read('lower', missing),
    upper: endless ? Number.POSITIVE_INFINITY : read('upper', missing),
    velocity: read('velocity', endless && holder === undefined ? DEFAULT_LIMITS.revolute.velocity : Number.NaN),
    acceleration: Math.min(acceleration, read('deceleration', acceleration)),
    jerk: read('jerk', defaults.jerk),
    effort: read('effort', Number.POSITIVE_INFINITY),
  };
}

/** A continuous joint with bounds at both ends is a revolute one. */
export function withBounds(type: JointType, limits: JointLimits): { type: JointType; limits: JointLimits } {
  const bounded = Number.isFinite(limits.lower) && Number.isFinite(limits.upper);
  return { type: type === 'continuous' && bounded ? 'revolute' : type, limits };
}

/** What is wrong with a joint's limits, or undefined. */
export function limitFault(l: JointLimits): string | undefined {
  if (Number.isNaN(l.lower) || Number.isNaN(l.upper)) return 'there is no lower or no upper limit';
  if (!(l.lower < l.upper)) return `lower limit ${l.lower} is not below upper limit ${l.upper}`;
  if (Number.isFinite(l.lower) !== Number.isFinite(l.upper)) return `it is bounded at one end alone`;
  for (const name of ['velocity', 'acceleration', 'jerk'] as const) {
    if (Number.isNaN(l[name])) return `there is no ${name} limit`;
    if (!(l[name] > 0 && Number.isFinite(l[name]))) return `${name} limit ${l[name]} is not above 0`;
  }
  if (!(l.effort >= 0)) return `effort limit ${l.effort} is negative`;
  return undefined;
}
