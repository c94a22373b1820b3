import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import { rosTime, secondsOf } from '../../../../engine/ros2/messages/time.ts';
import type { MessageType, RosMessage } from '../../../../engine/ros2/messages/types.ts';
import type { Flow, Times } from './peer.ts';

/** What a sample holds, whatever its kind; the peers' sources have the same. */
export interface Reading {
  readonly writer: number;
  readonly number: number;
  readonly bytes: number;
  /** When it was written, by {@link nowMs}; 0 where the kind has no place for it. */
  readonly timeMs: number;
  /** Whether every other byte is as it was written. */
  readonly intact: boolean;
}

/** A kind of messages that topics carry. */
export interface Kind {
  readonly name: 'joints' | 'cloud' | 'text';
  readonly topic: string;
  readonly type: MessageType;
  write(writer: number, number: number, bytes: number): Uint8Array;
  read(payload: Uint8Array): Reading;
}

const interfaces = createInterfaceRegistry();
const JOINTS = 7;
const NAMES = Array.from({ length: JOINTS }, (_, i) => `panda_joint${i + 1}`);
const WORDS = 8;

/** CLOCK_MONOTONIC, which the peers read too. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

const values = (from: number): Float64Array => Float64Array.from({ length: JOINTS }, (_, i) => from + i);

/** Seven joints; position[0] is the number, position[1] the writer, all else is fixed. */
export const joints: Kind = {
  name: 'joints',
  topic: 'rt/joint_states',
  type: interfaces.message('sensor_msgs/JointState'),
  write(writer, number) {
    const position = values(0);
    position.set([number, writer]);
    return this.type.encode({
      header: { stamp: rosTime(nowMs() / 1000), frame_id: 'base_link' },
      name: NAMES,
      position,
      velocity: values(JOINTS),
      effort: values(2 * JOINTS),
    });
  },
  read(payload) {
    const { header, name, position, velocity, effort } = this.type.decode(payload);
    const [number, writer, ...rest] = position as Float64Array;
    const { stamp, frame_id } = header as RosMessage;
    const found = [
      frame_id,
      ...(name as string[]),
      ...rest,
      ...(velocity as Float64Array),
      ...(effort as Float64Array),
    ];
    const expected = ['base_link', ...NAMES, ...values(0).subarray(2), ...values(JOINTS), ...values(2 * JOINTS)];
    const intact = found.length === expected.length && found.every((value, i) => value === expected[i]);
    return { writer, number, bytes: payload.length, timeMs: secondsOf(stamp as RosMessage) * 1000, intact };
  },
};

let pattern = Buffer.alloc(0);
/** Bytes that depend on place and number. */
function patterned(length: number, number: number): Buffer {
  if (pattern.length < length + 256) pattern = Buffer.from(Uint8Array.from({ length: length + 256 }, (_, i) => i * 7));
  return pattern.subarray(number % 256, (number % 256) + length);
}

const FIELDS = ['x', 'y', 'z', 'intensity'].map((name, i) => ({ name, offset: 4 * i, datatype: 7, count: 1 }));

/** data: number, writer (little-endian words), then the pattern. */
export const cloud: Kind = {
  name: 'cloud',
  topic: 'rt/points',
  type: interfaces.message('sensor_msgs/PointCloud2'),
  write(writer, number, bytes) {
    const data = Buffer.from(patterned(bytes, number));
    data.writeUInt32LE(number, 0);
    data.writeUInt32LE(writer, 4);
    return this.type.encode({
      header: { stamp: rosTime(nowMs() / 1000), frame_id: 'lidar' },
      height: 1,
      width: bytes / 16,
      fields: FIELDS,
      point_step: 16,
      row_step: bytes,
      data,
      is_dense: true,
    });
  },
  read(payload) {
    const message = this.type.decode(payload);
    const bytes = message.data as Uint8Array;
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const number = data.readUInt32LE(0);
    const fields = message.fields as readonly RosMessage[];
    const intact =
      data.subarray(WORDS).equals(patterned(data.length, number).subarray(WORDS)) &&
      message.row_step === data.length &&
      fields.map(({ name }) => name).join() === 'x,y,z,intensity';
    const timeMs = secondsOf((message.header as RosMessage).stamp as RosMessage) * 1000;
    return { writer: data.readUInt32LE(4), number, bytes: data.length, timeMs, intact };
  },
};

/** `writer number uuuu..` */
export const text: Kind = {
  name: 'text',
  topic: 'rt/robot_description',
  type: interfaces.message('std_msgs/String'),
  write(writer, number, bytes) {
    return this.type.encode({ data: `${writer} ${number} `.padEnd(bytes, 'u') });
  },
  read(payload) {
    const data = this.type.decode(payload).data as string;
    const found = /^(\d+) (\d+) u*$/.exec(data);
    const [, writer, number] = found ?? [];
    return { writer: Number(writer), number: Number(number), bytes: data.length, timeMs: 0, intact: found !== null };
  },
};

/** Enough for their distribution, and no growing memory. */
const MOST_DELAYS = 20_000;

/** Follows samples in the order of their arrival, for each of their writers. */
export class Tally {
  readonly flows: Flow[] = [];
  readonly delaysMs: number[] = [];
  received = 0;
  corrupt = 0;
  bytes = 0;

  add({ writer, number, bytes, timeMs, intact }: Reading): void {
    this.received++;
    this.bytes += bytes;
    if (!intact) this.corrupt++;
    if (this.delaysMs.length < MOST_DELAYS) this.delaysMs.push(nowMs() - timeMs);
    const fresh = {
      writer,
      received: 0,
      first: number,
      last: number,
      missing: 0,
      reordered: 0,
      repeated: 0,
      streak: 1,
    };
    const flow = (this.flows[writer] ?? fresh) as { -readonly [Key in keyof Flow]: Flow[Key] };
    this.flows[writer] = flow;
    if (flow.received++ === 0) return;
    flow.streak = number === flow.last + 1 ? flow.streak + 1 : 1;
    if (number === flow.last) flow.repeated++;
    else if (number < flow.last) flow.reordered++;
    else {
      flow.missing += number - flow.last - 1;
      flow.last = number;
    }
  }

  get times(): Times | null {
    return timesOf(this.delaysMs);
  }
}

export function timesOf(ms: readonly number[]): Times | null {
  if (ms.length === 0) return null;
  const sorted = Float64Array.from(ms).sort();
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)];
  return { median: at(0.5), p99: at(0.99), max: at(1) };
}
