import { pairKey } from '../../core/link-pairs.ts';
import type { RobotModel } from '../../core/robot.ts';
import type { Scene } from '../../core/scene.ts';
import type { YamlValue } from '../yaml.ts';

/** Pairs of names that a moveit_msgs/AllowedCollisionMatrix lets touch, each once. */
export function readAllowed(matrix: YamlValue): [string, string][] {
  const names = matrix
    .get('entry_names')
    .list()
    .map((name) => name.name());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw matrix.fault('matrix', `entry_names has ${twice} twice`, 'name each once');
  const rows = matrix.get('entry_values').list();
  const fault = (at: YamlValue, count: number): Error =>
    at.fault(
      'matrix',
      `${count} entries for ${names.length} names`,
      'give the matrix a row and a column for each name',
    );
  if (rows.length !== names.length) throw fault(matrix.get('entry_values'), rows.length);
  const values = rows.map((row) => {
    const entries = (Array.isArray(row.value) ? row : row.get('enabled')).list();
    if (entries.length !== names.length) throw fault(row, entries.length);
    return entries.map((entry) => entry.flag());
  });
  for (const byDefault of matrix.get('default_entry_values').list()) {
    if (!byDefault.flag()) continue;
    throw byDefault.fault('matrix', 'defaults that allow contact are not supported', 'give the pairs in entry_values');
  }
  const allowed: [string, string][] = [];
  for (let i = 0; i < names.length; i++) {
    for (let j = i + 1; j < names.length; j++) if (values[i][j] && values[j][i]) allowed.push([names[i], names[j]]);
  }
  return allowed;
}

/**
 * The robot without checks between the links that a scene lets touch. Links and obstacles that it lets touch are found by
 * whoever checks them ({@link allowedContacts}). Names that are neither have no effect, as in MoveIt.
 */
export function applyAllowed(model: RobotModel, scene: Scene): RobotModel {
  const index = new Map(model.links.map((link, l) => [link.name, l]));
  const ignoredPairs = new Set(model.ignoredPairs);
  for (const [a, b] of scene.allowed ?? []) {
    const [linkA, linkB] = [index.get(a), index.get(b)];
    if (linkA !== undefined && linkB !== undefined) ignoredPairs.add(pairKey(model.links.length, linkA, linkB));
  }
  return { ...model, ignoredPairs };
}
