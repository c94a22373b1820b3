import { open } from 'node:fs/promises';
import type { McapIndexedReader, McapTypes } from '@mcap/core';
import { inputError } from '../../engine/core/errors.ts';
import { toJson } from '../../engine/core/json.ts';
import { badMcap, openIndexed } from '../../engine/ros2/mcap/indexed.ts';
import { addSchema } from '../../engine/ros2/mcap/schema.ts';
import type { Publisher, RosNode } from '../../engine/ros2/node/types.ts';
import { fileReason } from '../inputs/files.ts';
import { waitUntil } from './discovery.ts';
import { installedCodec, McapInput } from './mcap-file.ts';
import { readQosYaml } from './qos-yaml.ts';

export interface PlayOptions {
  readonly topics: readonly string[];
  readonly rate: number;
  readonly loop?: boolean;
  /** Time left out at the beginning [s]. */
  readonly start: number;
  /** Subscribers on each topic to wait for, for up to 5 s. */
  readonly waitFor: number;
  readonly json?: boolean;
}

interface PlayedChannel {
  readonly publisher: Publisher;
  readonly topic: string;
  messages: number;
}

/**
 * `isocenter ros2 play`: publishes what an MCAP file holds, at its pace.
 *
 * @throws IsocenterError `ros2/bad-mcap` for a file that is none or is not whole, `ros2/nothing-to-play`
 */
export async function play(node: RosNode, path: string, options: PlayOptions, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw inputError('ros2/unreadable', `${path} cannot be read: ${fileReason(error)}`, 'give an MCAP file');
  });
  try {
    const reader = await openIndexed(new McapInput(file), path, installedCodec);
    const channels = createChannels(node, reader, options.topics, path);
    const heard = () => [...channels.values()].every((each) => each.publisher.subscriptionCount >= options.waitFor);
    await waitUntil(heard, 5000, signal);
    const begin = performance.now();
    do await playOnce(reader, channels, options, path, signal);
    while (options.loop && !signal.aborted);
    for (const { publisher } of channels.values()) await publisher.acknowledged(2000);
    const topics = [...channels.values()].map(({ topic, messages }) => ({ topic, messages }));
    const messages = topics.reduce((sum, each) => sum + each.messages, 0);
    const seconds = (performance.now() - begin) / 1000;
    if (options.json) process.stdout.write(toJson({ file: path, messages, seconds, topics }));
    else process.stdout.write(`${messages} messages of ${topics.length} topics played in ${seconds.toFixed(2)} s\n`);
  } finally {
    await file.close();
  }
}

function createChannels(
  node: RosNode,
  reader: McapIndexedReader,
  topics: readonly string[],
  path: string,
): Map<number, PlayedChannel> {
  const channels = new Map<number, PlayedChannel>();
  const left: string[] = [];
  for (const channel of reader.channelsById.values()) {
    const { topic, messageEncoding, schemaId } = channel;
    if (topics.length > 0 && !topics.includes(topic)) continue;
    const schema = reader.schemasById.get(schemaId);
    if (messageEncoding !== 'cdr' || schema?.encoding !== 'ros2msg') {
      left.push(`${topic} (${messageEncoding}, ${schema?.encoding ?? 'no schema'})`);
      continue;
    }
    const type = addSchema(node.interfaces, schema, path);
    const qos = readQosYaml(channel.metadata.get('offered_qos_profiles'));
    channels.set(channel.id, { topic, publisher: node.createPublisher(type, topic, qos), messages: 0 });
  }
  if (left.length > 0) process.stderr.write(`left out, not CDR of ROS 2: ${left.join(', ')}\n`);
  if (channels.size > 0) return channels;
  const has = [...reader.channelsById.values()].map(({ topic }) => topic).join(', ') || 'no topics';
  throw inputError('ros2/nothing-to-play', `${path} has nothing to play: ${has}`, 'give topics of the file by --topic');
}

async function playOnce(
  reader: McapIndexedReader,
  channels: ReadonlyMap<number, PlayedChannel>,
  { rate, start }: PlayOptions,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const first = reader.statistics?.messageStartTime ?? reader.chunkIndexes[0]?.messageStartTime ?? 0n;
  const startTime = first + BigInt(Math.round(start * 1e9));
  const topics = [...channels.values()].map(({ topic }) => topic);
  const begin = performance.now();
  try {
    for await (const message of reader.readMessages({ topics, startTime })) {
      const due = begin + Number(message.logTime - startTime) / 1e6 / rate;
      await pause(due - performance.now(), signal);
      if (signal.aborted) return;
      await send(channels, message, signal);
    }
  } catch (error) {
    if (signal.aborted) return;
    throw badMcap(path, error as Error);
  }
}

async function send(
  channels: ReadonlyMap<number, PlayedChannel>,
  { channelId, data }: McapTypes.TypedMcapRecords['Message'],
  signal: AbortSignal,
): Promise<void> {
  const channel = channels.get(channelId);
  if (channel === undefined) return;
  while (!channel.publisher.publishBytes(data) && !signal.aborted) await channel.publisher.room();
  channel.messages++;
}

/** Waits unless it is so short that messages due together would be spread by the timer. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds < 0.5) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
