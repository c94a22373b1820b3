import { inputError } from '../../engine/core/errors.ts';
import { activeLimits, activeNames } from '../../engine/core/robot.ts';
import { robotNamed, standNamed } from '../../planners/motion/robot/own-robots.ts';

/** Joints of robots that could not move freely from zero [rad or m]: tools half in, arms bent. */
const STANDS: ReadonlyMap<string, ArrayLike<number>> = new Map([
  ['ur5e', [0, -1.57, 1.57, -1.57, -1.57, 0]],
  ['kuka', [0, 0.43, 0, -1.24, 0, 1.47, 0]],
]);
/** The same for arms of the da Vinci, whose other joints stand at rest [m]. */
const INSERTION_M: ReadonlyMap<string, number> = new Map([
  ['psm', 0.12],
  ['psm-si', 0.12],
  ['ecm', 0.12],
]);

/** [joints] where a simulated robot stands at first: `rest`, but for what would hinder it. */
export function whereItStands(robot: string, rest: Float64Array): Float64Array {
  const model = robotNamed(robot);
  const limits = activeLimits(model);
  const stand = standNamed(robot) ?? STANDS.get(robot);
  const insertionM = INSERTION_M.get(robot);
  return Float64Array.from(activeNames(model), (name, i) => {
    const q = stand?.[i] ?? (insertionM !== undefined && /insertion/.test(name) ? insertionM : rest[i]);
    if (q >= limits[i].lower && q <= limits[i].upper) return q;
    throw inputError('robot/stand', `joint ${name} at ${q} is outside its limits`, 'please report this');
  });
}
