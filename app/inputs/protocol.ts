import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import { protocolJson } from '../../planners/generated/data.ts';
import { type Protocol, readProtocol } from '../../planners/radiation/protocol/protocol.ts';
import { builtinProtocolNames } from '../../planners/radiation/protocol/registry.ts';
import { phantomProtocols } from '../../sim/phantoms/registry.ts';
import { readTextInput, sha256 } from './files.ts';
import { looksLikeFile } from './named.ts';
import type { LoadedPatient } from './patient.ts';

/** A protocol by its built-in name or from a file; the one that fits the patient where `name` is left out. */
export async function loadProtocol(
  name: string | undefined,
  { patient, kind }: LoadedPatient,
): Promise<{ protocol: Protocol; input: InputRecord }> {
  const own = {
    openkbp: 'head-neck-openkbp',
    phantom: phantomProtocols[patient.id],
    dicom: undefined,
    volumes: undefined,
  };
  const wanted = name ?? own[kind];
  const hint = `built-in protocols: ${builtinProtocolNames.join(', ')}; or give a protocol file`;
  if (wanted === undefined) {
    const who =
      kind !== 'phantom' ? `patient ${patient.id} names none` : `phantom ${patient.id} has no protocol of its own`;
    throw inputError('protocol/none', `no protocol was given, and ${who}`, `give --protocol; ${hint}`);
  }
  if (Object.hasOwn(protocolJson, wanted)) {
    const text = protocolJson[wanted];
    const input = { role: 'protocol', name: wanted, sha256: sha256(text) };
    return { protocol: readProtocol(text, `built-in protocol ${wanted}`), input };
  }
  if (!looksLikeFile(wanted)) throw inputError('protocol/unknown', `there is no protocol ${wanted}`, hint);
  const { text, record } = await readTextInput(wanted, 'protocol', hint);
  return { protocol: readProtocol(text, wanted), input: record };
}
