import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import { MessageWriter } from '../../../../engine/ros2/rtps/wire/message-writer.ts';
import { ParameterList, ParameterListWriter } from '../../../../engine/ros2/rtps/wire/parameter-list.ts';
import type { NumberSet } from '../../../../engine/ros2/rtps/wire/reader.ts';
import { type DataMessage, MessageReceiver, type MessageSink } from '../../../../engine/ros2/rtps/wire/receiver.ts';

const OURS = Buffer.from('0102030405060708090a0b0c', 'hex');
const THEIRS = Buffer.from('a1a2a3a4a5a6a7a8a9aaabac', 'hex');
const HEADER = `52545053 0201 01f0 ${OURS.toString('hex')}`;
const TO_THEIRS = `0e01 0c00 ${THEIRS.toString('hex')}`;

/** Writes down what it is told. */
class Notes implements MessageSink {
  readonly prefix = THEIRS;
  readonly heard: unknown[][] = [];

  source(bytes: Buffer, at: number): boolean {
    this.heard.push(['from', bytes.toString('hex', at, at + 12)]);
    return true;
  }
  data(m: DataMessage): void {
    const payload = m.payload?.toString('hex');
    this.heard.push(['data', m.reader, m.writer, m.sequence, m.timeSec, payload, m.keyOnly, m.status, m.related]);
  }
  dataFrag(m: DataMessage): void {
    const { firstFragment, nFragments, fragmentBytes, sampleBytes } = m;
    const fragment = [firstFragment, nFragments, fragmentBytes, sampleBytes];
    this.heard.push(['frag', m.reader, m.writer, m.sequence, ...fragment, m.payload?.toString('hex')]);
  }
  heartbeat(...words: unknown[]): void {
    this.heard.push(['heartbeat', ...words]);
  }
  heartbeatFrag(...words: unknown[]): void {
    this.heard.push(['heartbeatFrag', ...words]);
  }
  gap(reader: number, writer: number, first: number, set: NumberSet): void {
    this.heard.push(['gap', reader, writer, first, ...numbers(set)]);
  }
  ackNack(reader: number, writer: number, set: NumberSet, final: boolean): void {
    this.heard.push(['ackNack', reader, writer, final, ...numbers(set)]);
  }
  nackFrag(reader: number, writer: number, sequence: number, set: NumberSet): void {
    this.heard.push(['nackFrag', reader, writer, sequence, ...numbers(set)]);
  }
}

function numbers({ base, count, numbers: list }: NumberSet): unknown[] {
  return [base, [...list.subarray(0, count)]];
}

function hear(datagram: Buffer): unknown[][] {
  const notes = new Notes();
  expect(new MessageReceiver(notes).receive(datagram)).toBe(true);
  return notes.heard.slice(1);
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
}

function written(build: (writer: MessageWriter) => void): Buffer {
  const writer = new MessageWriter(OURS).beginFor(THEIRS, 4096);
  build(writer);
  return writer.take();
}

describe('bytes of submessages, counted by hand from DDSI-RTPS 2.5 section 9.4.5', () => {
  it.each([
    ['INFO_TS', (w: MessageWriter) => w.timestamp(5.5), '0901 0800 05000000 00000080'],
    [
      'DATA',
      (w: MessageWriter) => w.data(0x104, 0x203, 2 ** 32 + 7, undefined, hex('00010000 aabb')),
      '1505 1c00 0000 1000 00000104 00000203 01000000 07000000 00010000 aabb0000',
    ],
    [
      'DATA with inline QoS and no payload',
      (w: MessageWriter) => w.data(0, 0x203, 1, hex('71000400 00000003 01000000'), undefined),
      '1503 2000 0000 1000 00000000 00000203 00000000 01000000 71000400 00000003 01000000',
    ],
    [
      'DATA_FRAG',
      (w: MessageWriter) => w.dataFrag(0x104, 0x203, 3, undefined, hex('0001020304050607 08090a'), 2, 8),
      '1601 2400 0000 1c00 00000104 00000203 00000000 03000000 02000000 0100 0800 0b000000 08090a00',
    ],
    [
      'HEARTBEAT',
      (w: MessageWriter) => w.heartbeat(0x104, 0x203, 2, 9, 77, true),
      '0703 1c00 00000104 00000203 00000000 02000000 00000000 09000000 4d000000',
    ],
    [
      'ACKNACK',
      (w: MessageWriter) => w.ackNack(0x104, 0x203, 10, [10, 13, 42], 3, 5, false),
      '0601 2000 00000104 00000203 00000000 0a000000 21000000 00000090 00000080 05000000',
    ],
    [
      'GAP',
      (w: MessageWriter) => w.gap(0x104, 0x203, 4, 8),
      '0801 1c00 00000104 00000203 00000000 04000000 00000000 09000000 00000000',
    ],
    [
      'NACK_FRAG',
      (w: MessageWriter) => w.nackFrag(0x104, 0x203, 6, [3, 4], 2, 1),
      '1201 2000 00000104 00000203 00000000 06000000 03000000 02000000 000000c0 01000000',
    ],
    [
      'HEARTBEAT_FRAG',
      (w: MessageWriter) => w.heartbeatFrag(0x104, 0x203, 6, 12, 3),
      '1301 1800 00000104 00000203 00000000 06000000 0c000000 03000000',
    ],
  ])('%s', (_name, build, expected) => {
    expect(written(build).toString('hex')).toBe(hex(`${HEADER}${TO_THEIRS}${expected}`).toString('hex'));
  });
});

