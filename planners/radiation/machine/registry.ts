import { inputError } from '../../../engine/core/errors.ts';
import { machineJson } from '../../generated/data.ts';
import { type BeamModel, parseBeamModel } from './model.ts';

export const builtinMachineNames: readonly string[] = Object.keys(machineJson);

/** A machine that ships with isocenter. */
export function builtinMachine(name: string): BeamModel {
  const text = machineJson[name];
  if (text === undefined) {
    throw inputError(
      'machine/unknown',
      `there is no built-in machine ${name}`,
      `choose one of ${builtinMachineNames.join(', ')}, or give a machine file written by isocenter machine commission`,
    );
  }
  return parseBeamModel(text, `built-in machine ${name}`);
}
