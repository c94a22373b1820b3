import { isDeepStrictEqual } from 'node:util';
import { CdrWriter } from '@foxglove/cdr';
import { MessageReader, MessageWriter } from '@foxglove/rosmsg2-serialization';
import { describe, expect, it } from 'vitest';
import { loadInterfaces } from '../../../../engine/ros2/messages/load.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import type { MessageType } from '../../../../engine/ros2/messages/types.ts';
import { createRandom, randomMessage } from './random-message.ts';

const registry = createInterfaceRegistry({ distro: 'jazzy' });
loadInterfaces(registry, [
  {
    path: 'test_kinds/msg/Kinds.msg',
    text: `bool flag\nint8 a\nuint8 b\nint16 c\nuint16 d\nint32 e\nuint32 f\nint64 g\nuint64 h\nfloat32 i\nfloat64 j
string<=5 k\nwstring<=4 l\nint16[3] m\nuint64[<=4] n\nbool[2] o\nstring[] p\nwstring[<=2] q\nInner r\nInner[2] s\nfloat64[] t
float32[] constructor`,
  },
  { path: 'test_kinds/msg/Inner.msg', text: 'uint8 x\nfloat64 y' },
]);
const kinds = registry.message('test_kinds/Kinds');

/** Every message type, and the parts of all services and actions. */
const types: readonly MessageType[] = [
  ...registry.names('msg').map((name) => registry.message(name)),
  ...registry.names('srv').flatMap((name) => [registry.service(name).request, registry.service(name).response]),
  ...registry.names('action').flatMap((name) => {
    const { sendGoal, getResult, feedbackMessage } = registry.action(name);
    return [sendGoal.request, sendGoal.response, getResult.request, getResult.response, feedbackMessage];
  }),
];

/** It has no wstring, and takes a type that is all constants for none. */
function beyondLibrary({ definitions }: MessageType['definitions'][number]): boolean {
  const constants = definitions.filter((field) => field.isConstant === true).length;
  return definitions.some((field) => field.type === 'wstring') || (constants > 0 && constants === definitions.length);
}

