import { describe, expect, it } from 'vitest';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import {
  guidBytes,
  readRequest,
  sameGuid,
  splitHeader,
  UNKNOWN_SEQUENCE,
  withHeader,
} from '../../../../engine/ros2/node/correlation.ts';
import { isPair, pairingText } from '../../../../engine/ros2/node/pairing.ts';
import { QOS_PROFILES } from '../../../../engine/ros2/rtps/qos.ts';
import type { EndpointInfo, ReceivedSample, Vendor } from '../../../../engine/ros2/rtps/types.ts';

const SERVICE = createInterfaceRegistry({}).service('example_interfaces/srv/AddTwoInts');
const REQUEST = 'rq/addRequest';

describe('the header of rmw_cyclonedds', () => {
  it('stands between encapsulation and message', () => {
    const payload = SERVICE.request.encode({ a: 1n, b: -2n });
    const long = withHeader(payload, 0x1122334455667788n, -5n);
    expect(Buffer.from(long).toString('hex')).toBe(
      '00010000' + '8877665544332211' + 'fbffffffffffffff' + '0100000000000000' + 'feffffffffffffff',
    );
    const parts = splitHeader(long);
    expect(parts).toMatchObject({ client: 0x1122334455667788n, sequence: -5n });
    expect(Buffer.from(parts?.message ?? []).equals(payload)).toBe(true);
    expect(splitHeader(long.subarray(0, 19))).toBeUndefined();
  });
  it('is read in the order of bytes that the sample has', () => {
    const big = Buffer.from(`00000000${'0000000000000007'}${'0000000000000009'}${'0000000000000001'}`, 'hex');
    expect(splitHeader(big)).toMatchObject({ client: 7n, sequence: 9n });
  });
});

describe('requests as a server reads them', () => {
  const writer = (vendor: Vendor): EndpointInfo => ({
    kind: 'writer',
    guid: '0102030405060708090a0b0c0d0e0f10',
    topic: REQUEST,
    type: SERVICE.request.ddsName,
    qos: QOS_PROFILES.default,
    vendor,
    userData: '',
    local: false,
  });
  const sample = (vendor: Vendor, more: Partial<ReceivedSample> = {}): ReceivedSample => ({
    payload: withHeader(SERVICE.request.encode({ a: 1n, b: 2n }), 3n, 4n),
    writer: writer(vendor),
    sequence: 77n,
    sourceTimeSec: undefined,
    related: undefined,
    ...more,
  });
  it('have the form of the sender', () => {
    expect(readRequest(sample('cyclonedds'))?.correlation).toEqual({ form: 'header', client: 3n, sequence: 4n });
    const guid = Uint8Array.from({ length: 16 }, (_, i) => i);
    const related = { guid, sequence: UNKNOWN_SEQUENCE };
    const fast = readRequest(sample('fastdds', { related }))?.correlation;
    expect(fast).toEqual({ form: 'identity', identity: { guid, sequence: 77n } });
    const bare = readRequest(sample('fastdds'))?.correlation;
    expect(bare?.form === 'identity' && sameGuid(bare.identity.guid, guidBytes(writer('fastdds').guid))).toBe(true);
    expect(readRequest(sample('isocenter'))).toBeUndefined();
    expect(readRequest(sample('cyclonedds', { payload: new Uint8Array(12) }))).toBeUndefined();
  });
});

describe('pairs', () => {
  it('are found by ids, else by participant', () => {
    const of = (participant: string, userData: string) =>
      ({ guid: `${participant.repeat(24)}00000104`, userData }) as EndpointInfo;
    expect(pairingText('clientid', Uint8Array.of(1, 0x0a, 0xff))).toBe('clientid=1.a.ff;');
    expect(isPair(of('a', 'clientid=1.a;'), of('a', 'typehash=x;clientid=01.0a;'), 'clientid')).toBe(true);
    expect(isPair(of('a', 'clientid=1.a;'), of('a', 'clientid=1.b;'), 'clientid')).toBe(false);
    expect(isPair(of('a', 'clientid=1.a;'), of('a', ''), 'clientid')).toBe(true);
    expect(isPair(of('a', ''), of('b', ''), 'clientid')).toBe(false);
  });
});
