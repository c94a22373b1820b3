import { compress, isLoaded } from '@foxglove/wasm-zstd';
import { type IReadable, McapWriter } from '@mcap/core';
import { createInterfaceRegistry } from '../../engine/ros2/messages/registry.ts';
import type { RosMessage } from '../../engine/ros2/messages/types.ts';
import { lz4Frame } from './lz4.ts';

export interface MadeMessage {
  readonly topic: string;
  readonly type: string;
  /** [s since 1970] */
  readonly timeSec: number;
  readonly message: RosMessage;
}

export interface McapForm {
  /** `zstd`, `lz4`, none, or a name that nobody knows. */
  readonly compression?: string;
  readonly chunkBytes?: number;
  /** What becomes of each chunk's packed bytes. */
  readonly damage?: (packed: Uint8Array) => Uint8Array;
}

/** An MCAP file of the profile of ROS 2. */
export async function makeMcap(
  messages: readonly MadeMessage[],
  { compression = '', chunkBytes = 1 << 16, damage = (packed) => packed }: McapForm = {},
): Promise<Uint8Array> {
  await isLoaded;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const writer = new McapWriter({
    writable: {
      position: () => BigInt(bytes),
      write: async (part) => {
        parts.push(part.slice());
        bytes += part.length;
      },
    },
    chunkSize: chunkBytes,
    compressChunk: (chunk) => ({ compression, compressedData: damage(packed(compression, chunk)) }),
  });
  await writer.start({ profile: 'ros2', library: 'isocenter tests' });
  const interfaces = createInterfaceRegistry();
  const channels = new Map<string, number>();
  for (const { topic, type: name, timeSec, message } of messages) {
    const type = interfaces.message(name);
    let channelId = channels.get(topic);
    if (channelId === undefined) {
      const data = new TextEncoder().encode(type.text);
      const schemaId = await writer.registerSchema({ name, encoding: 'ros2msg', data });
      channelId = await writer.registerChannel({ schemaId, topic, messageEncoding: 'cdr', metadata: new Map() });
      channels.set(topic, channelId);
    }
    const logTime = BigInt(Math.round(timeSec * 1e6)) * 1000n;
    const data = type.encode(message);
    await writer.addMessage({ channelId, sequence: 0, logTime, publishTime: logTime, data });
  }
  await writer.end();
  return Buffer.concat(parts);
}

/** @param rateHz of the states; the first joint goes to and fro */
export function jointStates(names: readonly string[], seconds: number, rateHz: number): MadeMessage[] {
  return Array.from({ length: Math.round(seconds * rateHz) }, (_, k) => ({
    topic: '/joint_states',
    type: 'sensor_msgs/msg/JointState',
    timeSec: 1.7e9 + k / rateHz,
    message: { name: names, position: names.map((_, j) => (j === 0 ? 0.3 * Math.sin(k / rateHz) : 0.1)) },
  }));
}

export function readableOf(bytes: Uint8Array): IReadable {
  return {
    size: async () => BigInt(bytes.length),
    read: async (offset, size) => {
      if (offset + size > bytes.length) throw new Error(`it ends after ${bytes.length} bytes`);
      return bytes.subarray(Number(offset), Number(offset + size));
    },
  };
}

export async function pack(compression: string, bytes: Uint8Array): Promise<Uint8Array> {
  await isLoaded;
  return packed(compression, bytes);
}

function packed(compression: string, chunk: Uint8Array): Uint8Array {
  if (compression === 'zstd') return compress(chunk);
  return compression === 'lz4' ? lz4Frame(chunk) : chunk;
}
