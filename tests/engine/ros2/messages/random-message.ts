import type { MessageDefinition, MessageDefinitionField } from '@foxglove/message-definition';
import type { MessageType, RosMessage } from '../../../../engine/ros2/messages/types.ts';

export type Random = () => number;

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A value of a type, as decoding would make it, from its definitions alone. */
export function randomMessage(type: MessageType, random: Random, options: { ascii?: boolean } = {}): RosMessage {
  const byName = new Map(type.definitions.map((definition) => [definition.name, definition]));
  const { ascii = false } = options;
  const alphabet = ascii ? 'abc_/ 1Z' : 'abc_/ 1Zäß€漢𝄞';
  const text = (max: number): string => {
    const characters = [...alphabet];
    const length = Math.floor(random() * Math.min(12, max / 4));
    return Array.from({ length }, () => characters[Math.floor(random() * characters.length)]).join('');
  };

  const structure = (definition: MessageDefinition): RosMessage =>
    Object.fromEntries(definition.definitions.filter((f) => f.isConstant !== true).map((f) => [f.name, field(f)]));

  function field(f: MessageDefinitionField): unknown {
    if (f.isArray !== true) return one(f);
    const count =
      f.arrayLength ?? Math.floor(random() * Math.min(f.isComplex === true ? 4 : 40, (f.arrayUpperBound ?? 39) + 1));
    const entries = Array.from({ length: count }, () => one(f));
    const Make = ARRAYS[f.type];
    return Make === undefined ? entries : Make.from(entries as never);
  }

  function one(f: MessageDefinitionField): unknown {
    if (f.isComplex === true) return structure(byName.get(f.type) as MessageDefinition);
    if (f.type === 'bool') return random() < 0.5;
    if (f.type === 'string' || f.type === 'wstring') return text(f.upperBound ?? 100);
    if (f.type === 'float64') return (random() - 0.5) * 1e6;
    if (f.type === 'float32') return Math.fround((random() - 0.5) * 1e6);
    const signed = f.type.startsWith('int');
    const bits = Number(f.type.replace(/\D/g, ''));
    const word = (BigInt(Math.floor(random() * 2 ** 32)) << 32n) | BigInt(Math.floor(random() * 2 ** 32));
    const integer = signed ? BigInt.asIntN(bits, word) : BigInt.asUintN(bits, word);
    return bits === 64 ? integer : Number(integer);
  }

  return structure(type.definitions[0]);
}

const ARRAYS: Readonly<Record<string, { from(entries: never): unknown }>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
};
