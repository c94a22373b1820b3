import type { IReadable, McapIndexedReader } from '@mcap/core';
import { shortened } from '../messages/shortened.ts';
import type { InterfaceRegistry, MessageType } from '../messages/types.ts';
import type { CodecSource } from './codec.ts';
import { badMcap, openIndexed } from './indexed.ts';
import { addSchema } from './schema.ts';

/** Largest pause that is kept between two messages [s]. */
const LONGEST_PAUSE_SEC = 60;

/** A message of a recording, in the form of live ones. */
export interface RecordedMessage {
  readonly topic: string;
  readonly type: string;
  /** When it was recorded [s since 1970]. */
  readonly timeSec: number;
  /** As JSON holds it, arrays no longer than is shown of them. */
  readonly message: unknown;
}

export interface PlayOptions {
  /** Times the pace of the recording; 0: as fast as they are taken. */
  readonly speed: number;
  /** Time left out at the beginning [s]. */
  readonly startSec: number;
  readonly signal: AbortSignal;
}

interface Channel {
  readonly topic: string;
  readonly type: MessageType;
}

/** An MCAP file of the ROS 2 profile, with its index, whose messages are played at their pace. */
export class Recording {
  readonly name: string;
  readonly durationSec: number;
  /** Of the messages that can be read: CDR with definitions beside. */
  readonly topics: readonly string[];
  readonly #reader: McapIndexedReader;
  readonly #channels: ReadonlyMap<number, Channel>;
  readonly #first: bigint;

  private constructor(name: string, reader: McapIndexedReader, channels: ReadonlyMap<number, Channel>) {
    this.name = name;
    this.#reader = reader;
    this.#channels = channels;
    this.#first = reader.statistics?.messageStartTime ?? 0n;
    this.durationSec = Number((reader.statistics?.messageEndTime ?? this.#first) - this.#first) / 1e9;
    this.topics = [...new Set([...channels.values()].map(({ topic }) => topic))];
  }

  /**
   * @param interfaces of this recording alone: it brings definitions of its own
   * @param codecs where the code comes from that unpacks chunks
   * @param topics that are wanted; empty: all
   * @throws IsocenterError `ros2/bad-mcap`, `ros2/compressed`, `ros2/codec`, `ros2/definition`
   */
  static async open(
    readable: IReadable,
    name: string,
    interfaces: InterfaceRegistry,
    codecs: CodecSource,
    topics: readonly string[] = [],
  ): Promise<Recording> {
    const reader = await openIndexed(readable, name, codecs);
    const channels = new Map<number, Channel>();
    for (const { id, topic, messageEncoding, schemaId } of reader.channelsById.values()) {
      const schema = reader.schemasById.get(schemaId);
      if (topics.length > 0 && !topics.includes(topic)) continue;
      if (messageEncoding !== 'cdr' || schema?.encoding !== 'ros2msg') continue;
      channels.set(id, { topic, type: interfaces.message(addSchema(interfaces, schema, name)) });
    }
    return new Recording(name, reader, channels);
  }

  /**
   * Delivers each message when it is due, and not before the one before it was taken.
   *
   * @param deliver says whether more is wanted
   * @throws IsocenterError `ros2/bad-mcap`
   */
  async play(
    { speed, startSec, signal }: PlayOptions,
    deliver: (message: RecordedMessage) => boolean | Promise<boolean>,
  ): Promise<void> {
    const startTime = this.#first + BigInt(Math.round(startSec * 1e9));
    const begin = performance.now();
    try {
      for await (const { channelId, logTime, data } of this.#reader.readMessages({ topics: this.topics, startTime })) {
        if (signal.aborted) return;
        const channel = this.#channels.get(channelId);
        if (channel === undefined) continue;
        const due = speed > 0 ? begin + Number(logTime - startTime) / 1e6 / speed - performance.now() : 0;
        if (due > 1) await pause(Math.min(due, 1000 * LONGEST_PAUSE_SEC), signal);
        if (signal.aborted) return;
        const { topic, type } = channel;
        const message = type.toJson(shortened(type.decode(data)));
        if (!(await deliver({ topic, type: type.name, timeSec: Number(logTime) / 1e9, message }))) return;
      }
    } catch (error) {
      throw badMcap(this.name, error as Error);
    }
  }

  /** When the recording begins [s since 1970]. */
  get beginSec(): number {
    return Number(this.#first) / 1e9;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(finish, ms);
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      done();
    }
    signal.addEventListener('abort', finish);
  });
}
