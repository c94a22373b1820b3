import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import { readYaml } from '../../engine/formats/yaml.ts';
import { readTextInput } from './files.ts';

/** A file of aliases: `their name: protocol name`, one a line (YAML). */
export async function loadAliases(
  path: string | undefined,
): Promise<{ aliases: ReadonlyMap<string, string>; inputs: readonly InputRecord[] }> {
  if (path === undefined) return { aliases: new Map(), inputs: [] };
  const hint = 'a YAML file with lines such as `Cord: SpinalCord`';
  const { text, record } = await readTextInput(path, 'aliases', hint);
  const value = readYaml(text, path, 'aliases').value;
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isMap ? Object.entries(value) : [];
  const odd = entries.find(([, ours]) => typeof ours !== 'string');
  if (!isMap || odd !== undefined) {
    const what = odd === undefined ? 'it is no list of names' : `${JSON.stringify(odd[0])} leads to no name`;
    throw inputError('aliases/not-names', `${path}: ${what}`, hint);
  }
  return { aliases: new Map(entries as [string, string][]), inputs: [record] };
}
