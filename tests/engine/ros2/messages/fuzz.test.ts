import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../../engine/core/errors.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import type { MessageType } from '../../../../engine/ros2/messages/types.ts';
import { createRandom, type Random, randomMessage } from './random-message.ts';

const SEED = 20260;
const MUTATIONS = 100_000;

describe('decode', () => {
  // A hang or a huge allocation runs into the time limit.
  it(`answers ${MUTATIONS} damaged messages with a value or an error of ours (seed ${SEED})`, {
    timeout: 120_000,
  }, () => {
    const registry = createInterfaceRegistry({ distro: 'kilted' });
    const random = createRandom(SEED);
    const samples = registry.names('msg').flatMap((name) => {
      const type = registry.message(name);
      return [0, 1].map(() => ({ type, bytes: type.encode(randomMessage(type, random, { ascii: true })) }));
    });
    let refused = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const { type, bytes } = samples[Math.floor(random() * samples.length)];
      const damaged = damage(bytes, random);
      if (!decodes(type, damaged, i)) refused++;
    }
    // Both must happen, or the damage is none.
    expect(refused).toBeGreaterThan(MUTATIONS / 10);
    expect(refused).toBeLessThan((9 * MUTATIONS) / 10);
  });

  it('makes no more of a message than its bytes hold: the smallest entries, as many as fit', () => {
    const registry = createInterfaceRegistry();
    registry.add('p/msg/Nothing', '', 'Nothing.msg');
    registry.add('p/msg/Many', 'Nothing[] many', 'Many.msg');
    const type = registry.message('p/Many');
    const bytes = new Uint8Array(8 + 1000);
    bytes[1] = 1;
    new DataView(bytes.buffer).setUint32(4, 1000, true);
    expect(type.decode(bytes).many).toHaveLength(1000);
    new DataView(bytes.buffer).setUint32(4, 1001, true);
    expect(() => type.decode(bytes)).toThrow(expect.objectContaining({ code: 'ros2/cdr' }));
  });
});

function decodes(type: MessageType, bytes: Uint8Array, round: number): boolean {
  try {
    const value = type.decode(bytes);
    expect(typeof value).toBe('object');
    return true;
  } catch (error) {
    if (error instanceof IsocenterError && error.code === 'ros2/cdr') return false;
    throw new Error(`round ${round}, ${type.name}, ${Buffer.from(bytes).toString('hex')}`, { cause: error });
  }
}

/** Flips bits, sets lengths, cuts, repeats and joins: one to four of them. */
function damage(original: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = original.slice();
  const at = (): number => Math.floor(random() * bytes.length);
  for (let n = Math.ceil(4 * random()); n > 0 && bytes.length > 4; n--) {
    const how = random();
    if (how < 0.35) bytes[at()] ^= 1 << Math.floor(8 * random());
    else if (how < 0.6) {
      const lengths = [0, 1, 0x7fffffff, 0xffffffff, 0x10000, bytes.length];
      const place = Math.min(at() & ~3, bytes.length - 4);
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(
        place,
        lengths[Math.floor(random() * lengths.length)],
        random() < 0.9,
      );
    } else if (how < 0.75) bytes = bytes.slice(0, at());
    else if (how < 0.9) bytes[at()] = Math.floor(256 * random());
    else bytes = Buffer.concat([bytes.subarray(0, at()), bytes.subarray(at())]);
  }
  return bytes;
}
