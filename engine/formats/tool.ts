import type { ToolSpec } from '../core/tool.ts';
import { readYaml } from './yaml.ts';

const FIELDS = ['link', 'origin', 'axis', 'length', 'tip'];

/**
 * Reads a tool file: `link: panda_hand`, `length: 0.3`, and where the defaults do not fit `origin`, `axis` and `tip`, each
 * [x, y, z] in the link's frame; lengths in metres.
 *
 * @throws IsocenterError `tool/...`
 */
export function readTool(text: string, path: string): ToolSpec {
  const root = readYaml(text, path, 'tool');
  for (const [name, value] of root.entries()) {
    if (!FIELDS.includes(name)) {
      throw value.fault('unknown-field', `a tool has no ${name}`, `a tool has ${FIELDS.join(', ')}`);
    }
  }
  const lengthM = root.get('length').number();
  if (!(lengthM > 0)) {
    throw root.get('length').fault('bad-size', `the shaft is ${lengthM} m long`, 'give a length above 0, in metres');
  }
  const origin = root.get('origin');
  const axis = root.get('axis');
  const tip = root.get('tip');
  if (!axis.missing && Math.hypot(...axis.point()) < 1e-9) {
    throw axis.fault('bad-axis', 'the axis has length 0', 'give a direction, as [0, 0, 1]');
  }
  return {
    link: root.get('link').text(),
    lengthM,
    ...(origin.missing ? {} : { originM: origin.point() }),
    ...(axis.missing ? {} : { axis: axis.point() }),
    ...(tip.missing ? {} : { tipM: tip.point() }),
  };
}
