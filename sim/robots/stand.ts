import { inputError } from '../../engine/core/errors.ts';
import { activeLimits, activeNames } from '../../engine/core/robot.ts';
import { robotNamed } from '../../planners/motion/robot/own-robots.ts';

/** Joints of robots that could not move freely from zero [rad or m]: tools half in, arms bent. */
const STANDS: Readonly<Record<string, readonly number[] | Readonly<Record<string, number>>>> = {
  psm: { insertion: 0.12 },
  'psm-si': { insertion: 0.12 },
  ecm: { insertion: 0.12 },
  ur5e: [0, -1.57, 1.57, -1.57, -1.57, 0],
  kuka: [0, 0.43, 0, -1.24, 0, 1.47, 0],
};

/** [joints] where a simulated robot stands at first: `rest`, but for what would hinder it. */
export function whereItStands(robot: string, rest: Float64Array): Float64Array {
  const model = robotNamed(robot);
  const limits = activeLimits(model);
  const stand = STANDS[robot] ?? {};
  return Float64Array.from(activeNames(model), (name, i) => {
    const q = Array.isArray(stand)
      ? stand[i]
      : ((stand as Readonly<Record<string, number>>)[shortName(name)] ?? rest[i]);
    if (q >= limits[i].lower && q <= limits[i].upper) return q;
    throw inputError('robot/stand', `joint ${name} at ${q} is outside its limits`, 'please report this');
  });
}

/** `insertion` for the insertion of any arm of the da Vinci. */
function shortName(name: string): string {
  return /insertion/.test(name) ? 'insertion' : name;
}
