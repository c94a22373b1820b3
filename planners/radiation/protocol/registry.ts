import { inputError } from '../../../engine/core/errors.ts';
import { protocolJson } from '../../generated/data.ts';
import { type Protocol, readProtocol } from './protocol.ts';

export const builtinProtocolNames: readonly string[] = Object.keys(protocolJson);

/** A protocol that ships with isocenter. */
export function builtinProtocol(name: string): Protocol {
  const text = protocolJson[name];
  if (text === undefined) {
    throw inputError(
      'protocol/unknown',
      `there is no built-in protocol ${name}`,
      `choose one of ${builtinProtocolNames.join(', ')}, or give a protocol file`,
    );
  }
  return readProtocol(text, `built-in protocol ${name}`);
}
