import { describe, expect, it } from 'vitest';
import { installedCodec } from '../../../app/ros2/mcap-file.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import { CODECS, LARGEST_CHUNK, openCodec } from '../../../engine/ros2/mcap/codec.ts';
import { type RecordedMessage, Recording } from '../../../engine/ros2/mcap/recording.ts';
import { createInterfaceRegistry } from '../../../engine/ros2/messages/registry.ts';
import { jointStates, type McapForm, makeMcap, pack, readableOf } from '../../support/mcap.ts';

const states = jointStates(['a', 'b', 'c'], 20, 50);
const make = (form: McapForm) => makeMcap(states, { chunkBytes: 8192, ...form });

async function played(bytes: Uint8Array, codecs = installedCodec): Promise<RecordedMessage[]> {
  const opened = await Recording.open(readableOf(bytes), 'run.mcap', createInterfaceRegistry(), codecs);
  const seen: RecordedMessage[] = [];
  await opened.play({ speed: 0, startSec: 0, signal: new AbortController().signal }, (message) => {
    seen.push(message);
    return true;
  });
  return seen;
}

describe.each(CODECS)('a recording compressed by %s', (compression) => {
  it('holds what it would hold uncompressed', async () => {
    const bytes = await make({ compression });
    const plain = await make({});
    expect(bytes.length).toBeLessThan(0.7 * plain.length);
    expect(await played(bytes)).toEqual(await played(plain));
  });

  it('loads what unpacks it, and nothing else', async () => {
    const asked: string[] = [];
    await played(await make({ compression }), (name) => {
      asked.push(name);
      return installedCodec(name);
    });
    expect(asked).toEqual([compression]);
  });

  it('says so where what unpacks it cannot be had', async () => {
    const gone = played(await make({ compression }), () => Promise.reject(new Error('404')));
    await expect(gone).rejects.toMatchObject({ code: 'ros2/codec', message: expect.stringContaining('404') });
  });

  it.each([1, 2, 3])('damaged anywhere (seed %i), ends in words and lets the next one be played', async (seed) => {
    const random = seededRandom(seed);
    const whole = await make({ compression });
    for (let n = 0; n < 40; n++) {
      const damage = damages[n % damages.length];
      let chunks = 0;
      const bytes = await make({ compression, damage: (packed) => (chunks++ === 1 ? damage(packed, random) : packed) });
      // A byte that no one reads may have been hit; else it is told, with the file's name.
      const outcome = await played(bytes).catch((error: unknown) => error);
      if (Array.isArray(outcome)) expect(outcome).toHaveLength(states.length);
      else expect(outcome).toMatchObject({ code: 'ros2/bad-mcap', message: expect.stringContaining('run.mcap') });
    }
    expect(await played(whole)).toHaveLength(states.length);
  });

  it('refuses a chunk that claims too much before it makes room for it', async () => {
    const unpack = await openCodec(compression, installedCodec);
    expect(() => unpack(Uint8Array.of(1, 2, 3), BigInt(LARGEST_CHUNK) + 1n)).toThrow(/larger than/);
    expect(() => unpack(Uint8Array.of(1, 2, 3), 2n ** 63n)).toThrow(/larger than/);
  });

  it('refuses a chunk that claims more than its bytes can say', async () => {
    const unpack = await openCodec(compression, installedCodec);
    const packed = new Uint8Array(1000);
    expect(() => unpack(packed, BigInt(LARGEST_CHUNK))).toThrow(/1000 bytes of .* do not unpack to/);
    // As dense as it gets.
    const bytes = new Uint8Array(1 << 20);
    const unpacked = unpack(await pack(compression, bytes), BigInt(bytes.length));
    expect(unpacked.length === bytes.length && unpacked.every((byte) => byte === 0)).toBe(true);
  });

  it('goes on after a chunk that was not whole', async () => {
    const unpack = await openCodec(compression, installedCodec);
    const bytes = Uint8Array.from({ length: 100_000 }, (_, n) => n >> 5);
    const packed = await pack(compression, bytes);
    expect(() => unpack(packed.subarray(0, packed.length >> 1), BigInt(bytes.length))).toThrow(/damaged/);
    expect(() => unpack(packed, BigInt(bytes.length - 1))).toThrow(/damaged/);
    expect(() => unpack(packed, BigInt(bytes.length + 1))).toThrow(/damaged/);
    expect(unpack(packed, BigInt(bytes.length))).toEqual(bytes);
  });
});

it('a compression that nobody knows is named', async () => {
  const refused = played(await make({ compression: 'brotli' }));
  await expect(refused).rejects.toMatchObject({
    code: 'ros2/compressed',
    message: expect.stringContaining('"brotli"'),
  });
});

type Random = () => number;

const damages: readonly ((packed: Uint8Array, random: Random) => Uint8Array)[] = [
  // One byte changed, the end cut off, bytes in the middle of another place, nothing but noise, nothing at all.
  (packed, random) => {
    const out = packed.slice();
    out[Math.floor(random() * out.length)] ^= 1 + Math.floor(255 * random());
    return out;
  },
  (packed, random) => packed.slice(0, Math.floor(random() * packed.length)),
  (packed, random) => {
    const out = packed.slice();
    const from = Math.floor((random() * out.length) / 2);
    out.copyWithin(Math.floor(random() * out.length), from, from + 64);
    return out;
  },
  (packed, random) => packed.map(() => Math.floor(256 * random())),
  () => new Uint8Array(0),
];
