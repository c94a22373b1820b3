import { McapWriter } from '@mcap/core';
import { inputError } from '../../engine/core/errors.ts';
import { toJson } from '../../engine/core/json.ts';
import {
  type AdaptiveSubscription,
  offeredQos,
  subscribeAdaptively,
} from '../../engine/ros2/node/adaptive-subscription.ts';
import type { MessageInfo, RosNode } from '../../engine/ros2/node/types.ts';
import { fileReason } from '../inputs/files.ts';
import { version } from '../version.ts';
import { McapOutput } from './mcap-file.ts';
import { qosYaml } from './qos-yaml.ts';

export interface RecordOptions {
  readonly topics: readonly string[];
  /** [s] */
  readonly duration?: number;
  readonly json?: boolean;
}

/** Messages that wait for the disk before new ones are dropped [bytes]. */
const QUEUE_BYTES = 256 << 20;

/** A topic that is being recorded. */
interface Channel {
  readonly id: number;
  readonly subscription: AdaptiveSubscription;
  messages: number;
}

/**
 * `isocenter ros2 record`: writes topics to an MCAP file in the profile of ROS 2 (CDR as it came, definitions beside), all
 * topics where none are named, also those that come later. The file has its name when it is whole.
 */
export async function record(node: RosNode, path: string, options: RecordOptions, signal: AbortSignal): Promise<void> {
  const output = await McapOutput.create(path).catch((error: unknown) => {
    throw inputError('ros2/unwritable', `${path} cannot be written: ${fileReason(error)}`, 'give another file');
  });
  const recorder = new Recorder(node, output, options.topics);
  try {
    await recorder.run(options.duration, signal);
    await output.finish();
  } catch (error) {
    await output.discard();
    throw error;
  }
  const report = { file: path, ...recorder.report() };
  if (options.json) process.stdout.write(toJson(report));
  else {
    const lines = report.topics.map(({ topic, type, messages }) => `  ${topic}  ${type}  ${messages} messages`);
    const dropped = report.dropped === 0 ? '' : `, ${report.dropped} dropped: the disk was too slow`;
    process.stdout.write([`${path}: ${report.messages} messages${dropped}`, ...lines, ''].join('\n'));
  }
}

class Recorder {
  readonly #node: RosNode;
  readonly #writer: McapWriter;
  readonly #wanted: ReadonlySet<string>;
  readonly #channels = new Map<string, Channel & { readonly type: string }>();
  readonly #opening = new Set<string>();
  /** The writer takes one call at a time. */
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #sequence = 0;
  #dropped = 0;
  #fault: unknown;

  constructor(node: RosNode, output: McapOutput, topics: readonly string[]) {
    this.#node = node;
    this.#writer = new McapWriter({ writable: output });
    this.#wanted = new Set(topics.map((topic) => (topic.startsWith('/') ? topic : `/${topic}`)));
  }

  async run(duration: number | undefined, signal: AbortSignal): Promise<void> {
    await this.#writer.start({ profile: 'ros2', library: `isocenter ${version()}` });
    const stop = this.#node.graph.onChange(() => this.#look());
    this.#look();
    await new Promise<void>((resolve) => {
      const timer = duration === undefined ? undefined : setTimeout(resolve, 1000 * duration);
      const ended = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', ended, { once: true });
      if (signal.aborted) ended();
      this.#onFault = ended;
    });
    stop();
    for (const { subscription } of this.#channels.values()) subscription.close();
    await this.#tail;
    if (this.#fault !== undefined) throw this.#fault;
    await this.#writer.end();
  }

  #onFault: () => void = () => {};

  report() {
    const topics = [...this.#channels].map(([topic, { type, messages }]) => ({ topic, type, messages }));
    const messages = topics.reduce((sum, each) => sum + each.messages, 0);
    return { messages, dropped: this.#dropped, topics };
  }

  /** Opens what has come since the last look. */
  #look(): void {
    for (const { name, types, publishers } of this.#node.graph.topics()) {
      const wanted = this.#wanted.size === 0 ? publishers > 0 && !isInternal(name) : this.#wanted.has(name);
      if (!wanted || this.#opening.has(name) || types.length === 0) continue;
      this.#opening.add(name);
      this.#enqueue(0, () => this.#open(name, types[0]));
    }
  }

  async #open(topic: string, type: string): Promise<void> {
    if (!this.#node.interfaces.has('msg', type)) {
      process.stderr.write(
        `${topic} is left out: its type ${type} is not known; give its definition by --interfaces\n`,
      );
      return;
    }
    const message = this.#node.interfaces.message(type);
    const schemaId = await this.#writer.registerSchema({
      name: message.name,
      encoding: 'ros2msg',
      data: new TextEncoder().encode(message.text),
    });
    const qos = offeredQos(this.#node, topic);
    const id = await this.#writer.registerChannel({
      schemaId,
      topic,
      messageEncoding: 'cdr',
      metadata: new Map([
        ['offered_qos_profiles', qosYaml(qos)],
        ['topic_type_hash', message.hash],
      ]),
    });
    const subscription = subscribeAdaptively(this.#node, type, topic, (value, info) => {
      this.#take(topic, info, info.bytes ?? message.encode(value));
    });
    this.#channels.set(topic, { id, type, subscription, messages: 0 });
  }

  #take(topic: string, { receivedTimeSec, sourceTimeSec }: MessageInfo, data: Uint8Array): void {
    const channel = this.#channels.get(topic);
    if (channel === undefined) return;
    if (this.#waiting + data.length > QUEUE_BYTES) {
      this.#dropped++;
      return;
    }
    channel.messages++;
    const logTime = nanoseconds(receivedTimeSec);
    const publishTime = sourceTimeSec === undefined ? logTime : nanoseconds(sourceTimeSec);
    const sequence = this.#sequence++;
    this.#enqueue(data.length, () =>
      this.#writer.addMessage({ channelId: channel.id, sequence, logTime, publishTime, data }),
    );
  }

  #enqueue(bytes: number, write: () => Promise<void>): void {
    this.#waiting += bytes;
    this.#tail = this.#tail.then(async () => {
      try {
        if (this.#fault === undefined) await write();
      } catch (error) {
        this.#fault = error;
        this.#onFault();
      }
      this.#waiting -= bytes;
    });
  }
}

function nanoseconds(seconds: number): bigint {
  // Doubles hold the time of day to 0.2 microseconds.
  return BigInt(Math.round(seconds * 1e6)) * 1000n;
}

/** What ROS keeps for itself, and would only fill a recording. */
function isInternal(topic: string): boolean {
  return topic === '/rosout' || topic === '/parameter_events' || topic.includes('/_action/');
}
