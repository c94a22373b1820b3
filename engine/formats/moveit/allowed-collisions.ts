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

export interface AllowedCollisions {
  /** Without checks between the links that the scene lets touch. */
  readonly model: RobotModel;
  /** Pairs of a link and an obstacle that the scene lets touch: planning keeps them apart all the same. */
  readonly keptApart: readonly { readonly link: string; readonly obstacle: string }[];
}

/** Applies a scene's allowed pairs to a robot. Names that are neither links nor obstacles have no effect, as in MoveIt. */
export function applyAllowed(model: RobotModel, scene: Scene): AllowedCollisions {
  const index = new Map(model.links.map((link, l) => [link.name, l]));
  const obstacles = new Set(scene.obstacles.map(({ name }) => name));
  const ignoredPairs = new Set(model.ignoredPairs);
  const keptApart: { link: string; obstacle: string }[] = [];
  for (const [a, b] of scene.allowed ?? []) {
    const [linkA, linkB] = [index.get(a), index.get(b)];
    if (linkA !== undefined && linkB !== undefined) ignoredPairs.add(pairKey(model.links.length, linkA, linkB));
    else if (linkA !== undefined && obstacles.has(b)) keptApart.push({ link: a, obstacle: b });
    else if (linkB !== undefined && obstacles.has(a)) keptApart.push({ link: b, obstacle: a });
  }
  return { model: { ...model, ignoredPairs }, keptApart };
}
