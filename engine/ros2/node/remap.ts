import { inputError } from '../../core/errors.ts';
import { checkNodeName, expandName, fullNamespace } from './names.ts';

interface Rule {
  readonly from: string;
  readonly to: string;
}

/** Remapping rules as `ros2 run ... --ros-args -r` takes them, for one node. */
export interface Remapping {
  readonly name: string;
  readonly namespace: string;
  /** The whole name that a name given by the user stands for. */
  resolve(name: string): string;
}

/**
 * @param rules `from:=to`, `__node:=name`, `__ns:=/space`, each for one node alone where `node:` stands before it
 * @throws IsocenterError `ros2/bad-remap`, `ros2/bad-name`
 */
export function createRemapping(name: string, namespace: string | undefined, rules: readonly string[]): Remapping {
  const parsed = rules.flatMap((rule) => parse(rule, name));
  const node = parsed.find(({ from }) => from === '__node' || from === '__name')?.to ?? name;
  const space = fullNamespace(parsed.find(({ from }) => from === '__ns')?.to ?? namespace);
  checkNodeName(node);
  const names = parsed
    .filter(({ from }) => !from.startsWith('__'))
    .map(({ from, to }) => ({ from: expandName(from, node, space), to: expandName(to, node, space) }));
  return {
    name: node,
    namespace: space,
    resolve: (given) => {
      const full = expandName(given, node, space);
      return names.find(({ from }) => from === full)?.to ?? full;
    },
  };
}

function parse(rule: string, node: string): Rule[] {
  const [left, to, ...rest] = rule.split(':=');
  if (to === undefined || to === '' || left === '' || rest.length > 0) {
    throw inputError(
      'ros2/bad-remap',
      `${JSON.stringify(rule)} is no remapping rule`,
      'write from:=to, as scan:=/robot/scan',
    );
  }
  // A rule for topics or services alone is taken for both.
  const from = left.replace(/(^|:)(rostopic|rosservice):\/\//, '$1');
  const colon = from.indexOf(':');
  if (colon < 0) return [{ from, to }];
  return from.slice(0, colon) === node ? [{ from: from.slice(colon + 1), to }] : [];
}
