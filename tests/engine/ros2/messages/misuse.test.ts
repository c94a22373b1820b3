import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../../engine/core/errors.ts';
import { loadInterfaces } from '../../../../engine/ros2/messages/load.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import type { RosMessage } from '../../../../engine/ros2/messages/types.ts';
import { createRandom, type Random, randomMessage } from './random-message.ts';

const JUNK: readonly unknown[] = [
  null,
  undefined,
  true,
  '',
  'text\0',
  '\ud800',
  -1,
  0.5,
  2 ** 53,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -(2n ** 63n),
  2n ** 64n,
  [],
  [[]],
  [null, undefined],
  {},
  { x: {} },
  new Uint8Array(3),
  new Float32Array(7),
  new BigInt64Array(2),
  new DataView(new ArrayBuffer(4)),
  new Date(0),
  () => 0,
  Symbol.iterator,
  new Map([['x', 1]]),
];

describe('what is not meant', () => {
  it('as values to encode is refused, or decodes to what encodes the same (20,000 values, seed 51)', () => {
    const registry = createInterfaceRegistry();
    const random = createRandom(51);
    const names = registry.names('msg');
    let refused = 0;
    for (let i = 0; i < 20_000; i++) {
      const type = registry.message(names[Math.floor(random() * names.length)]);
      const value = spoiled(randomMessage(type, random), random);
      try {
        const bytes = type.encode(value);
        expect(Buffer.from(type.encode(type.decode(bytes))).equals(bytes), type.name).toBe(true);
      } catch (error) {
        if (!(error instanceof IsocenterError) || error.code !== 'ros2/message') {
          throw new Error(`value ${i} of ${type.name}`, { cause: error });
        }
        expect(error.message.startsWith(type.name)).toBe(true);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(5000);
  });

  it('as definitions is refused with file and line, or works (4,000 texts, seed 52)', () => {
    const registry = createInterfaceRegistry();
    const random = createRandom(52);
    const texts = registry.names('msg').map((name) => registry.message(name).text.split('====')[0]);
    let [refused, taken] = [0, 0];
    for (let i = 0; i < 4000; i++) {
      const text = scrambled(texts[Math.floor(random() * texts.length)], random);
      try {
        loadInterfaces(registry, [{ path: 'p/msg/A.msg', text }]);
        const type = registry.message('p/A');
        expect(type.decode(type.encode(type.zero()))).toBeTypeOf('object');
        expect(type.hash).toMatch(/^RIHS01_/);
        taken++;
      } catch (error) {
        if (!(error instanceof IsocenterError) || error.code !== 'ros2/definition') {
          throw new Error(`text ${i}: ${JSON.stringify(text)}`, { cause: error });
        }
        expect(error.message).toMatch(/^p\/msg\/A\.msg:\d+: /);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(500);
    expect(taken).toBeGreaterThan(100);
  });
});

/** One field, at any depth, is junk; or there is one more. */
function spoiled(message: RosMessage, random: Random): RosMessage {
  const junk = JUNK[Math.floor(random() * JUNK.length)];
  const keys = Object.keys(message);
  if (keys.length === 0 || random() < 0.05) return { ...message, extra: junk };
  const key = keys[Math.floor(random() * keys.length)];
  const value = message[key];
  if (random() < 0.6 && typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    if (!Array.isArray(value)) return { ...message, [key]: spoiled(value as RosMessage, random) };
    const at = Math.floor(random() * (value.length + 1));
    return { ...message, [key]: [...value.slice(0, at), junk, ...value.slice(at + 1)] };
  }
  return { ...message, [key]: junk };
}

function scrambled(text: string, random: Random): string {
  const pieces = [
    '[',
    ']',
    '<=',
    '=',
    '#',
    '"',
    '\n',
    ' ',
    '-',
    '1',
    '999999999999',
    'byte ',
    'A',
    '/',
    '_',
    '\0',
    '---\n',
    'p/A a\n',
    '[9999999] ',
    'é',
  ];
  let result = text;
  for (let n = Math.ceil(random() * 2); n > 0; n--) {
    const at = Math.floor(random() * result.length);
    const cut = random() < 0.5 ? Math.floor(random() * 6) : 0;
    result = result.slice(0, at) + pieces[Math.floor(random() * pieces.length)] + result.slice(at + cut);
  }
  return result;
}
