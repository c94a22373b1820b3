import { type DecompressHandlers, type IReadable, McapIndexedReader } from '@mcap/core';
import { inputError } from '../../core/errors.ts';
import type { InterfaceRegistry, MessageType } from '../messages/types.ts';
import { addSchema } from './schema.ts';

/** Largest pause that is kept between two messages [s]. */
const LONGEST_PAUSE_SEC = 60;

/** A message of a recording, in the form of live ones. */
export interface RecordedMessage {
  readonly topic: string;
  readonly type: string;
  /** When it was recorded [s since 1970]. */
  readonly timeSec: number;
  /** As JSON holds it. */
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
   * @param decompressHandlers what is there to unpack chunks; those of no compression need none
   * @param topics that are wanted; empty: all
   * @throws IsocenterError `ros2/bad-mcap`, `ros2/compressed`, `ros2/definition`
   */
  static async open(
    readable: IReadable,
    name: string,
    interfaces: InterfaceRegistry,
    decompressHandlers: DecompressHandlers = {},
    topics: readonly string[] = [],
  ): Promise<Recording> {
    const reader = await McapIndexedReader.Initialize({ readable, decompressHandlers }).catch((error: Error) => {
      throw badFile(name, error);
    });
    const packed = reader.chunkIndexes.find(({ compression: by }) => by !== '' && decompressHandlers[by] === undefined);
    if (packed !== undefined) {
      const hint =
        'play it from a server (isocenter serve --recordings FOLDER), or unpack it: mcap compress --compression none';
      throw inputError(
        'ros2/compressed',
        `${name} is compressed by ${packed.compression}, which is not read here`,
        hint,
      );
    }
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
        const message = type.toJson(type.decode(data));
        if (!(await deliver({ topic, type: type.name, timeSec: Number(logTime) / 1e9, message }))) return;
      }
    } catch (error) {
      throw badFile(this.name, error as Error);
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

function badFile(recording: string, error: Error): Error {
  const message = `${recording} is no whole MCAP file with an index: ${error.message}`;
  return inputError('ros2/bad-mcap', message, 'files that broke off can be repaired: mcap recover');
}
