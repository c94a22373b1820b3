import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import { machineJson } from '../../planners/generated/data.ts';
import { type BeamModel, parseBeamModel } from '../../planners/radiation/machine/model.ts';
import { builtinMachineNames } from '../../planners/radiation/machine/registry.ts';
import { readTextInput, sha256 } from './files.ts';
import { looksLikeFile } from './named.ts';

/** A machine by its built-in name or from a file of `isocenter machine commission`. */
export async function loadMachine(name: string): Promise<{ model: BeamModel; input: InputRecord }> {
  const hint = `built-in machines: ${builtinMachineNames.join(', ')}; or give a file written by isocenter machine commission`;
  if (Object.hasOwn(machineJson, name)) {
    const text = machineJson[name];
    const input = { role: 'machine', name, sha256: sha256(text) };
    return { model: parseBeamModel(text, `built-in machine ${name}`), input };
  }
  if (!looksLikeFile(name)) throw inputError('machine/unknown', `there is no machine ${name}`, hint);
  const { text, record } = await readTextInput(name, 'machine', hint);
  return { model: parseBeamModel(text, name), input: record };
}
