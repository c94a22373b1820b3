import type { InputRecord } from '../../engine/core/provenance.ts';
import { defaultHlut, type Hlut, parseHlut } from '../../engine/formats/hlut.ts';
import { readTextInput } from './files.ts';

/** A Hounsfield look-up table from a file; the built-in one where `path` is left out. */
export async function loadHlut(path: string | undefined): Promise<{ hlut: Hlut; input: InputRecord }> {
  if (path === undefined) return { hlut: defaultHlut, input: { role: 'hlut', name: defaultHlut.name, sha256: null } };
  const hint = 'give a file of two columns, HU and relative electron density';
  const { text, record } = await readTextInput(path, 'hlut', hint);
  return { hlut: parseHlut(text, path), input: record };
}
