import { open, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { McapIndexedReader } from '@mcap/core';
import { inputError } from '../../engine/core/errors.ts';
import type { StreamSink } from '../../engine/link/stream.ts';
import { recordingRequestSchema, type TopicMessage } from '../../engine/link/topics.ts';
import type { MessageType } from '../../engine/ros2/messages/types.ts';
import { fileReason } from '../inputs/files.ts';
import { decompressors, McapInput } from '../ros2/mcap-file.ts';
import { openInterfaces } from '../ros2/open.ts';
import { addSchema } from '../ros2/schema.ts';
import { checked } from './checked.ts';

/** Largest pause that is kept between two messages [s]. */
const LONGEST_PAUSE_SEC = 60;

/** The MCAP files of one folder, for viewers to play. */
export class Recordings {
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder === undefined ? undefined : resolve(folder);
  }

  /** @throws IsocenterError `serve/recordings` where the folder cannot be read */
  async list(): Promise<readonly string[]> {
    if (this.#folder === undefined) return [];
    const names = await readdir(this.#folder).catch((error: unknown) => {
      const hint = 'give --recordings a folder of MCAP files';
      throw inputError('serve/recordings', `the recordings cannot be read: ${fileReason(error)}`, hint);
    });
    return names.filter((name) => name.endsWith('.mcap')).sort();
  }

  /** Delivers the messages of a recording at its pace, each, and as fast as the viewer takes them. */
  async stream(params: unknown, sink: StreamSink): Promise<unknown> {
    const { recording, topics, speed, startSec } = checked(recordingRequestSchema, params, 'recording');
    const names = await this.list();
    if (this.#folder === undefined || !names.includes(recording) || basename(recording) !== recording) {
      const hint = names.length === 0 ? 'start the server with --recordings FOLDER' : `there are ${names.join(', ')}`;
      throw inputError('serve/unknown-recording', `there is no recording ${JSON.stringify(recording)}`, hint);
    }
    const file = await open(join(this.#folder, recording), 'r');
    let isPlaying = false;
    try {
      const reader = await McapIndexedReader.Initialize({
        readable: new McapInput(file),
        decompressHandlers: await decompressors(),
      }).catch((error: Error) => {
        throw badFile(recording, error);
      });
      const types = await messageTypes(reader, topics, recording);
      const first = reader.statistics?.messageStartTime ?? 0n;
      const last = reader.statistics?.messageEndTime ?? first;
      isPlaying = true;
      void play(reader, types, { speed, startTime: first + BigInt(Math.round(startSec * 1e9)) }, sink)
        .then(
          () => sink.end(),
          (error: Error) => sink.end(badFile(recording, error)),
        )
        .finally(() => file.close());
      return {
        recording,
        durationSec: Number(last - first) / 1e9,
        topics: [...types.values()].map(({ topic }) => topic),
      };
    } finally {
      if (!isPlaying) await file.close();
    }
  }
}

interface Channel {
  readonly topic: string;
  readonly type: MessageType;
}

async function messageTypes(
  reader: McapIndexedReader,
  topics: readonly string[],
  recording: string,
): Promise<ReadonlyMap<number, Channel>> {
  // Each recording has definitions of its own.
  const interfaces = await openInterfaces({ interfaces: [] });
  const types = new Map<number, Channel>();
  for (const { id, topic, messageEncoding, schemaId } of reader.channelsById.values()) {
    const schema = reader.schemasById.get(schemaId);
    if (topics.length > 0 && !topics.includes(topic)) continue;
    if (messageEncoding !== 'cdr' || schema?.encoding !== 'ros2msg') continue;
    types.set(id, { topic, type: interfaces.message(addSchema(interfaces, schema, recording)) });
  }
  return types;
}

async function play(
  reader: McapIndexedReader,
  channels: ReadonlyMap<number, Channel>,
  { speed, startTime }: { readonly speed: number; readonly startTime: bigint },
  sink: StreamSink,
): Promise<void> {
  const topics = [...channels.values()].map(({ topic }) => topic);
  const begin = performance.now();
  for await (const { channelId, logTime, data } of reader.readMessages({ topics, startTime })) {
    if (sink.signal.aborted) return;
    const channel = channels.get(channelId);
    if (channel === undefined) continue;
    const due = speed > 0 ? begin + Number(logTime - startTime) / 1e6 / speed - performance.now() : 0;
    if (due > 1) await pause(Math.min(due, 1000 * LONGEST_PAUSE_SEC), sink.signal);
    const { topic, type } = channel;
    const message = type.toJson(type.decode(data));
    const item: TopicMessage = { topic, type: type.name, timeSec: Number(logTime) / 1e9, message };
    if (!(await sink.deliver(item))) return;
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