describe('encode and decode', () => {
  it('give back what went in, for random values of every type (seed 11)', () => {
    const random = createRandom(11);
    for (const type of types) {
      for (let i = 0; i < 8; i++) {
        const value = randomMessage(type, random);
        expect(isDeepStrictEqual(type.decode(type.encode(value)), value), type.name).toBe(true);
      }
    }
  });

  it('agree byte for byte with @foxglove/rosmsg2-serialization, wherever it can write the type (seed 12)', () => {
    const random = createRandom(12);
    let compared = 0;
    for (const type of types) {
      const definitions = [...type.definitions];
      if (definitions.some(beyondLibrary)) continue;
      compared++;
      const [writer, reader] = [new MessageWriter(definitions), new MessageReader(definitions)];
      for (let i = 0; i < 4; i++) {
        const value = randomMessage(type, random, { ascii: true });
        const bytes = type.encode(value);
        expect(Buffer.from(bytes).equals(writer.writeMessage(value)), type.name).toBe(true);
        expect(isDeepStrictEqual(reader.readMessage(bytes), value), type.name).toBe(true);
      }
    }
    expect(compared).toBeGreaterThan(types.length - 5);
  });

  // From rosbags 0.11.5 (Typestore.serialize_cdr, kilted).
  it.each([
    ['std_msgs/String', { data: 'hello' }, '000100000600000068656c6c6f00'],
    [
      'sensor_msgs/JointState',
      {
        header: { stamp: { sec: 1, nanosec: 2 }, frame_id: 'base' },
        name: ['j1', 'j2'],
        position: Float64Array.of(0.5, -1),
        velocity: new Float64Array(0),
        effort: new Float64Array(0),
      },
      '00010000010000000200000005000000626173650000000002000000030000006a310000030000006a32000002000000' +
        '00000000000000000000e03f000000000000f0bf0000000000000000',
    ],
    [
      'sensor_msgs/Image',
      {
        header: { stamp: { sec: 1, nanosec: 2 }, frame_id: 'cam' },
        height: 1,
        width: 2,
        encoding: 'rgb8',
        is_bigendian: 0,
        step: 6,
        data: Uint8Array.of(1, 2, 3, 4, 5, 6),
      },
      '0001000001000000020000000400000063616d0001000000020000000500000072676238000000000600000006000000010203040506',
    ],
    [
      'std_msgs/Float64MultiArray',
      { layout: { dim: [], data_offset: 0 }, data: Float64Array.of(0.25, -0.5, 1) },
      '0001000000000000000000000300000000000000000000000000d03f000000000000e0bf000000000000f03f',
    ],
  ])('write %s as another implementation does', (name, value, hex) => {
    const type = registry.message(name);
    expect(Buffer.from(type.encode(value)).toString('hex')).toBe(hex);
    expect(type.decode(Buffer.from(hex, 'hex'))).toEqual(value);
  });

  it('read big endian too', () => {
    const random = createRandom(13);
    const value = randomMessage(registry.message('sensor_msgs/JointState'), random);
    const state = { ...value, position: Float64Array.from({ length: 40 }, (_, i) => i / 7) } as Record<string, unknown>;
    const { stamp, frame_id } = state.header as { stamp: { sec: number; nanosec: number }; frame_id: string };
    const writer = new CdrWriter({ kind: 0 });
    writer.int32(stamp.sec).uint32(stamp.nanosec).string(frame_id);
    const names = state.name as string[];
    writer.sequenceLength(names.length);
    for (const name of names) writer.string(name);
    for (const key of ['position', 'velocity', 'effort']) {
      const numbers = state[key] as Float64Array;
      writer.sequenceLength(numbers.length);
      for (const number of numbers) writer.float64(number);
    }
    expect(registry.message('sensor_msgs/JointState').decode(writer.data)).toEqual(state);
  });

  it('read bytes at any offset of their buffer, and keep nothing of it', () => {
    const type = registry.message('sensor_msgs/JointState');
    const value = {
      ...type.zero(),
      position: Float64Array.from({ length: 30 }, (_, i) => i),
      effort: Float64Array.of(1),
    };
    const bytes = type.encode(value);
    for (let offset = 0; offset < 9; offset++) {
      const buffer = new Uint8Array(bytes.length + 9);
      buffer.set(bytes, offset);
      const decoded = type.decode(buffer.subarray(offset, offset + bytes.length));
      buffer.fill(0xff);
      expect(decoded).toEqual(value);
    }
  });

  it('keep NaN, infinities, both zeros and text beyond ASCII', () => {
    const values = Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 5e-324);
    const value = {
      ...kinds.zero(),
      t: values,
      j: Number.NaN,
      i: Number.POSITIVE_INFINITY,
      k: 'äé',
      l: '𝄞x',
      p: ['€', ''],
    };
    expect(kinds.decode(kinds.encode(value))).toEqual(value);
  });

  it('take what is left out as zero, and plain arrays for typed ones', () => {
    expect(kinds.decode(kinds.encode({}))).toEqual(kinds.zero());
    expect(kinds.decode(kinds.encode({ t: [1, 2], m: [1, -2, 3], n: [5n] }))).toEqual({
      ...kinds.zero(),
      t: Float64Array.of(1, 2),
      m: Int16Array.of(1, -2, 3),
      n: BigUint64Array.of(5n),
    });
    const pose = registry.message('geometry_msgs/Pose');
    expect(pose.decode(pose.encode({}))).toMatchObject({ orientation: { w: 0 } });
    expect(pose.zero()).toMatchObject({ orientation: { w: 1 } });
  });

  it('write types without fields as one byte', () => {
    const empty = registry.service('std_srvs/Trigger').request;
    expect([...empty.encode({})]).toEqual([0, 1, 0, 0, 0]);
    expect(empty.decode(Uint8Array.of(0, 1, 0, 0, 0))).toEqual({});
    expect(() => empty.encode({ x: 1 })).toThrow(expect.objectContaining({ code: 'ros2/message' }));
  });

  it('do not disturb each other where a message encodes another while it is being encoded', () => {
    const text = registry.message('std_msgs/String');
    const value = {
      get data(): string {
        return Buffer.from(text.encode({ data: 'inner' })).toString('hex');
      },
    };
    expect(text.decode(text.encode(value))).toEqual({ data: value.data });
  });
});

