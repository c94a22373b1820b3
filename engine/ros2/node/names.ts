import { inputError } from '../../core/errors.ts';

/** DDS takes names of topics up to 255 bytes; ROS keeps 8 of them for its prefix and suffix. */
const LONGEST = 247;

/**
 * Checks the name of a topic, service or action as a user gives it: relative, absolute or private (`~/name`).
 *
 * @throws IsocenterError `ros2/bad-name`
 */
export function checkName(name: string): void {
  if (name === '') throw bad(name, 'is empty');
  if (name.length > LONGEST) throw bad(name, `has ${name.length} characters, ${LONGEST} are the limit`);
  if (name.endsWith('/') && name !== '/') throw bad(name, 'ends in a slash');
  if (name.includes('//')) throw bad(name, 'has two slashes in a row');
  if (name.includes('~') && !/^~(\/|$)/.test(name))
    throw bad(name, 'has a ~ that is not its beginning, before a slash');
  const tokens = name.replace(/^~?\/?/, '').split('/');
  if (name !== '~' && tokens.length === 1 && tokens[0] === '') throw bad(name, 'has no name behind the slash');
  for (const token of tokens) {
    if (token === '' && name === '~') continue;
    if (/^\d/.test(token)) throw bad(name, `has a part that begins with a digit: ${token}`);
    if (!/^[A-Za-z0-9_]+$/.test(token)) throw bad(name, `has characters other than letters, digits and _ in ${token}`);
  }
}

/** Checks a name that is whole: `/robot/joint_states`. */
export function checkFullName(name: string): void {
  if (!name.startsWith('/')) throw bad(name, 'does not begin with a slash');
  checkName(name);
}

/** @throws IsocenterError `ros2/bad-name` */
export function checkNodeName(name: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.length <= 255) return;
  throw inputError(
    'ros2/bad-name',
    `${JSON.stringify(name)} is no name of a node`,
    'use letters, digits and _, not a digit first, 255 characters at most',
  );
}

/** The namespace with its slash in front; `/` for none. */
export function fullNamespace(namespace: string | undefined): string {
  const full =
    namespace === undefined || namespace === '' ? '/' : namespace.startsWith('/') ? namespace : `/${namespace}`;
  if (full !== '/') checkFullName(full);
  return full;
}

export function join(namespace: string, name: string): string {
  return namespace === '/' ? `/${name}` : `${namespace}/${name}`;
}

/** The whole name of what a node calls `name`, before remapping; `{node}`, `{ns}` and `{namespace}` stand for the node's own. */
export function expandName(name: string, node: string, namespace: string): string {
  const own = { node, ns: namespace, namespace };
  const filled = name.replace(/\{([^{}]*)\}/g, (braces, key: string) => own[key as keyof typeof own] ?? braces);
  // A name that begins with the namespace `/` begins with two slashes otherwise.
  const given = filled === name ? name : filled.replace(/\/\/+/g, '/');
  checkName(given);
  if (given.startsWith('/')) return given;
  if (given.startsWith('~')) return given === '~' ? join(namespace, node) : join(namespace, node) + given.slice(1);
  return join(namespace, given);
}

function bad(name: string, what: string): Error {
  return inputError(
    'ros2/bad-name',
    `the name ${JSON.stringify(name)} ${what}`,
    'names are like joint_states, /robot/joint_states or ~/state',
  );
}
