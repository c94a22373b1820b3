import { describe, expect, it } from 'vitest';
import { decodeEndpoint, encodeEndpoint } from '../../../../engine/ros2/rtps/discovery/endpoint-data.ts';
import { incompatiblePolicy } from '../../../../engine/ros2/rtps/discovery/matching.ts';
import { decodeParticipant, encodeParticipant } from '../../../../engine/ros2/rtps/discovery/participant-data.ts';
import type { EndpointInfo, Qos } from '../../../../engine/ros2/rtps/types.ts';
import { qos } from './support.ts';

describe('policies of a writer (first) and a reader', () => {
  it.each<[Partial<Qos>, Partial<Qos>, string | undefined]>([
    [{}, {}, undefined],
    [{ reliability: 'best_effort' }, {}, 'RELIABILITY'],
    [{}, { reliability: 'best_effort' }, undefined],
    [{}, { durability: 'transient_local' }, 'DURABILITY'],
    [{ durability: 'transient_local' }, {}, undefined],
    [{}, { deadlineSec: 1 }, 'DEADLINE'],
    [{ deadlineSec: 2 }, { deadlineSec: 1 }, 'DEADLINE'],
    [{ deadlineSec: 0.1 }, { deadlineSec: 0.1 }, undefined],
    [{ deadlineSec: 1 }, {}, undefined],
    [{}, { liveliness: 'manual_by_topic' }, 'LIVELINESS'],
    [{ liveliness: 'manual_by_topic' }, {}, undefined],
    [{ livelinessLeaseSec: 3 }, { livelinessLeaseSec: 2 }, 'LIVELINESS'],
    [{ livelinessLeaseSec: 1 }, { livelinessLeaseSec: 2 }, undefined],
    [{ history: 'keep_all', depth: 3, lifespanSec: 1 }, { depth: 1 }, undefined],
  ])('%o and %o: %s', (offered, requested, policy) => {
    expect(incompatiblePolicy(qos(offered), qos(requested))).toBe(policy);
    // What a peer reads of a duration is rounded; that may not part those who say the same.
    const info: EndpointInfo = {
      kind: 'reader',
      guid: '01'.repeat(16),
      topic: 't',
      type: 'T',
      qos: qos(requested),
      vendor: 'isocenter',
      userData: '',
      local: true,
    };
    expect(incompatiblePolicy(qos(offered), decodeEndpoint(encodeEndpoint(info), 'reader')!.qos)).toBe(policy);
  });
});

describe('an endpoint', () => {
  it.each(['reader', 'writer'] as const)('is read as it was written (%s)', (kind) => {
    const quality = qos({
      reliability: 'best_effort',
      durability: 'transient_local',
      history: 'keep_last',
      depth: 1000,
      deadlineSec: 0.25,
      lifespanSec: kind === 'writer' ? 10 : Number.POSITIVE_INFINITY,
      liveliness: 'manual_by_topic',
      livelinessLeaseSec: 1.5,
    });
    const guid = '00112233445566778899aabbccddeeff';
    const info: EndpointInfo = {
      kind,
      guid,
      topic: 'rt/größe',
      type: 'a::msg::dds_::B_',
      qos: quality,
      vendor: 'isocenter',
      userData: 'typehash=RIHS01_00;',
      local: true,
    };
    const read = decodeEndpoint(encodeEndpoint(info), kind);
    expect(read).toMatchObject({
      topic: info.topic,
      type: info.type,
      qos: quality,
      userData: info.userData,
      locators: [],
    });
    expect(read?.guid.toString('hex')).toBe(guid);
  });

  it('is none without its names, or with names beyond the limit', () => {
    expect(decodeEndpoint(Buffer.from([0, 3, 0, 0, 1, 0, 0, 0]), 'reader')).toBeUndefined();
    expect(decodeEndpoint(Buffer.alloc(3), 'reader')).toBeUndefined();
  });
});

describe('a participant', () => {
  it('is read as it was written', () => {
    const data = {
      prefix: Buffer.from('0102030405060708090a0b0c', 'hex'),
      domain: 7,
      name: 'robot',
      userData: 'enclave=/;',
      leaseSec: 10,
      metatraffic: [{ address: '192.168.1.5', port: 9160 }],
      user: [
        { address: '192.168.1.5', port: 9161 },
        { address: '127.0.0.1', port: 9161 },
      ],
    };
    expect(decodeParticipant(encodeParticipant(data))).toEqual({
      ...data,
      vendor: 'isocenter',
      domainTag: '',
      builtin: 0xc3f,
    });
  });
});
