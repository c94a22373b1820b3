import { inputError } from '../../core/errors.ts';

/** What an interface is: its folder in a package. */
export type InterfaceKind = 'msg' | 'srv' | 'action';

export interface InterfaceName {
  readonly packageName: string;
  readonly kind: InterfaceKind;
  readonly typeName: string;
}

const NAME = /^([a-z][a-z0-9_]*)\/(?:(msg|srv|action)\/)?([A-Z][A-Za-z0-9_]*)$/;

/**
 * The full name: `std_msgs/String` is `std_msgs/msg/String` where a message is meant.
 *
 * @param kind of names that do not say it
 * @throws IsocenterError `ros2/name` for what is no name of an interface
 */
export function fullName(name: string, kind: InterfaceKind): string {
  const parts = NAME.exec(name);
  if (parts === null) throw badName(name);
  return `${parts[1]}/${parts[2] ?? kind}/${parts[3]}`;
}

/** The parts of a full name. */
export function splitName(name: string): InterfaceName {
  const parts = NAME.exec(name);
  if (parts?.[2] === undefined) throw badName(name);
  return { packageName: parts[1], kind: parts[2] as InterfaceKind, typeName: parts[3] };
}

/** `sensor_msgs/msg/JointState` on the wire: `sensor_msgs::msg::dds_::JointState_`. */
export function ddsNameOf(name: string): string {
  const { packageName, kind, typeName } = splitName(name);
  return `${packageName}::${kind}::dds_::${typeName}_`;
}

/** The ROS name of a type on the wire; undefined where it is none. */
export function nameOfDds(ddsName: string): string | undefined {
  const parts = /^([a-z][a-z0-9_]*)::(msg|srv|action)::dds_::([A-Z][A-Za-z0-9_]*)_$/.exec(ddsName);
  return parts === null ? undefined : `${parts[1]}/${parts[2]}/${parts[3]}`;
}

/** Name of a type as texts of definitions have it: `sensor_msgs/JointState`, with its folder where that is not `msg`. */
export function textName(name: string): string {
  return name.replace('/msg/', '/');
}

/** Those of `known` that are most like `name`, best first. */
export function nearestNames(name: string, known: readonly string[], count = 3): string[] {
  const target = name.toLowerCase();
  return known
    .map((candidate) => ({ candidate, distance: editDistance(target, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      row.push(Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + change));
    }
    previous = row;
  }
  return previous[b.length];
}

function badName(name: string): Error {
  return inputError(
    'ros2/name',
    `'${name.slice(0, 120)}' is no name of an interface`,
    'write package/msg/Type, as in sensor_msgs/msg/JointState (or /srv/, /action/)',
  );
}
