import { CdrInput } from './cdr-input.ts';
import { CdrOutput } from './cdr-output.ts';
import type { Codec } from './codec.ts';
import { messageFromJson, messageToJson, zeroMessage } from './json.ts';
import { ddsNameOf } from './names.ts';
import type { Structure } from './structure.ts';
import { joinTexts } from './text.ts';
import { typeHash } from './type-hash.ts';
import type { MessageType, RosMessage } from './types.ts';

/** The output that the next encoding takes; absent while one is at work (a getter in a message may encode another). */
let spare: CdrOutput | undefined = new CdrOutput();

/**
 * @param structures the type's own first, and all that it is made of
 * @param codec of the type
 */
export function messageType(structures: readonly Structure[], codec: Codec): MessageType {
  const [own] = structures;
  const { name } = own;
  const byName = new Map(structures.map((structure) => [structure.name, structure]));
  const structureOf = (part: string): Structure => byName.get(part) as Structure;
  const text = once(() => joinTexts(structures));
  const hash = once(() => typeHash(structures));
  return {
    name,
    ddsName: ddsNameOf(name),
    definitions: structures.map((structure) => ({ name: structure.name, definitions: [...structure.definitions] })),
    get text() {
      return text();
    },
    get hash() {
      return hash();
    },
    encode(value) {
      const output = spare ?? new CdrOutput();
      spare = undefined;
      output.start(name);
      try {
        codec.write(output, value);
        return output.finish();
      } finally {
        spare = output;
      }
    },
    decode: (bytes) => codec.read(new CdrInput(bytes, name)) as RosMessage,
    zero: () => zeroMessage(own, structureOf),
    fromJson: (value) => messageFromJson(value, own, structureOf),
    toJson: (value) => messageToJson(value, own, structureOf),
  };
}

/** A function that works once and remembers. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