describe('what is written is read', () => {
  it.each([1, 2, 3])('number sets of any shape (seed %i)', (seed) => {
    const random = seededRandom(seed);
    for (let round = 0; round < 500; round++) {
      const base = 1 + Math.floor(random() * 2 ** (random() * 50));
      const missing = Array.from({ length: 256 }, (_, i) => base + i).filter(() => random() < 0.3);
      const final = random() < 0.5;
      const datagram = written((w) => w.ackNack(0x104, 0x203, base, missing, missing.length, round, final));
      expect(hear(datagram)).toEqual([['ackNack', 0x104, 0x203, final, base, missing]]);
    }
  });

  it('several submessages in one datagram, each with the time before it', () => {
    const datagram = written((w) => {
      w.timestamp(1_700_000_000.25).data(0x104, 0x203, 5, undefined, hex('00010000'));
      w.heartbeat(0x104, 0x203, 1, 5, 1, false, true);
    });
    expect(hear(datagram)).toEqual([
      ['data', 0x104, 0x203, 5, 1_700_000_000.25, '00010000', false, 0, undefined],
      ['heartbeat', 0x104, 0x203, 1, 5, false, true],
    ]);
  });

  it('nothing that is meant for another participant', () => {
    const datagram = new MessageWriter(OURS).beginFor(OURS, 100).heartbeat(1, 2, 1, 1, 1, true).take();
    expect(hear(datagram)).toEqual([]);
  });
});

describe('big-endian peers', () => {
  const header = `52545053 0203 0101 ${OURS.toString('hex')}`;

  it('HEARTBEAT and DATA with inline QoS of a related sample', () => {
    const guid = '00112233445566778899aabbccddeeff';
    const related = `0083 0018 ${guid} 00000001 00000002`;
    const datagram = hex(`${header} 0900 0008 00000005 80000000
      1506 0038 0000 0010 00000104 00000203 00000000 00000009 ${related} 4f0f 0004 01020304 0001 0000 00000000
      0702 001c 00000104 00000203 00000000 00000002 00000000 00000009 0000004d`);
    datagram.writeUInt16BE(20 + 28 + 8 + 4 + 4, 20 + 12 + 2);
    expect(hear(datagram)).toEqual([
      [
        'data',
        0x104,
        0x203,
        9,
        5.5,
        '00000000',
        false,
        0,
        { guid: new Uint8Array(hex(guid)), sequence: 2n ** 32n + 2n },
      ].map((word, i) => (i === 8 ? expect.objectContaining({ sequence: 2n ** 32n + 2n }) : word)),
      ['heartbeat', 0x104, 0x203, 2, 9, true, false],
    ]);
  });

  it('parameter lists', () => {
    const list = ParameterList.ofPayload(
      hex(`0002 0000 0005 0008 00000003 6869 00 00 8001 0004 deadbeef
        0032 0018 00000001 00001ce8 000000000000000000000000 7f000001 001a 000c 00000002 00000000 19999999 0001 0000`),
    )!;
    expect(list.string(5)).toBe('hi');
    expect(list.locators(0x32)).toEqual([{ address: '127.0.0.1', port: 7400 }]);
    expect(list.u32(0x1a)).toBe(2);
    expect(list.duration(0x1a, 4)).toBeCloseTo(0.1, 9);
  });
});

describe('parameter lists', () => {
  it('skip what is unknown and keep what is known', () => {
    const payload = new ParameterListWriter()
      .add(0x8123, Buffer.alloc(7, 1))
      .string(5, 'rt/größe')
      .add(0x7ffe, Buffer.alloc(0))
      .octets(0x2c, 'enclave=/;')
      .duration(2, 12.5)
      .duration(0x23, Number.POSITIVE_INFINITY)
      .payload();
    const list = ParameterList.ofPayload(payload)!;
    expect([list.string(5), list.octets(0x2c), list.duration(2), list.duration(0x23)]).toEqual([
      'rt/größe',
      'enclave=/;',
      12.5,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('end where a length goes beyond the datagram', () => {
    const list = ParameterList.ofPayload(hex('0003 0000 0500 0800 03000000 68690000 0700 ff7f 03000000'))!;
    expect([list.string(5), list.string(7)]).toEqual(['hi', undefined]);
  });

  it('refuse strings longer than their parameter', () => {
    const list = ParameterList.ofPayload(hex('0003 0000 0500 0800 ffffff7f 68690000 0100 0000'))!;
    expect(list.string(5)).toBeUndefined();
  });
});