describe('encode refuses', () => {
  it.each([
    [
      'an unknown field',
      { flagg: true },
      /^test_kinds\/msg\/Kinds, flagg: true is not expected: the fields are flag, a, /,
    ],
    ['an unknown field inside', { s: [{ x: 1 }, { z: 1 }] }, /, s\[1\]\.z: 1 is not expected/],
    ['a wrong kind', { flag: 1 }, /, flag: 1 is not true or false/],
    ['text for a number', { j: '1' }, /, j: '1' is not a number/],
    ['a number for text', { p: ['a', 7] }, /, p\[1\]: 7 is not a string/],
    ['an entry that is missing', { p: ['a', undefined] }, /, p\[1\]: undefined is not an entry/],
    ['null', { r: null }, /, r: null is not an object of fields/],
    ['an integer out of range', { b: 256 }, /, b: 256 is not an integer from 0 to 255 \(uint8\)/],
    ['a fraction', { e: 1.5 }, /, e: 1\.5 is not an integer from -2147483648 to 2147483647/],
    ['NaN for an integer', { a: Number.NaN }, /, a: NaN is not an integer/],
    ['a number for 64 bits', { g: 5 }, /, g: 5 is not a bigint from -9223372036854775808/],
    ['64 bits out of range', { h: -1n }, /, h: -1n is not a bigint from 0 to 18446744073709551615/],
    ['more than float32 holds', { i: 1e39 }, /, i: 1e\+39 is not a number within/],
    ['an array of wrong length', { m: [1, 2] }, /, m: an array of 2 is not an array of 3/],
    ['an array beyond its bound', { n: [1n, 2n, 3n, 4n, 5n] }, /, n: an array of 5 is not an array of at most 4/],
    ['an entry out of range', { m: [1, 40000, 2] }, /, m\[1\]: 40000 is not an integer from -32768 to 32767/],
    ['another typed array with such an entry', { m: Int32Array.of(1, 2, 99999) }, /, m\[2\]: 99999 is not/],
    ['text beyond its bound', { k: 'äöü' }, /, k: 'äöü' is not at most 5 bytes of UTF-8 \(it has 6\)/],
    ['wide text beyond its bound', { l: 'abcde' }, /, l: 'abcde' is not at most 4 code units/],
    ['text with a zero in it', { p: ['a\0b'] }, /, p\[0\]: .* is not a string without a zero character/],
    ['no array', { t: { length: 3 } }, /, t: an object is not an array of numbers/],
    ['a DataView', { t: new DataView(new ArrayBuffer(8)) }, /, t: DataView of 8 bytes is not an array/],
  ])('%s', (_, value, message) => {
    expect(() => kinds.encode(value)).toThrow(
      expect.objectContaining({ code: 'ros2/message', message: expect.stringMatching(message) }),
    );
    expect(kinds.decode(kinds.encode({}))).toEqual(kinds.zero());
  });
});

describe('decode refuses', () => {
  const joints = registry.message('sensor_msgs/JointState');
  const whole = joints.encode({ name: ['a', 'b'], position: [1, 2], velocity: [3, 4] });
  const refused = (type: MessageType, bytes: Uint8Array, message: RegExp): void =>
    expect(() => type.decode(bytes)).toThrow(
      expect.objectContaining({ code: 'ros2/cdr', message: expect.stringMatching(message) }),
    );

  it('bytes that end too early, wherever they end', () => {
    for (let length = 0; length < whole.length; length++)
      refused(joints, whole.slice(0, length), /^sensor_msgs\/msg\/JointState/);
  });

  it('sequences longer than the bytes, before setting anything aside', () => {
    const bytes = joints.encode({});
    new DataView(bytes.buffer).setUint32(bytes.length - 4, 0xffffffff, true);
    refused(joints, bytes, /, effort: 4294967295 entries of 8 bytes or more, but only 0 bytes are left/);
    const tf = registry.message('tf2_msgs/TFMessage');
    const many = tf.encode({});
    new DataView(many.buffer).setUint32(4, 0x7fffffff, true);
    refused(tf, many, /, transforms: 2147483647 entries/);
  });

  it('sequences and text beyond their bounds', () => {
    const [at, bytes] = [
      12,
      registry.message('rmw_dds_common/NodeEntitiesInfo').encode({ node_namespace: 'x'.repeat(256) }),
    ];
    expect(at).toBeLessThan(bytes.length);
    const longer = registry.message('std_msgs/String').encode({ data: 'x'.repeat(300) });
    refused(registry.message('rmw_dds_common/NodeEntitiesInfo'), longer, /node_namespace: a string of 300 bytes/);
  });

  it('text without its zero at the end', () => {
    const text = registry.message('std_msgs/String');
    const bytes = text.encode({ data: 'abc' });
    bytes[bytes.length - 1] = 0x64;
    refused(text, bytes, /, data: the string at byte 8 does not end with a zero/);
  });

  it.each([
    [2, 'PL_CDR, big endian'],
    [3, 'PL_CDR, little endian'],
    [7, 'CDR2'],
    [9, 'D_CDR2'],
    [11, 'PL_CDR2'],
    [0x77, '0x0077'],
  ])('encapsulation %i by its name, %s', (kind, name) => {
    const bytes = whole.slice();
    bytes[1] = kind;
    refused(joints, bytes, new RegExp(`encoded as ${name}`));
  });

  it('but lets bytes after the message be', () => {
    expect(joints.decode(Uint8Array.of(...whole, 1, 2, 3))).toEqual(joints.decode(whole));
  });
});
