import type { Vec3 } from '../core/grid.ts';
import type { ToolSpec } from '../core/tool.ts';
import { FARTHEST_M } from './extent.ts';
import { readYaml, type YamlValue } from './yaml.ts';

/** The fields of a tool file, with the unit in the name or without. */
const FIELDS: readonly (readonly string[])[] = [
  ['link'],
  ['lengthM', 'length'],
  ['originM', 'origin'],
  ['axis', 'shaftAxis'],
  ['tipM', 'tip'],
  ['radiusM', 'radius'],
];

/**
 * Reads a tool file: `link: panda_hand`, `lengthM: 0.3`, and where the defaults do not fit `originM`, `axis` and `tipM`, each
 * [x, y, z] in the link's frame; `radiusM` where the shaft is to be kept clear of things. Lengths in metres, whether the name says so
 * (`lengthM`) or not (`length`).
 *
 * @throws IsocenterError `tool/...`
 */
export function readTool(text: string | Uint8Array, path: string): ToolSpec {
  const root = readYaml(text, path, 'tool');
  for (const [name, value] of root.entries()) {
    if (FIELDS.some((names) => names.includes(name))) continue;
    const known = FIELDS.map(([first]) => first).join(', ');
    throw value.fault('unknown-field', `a tool has no ${name}`, `a tool has ${known}`);
  }
  const [link, length, origin, axis, tip, radius] = FIELDS.map((names) => {
    const given = names.filter((name) => !root.get(name).missing);
    if (given.length < 2) return root.get(given[0] ?? names[0]);
    throw root.get(given[1]).fault('twice', `this is ${given[0]} once more`, 'leave one of the two out');
  });
  const lengthM = length.number();
  if (!(lengthM > 0 && lengthM <= FARTHEST_M)) {
    throw length.fault('bad-size', `the shaft is ${lengthM} m long`, 'give a length above 0, in metres');
  }
  return {
    link: link.name(),
    lengthM,
    ...(origin.missing ? {} : { originM: origin.position() }),
    ...(axis.missing ? {} : { axis: readAxis(axis) }),
    ...(tip.missing ? {} : { tipM: tip.position() }),
    ...(radius.missing ? {} : { radiusM: readRadius(radius, lengthM) }),
  };
}

function readRadius(radius: YamlValue, lengthM: number): number {
  const radiusM = radius.number();
  if (radiusM > 0 && radiusM <= lengthM) return radiusM;
  throw radius.fault(
    'bad-size',
    `the shaft has a radius of ${radiusM} m and a length of ${lengthM} m`,
    'give a radius above 0 and at most the length, in metres, or leave it out',
  );
}

function readAxis(axis: YamlValue): Vec3 {
  const [x, y, z] = axis.coordinates(['x', 'y', 'z']);
  const length = Math.hypot(x, y, z);
  if (length > 1e-9 && Number.isFinite(length)) return [x / length, y / length, z / length];
  throw axis.fault('bad-axis', `the axis has length ${length}`, 'give a direction, as [0, 0, 1]');
}
