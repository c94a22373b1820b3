import { describe, expect, it } from 'vitest';
import { loadInterfaces } from '../../../../engine/ros2/messages/load.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import { createRandom, randomMessage } from './random-message.ts';

const registry = createInterfaceRegistry();
loadInterfaces(registry, [
  {
    path: 'p/msg/All.msg',
    text: 'int64 big\nuint64[] bigs\nuint8[] data\nbyte[4] four\nfloat32[<=2] two\nbool ok\nstring[] names\ngeometry_msgs/Pose pose',
  },
]);
const type = registry.message('p/All');

describe('messages as JSON', () => {
  it('come back the same through JSON text, for every type (seed 21)', () => {
    const random = createRandom(21);
    for (const name of [...registry.names('msg')]) {
      const message = registry.message(name);
      const value = randomMessage(message, random);
      expect(message.fromJson(JSON.parse(JSON.stringify(message.toJson(value)))), name).toEqual(value);
    }
  });

  it('have 64-bit integers as numbers where they are exact, else as digits', () => {
    const json = type.toJson({ ...type.zero(), big: 12n, bigs: BigUint64Array.of(1n, 2n ** 63n) });
    expect(json).toMatchObject({ big: 12, bigs: [1, '9223372036854775808'] });
    expect(type.fromJson(json)).toMatchObject({ big: 12n, bigs: BigUint64Array.of(1n, 2n ** 63n) });
  });

  it('have null for NaN, which JSON does not know', () => {
    expect(type.toJson({ two: Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY) })).toMatchObject({
      two: [null, null],
    });
    expect(type.fromJson({ two: [null, '-Infinity'] })).toMatchObject({
      two: Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY),
    });
  });

  it('may have base64 for bytes, as rosbridge sends them', () => {
    expect(type.fromJson({ data: 'AQID', four: 'AQIDBA==' })).toMatchObject({
      data: Uint8Array.of(1, 2, 3),
      four: Uint8Array.of(1, 2, 3, 4),
    });
  });

  it('have the defaults of the definition for what is left out', () => {
    expect(type.fromJson({})).toEqual(type.zero());
    expect(type.fromJson({ pose: { position: { x: 1 } } })).toMatchObject({
      pose: { position: { x: 1, y: 0, z: 0 }, orientation: { w: 1 } },
    });
  });

  it.each([
    ['an unknown name', { bigg: 1 }, /^p\/msg\/All, bigg: 1 is not expected: the fields are big, bigs/],
    ['an unknown name inside', { pose: { position: { u: 1 } } }, /, pose\.position\.u: 1 is not expected/],
    ['no object', [], /^p\/msg\/All: an array of 0 is not an object of fields/],
    ['an integer that is not exact', { big: 2 ** 60 }, /, big: 1152921504606847000 is not a bigint/],
    ['digits beyond 64 bits', { bigs: [1, '18446744073709551616'] }, /, bigs\[1\]: .* is not a bigint/],
    ['text that is no base64', { data: 'A*' }, /, data: 'A\*' is not base64/],
    ['bytes out of range', { data: [1, 256] }, /, data\[1\]: 256 is not an integer from 0 to 255/],
    ['a wrong length', { four: [1, 2, 3] }, /, four: an array of 3 is not an array of 4/],
    ['a length beyond its bound', { two: [1, 2, 3] }, /, two: an array of 3 is not an array of at most 2/],
    ['a wrong kind', { ok: 'true' }, /, ok: 'true' is not true or false/],
    ['a number as text', { names: [1] }, /, names\[0\]: 1 is not a string/],
  ])('are refused with %s', (_, json, message) => {
    expect(() => type.fromJson(json)).toThrow(
      expect.objectContaining({ code: 'ros2/message', message: expect.stringMatching(message) }),
    );
  });
});
