import lz4 from '@foxglove/wasm-lz4/dist/wasm-lz4.wasm?url';
import zstd from '@foxglove/wasm-zstd/dist/wasm-zstd.wasm?url';
import type { LinkPeer } from '../../engine/link/peer.ts';
import type { TopicMessage } from '../../engine/link/topics.ts';
import type { CodecSource } from '../../engine/ros2/mcap/codec.ts';
import { Recording } from '../../engine/ros2/mcap/recording.ts';
import { createInterfaceRegistry } from '../../engine/ros2/messages/registry.ts';
import type { MessageSource } from './replay-session.ts';

const addresses = { lz4, zstd } as const;

/** What unpacks chunks is a file of the page, fetched with the first recording that needs it. */
const servedCodec: CodecSource = async (name) => {
  const response = await fetch(addresses[name]);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return response.arrayBuffer();
};

/**
 * A recording of the user's disk, of which no more is read than is played.
 *
 * @throws IsocenterError `ros2/bad-mcap`, `ros2/compressed`, `ros2/codec`
 */
export function openFileRecording(file: File): Promise<MessageSource> {
  const readable = {
    size: async () => BigInt(file.size),
    read: async (offset: bigint, size: bigint) => {
      const from = Number(offset);
      return new Uint8Array(await file.slice(from, from + Number(size)).arrayBuffer());
    },
  };
  return Recording.open(readable, file.name, createInterfaceRegistry(), servedCodec);
}

interface ServerRecordingAbout {
  readonly durationSec: number;
  readonly beginSec: number;
  readonly topics: readonly string[];
}

/** A recording of the server's: it keeps the pace, and reads what is asked for. */
export async function openServerRecording(peer: LinkPeer, name: string): Promise<MessageSource> {
  const about = await new Promise<ServerRecordingAbout>((resolve, reject) => {
    const leave = peer.subscribe(
      'recording',
      { recording: name },
      {
        onOpen: (said) => {
          leave();
          resolve(said as ServerRecordingAbout);
        },
        onSample: () => {},
        onEnd: (error) => error !== undefined && reject(error),
      },
    );
  });
  return {
    name,
    ...about,
    play: ({ speed, startSec, signal }, deliver) =>
      new Promise((resolve, reject) => {
        const leave = peer.subscribe(
          'recording',
          { recording: name, speed, startSec },
          {
            onSample: (value) => {
              if (signal.aborted || deliver(value as TopicMessage) !== false) return;
              leave();
              resolve();
            },
            onEnd: (error) => (error === undefined ? resolve() : reject(error)),
          },
        );
        const abandon = (): void => {
          leave();
          resolve();
        };
        signal.addEventListener('abort', abandon, { once: true });
      }),
  };
}
