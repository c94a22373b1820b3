import { inputError } from '../../engine/core/errors.ts';
import { toJson } from '../../engine/core/json.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import type { QosProfile } from '../../engine/ros2/rtps/qos.ts';
import { waitUntil } from './discovery.ts';
import { messageFromText } from './json.ts';

export interface PublishOptions {
  readonly rate: number;
  readonly count: number;
  readonly qos: QosProfile;
  /** Subscribers to wait for before the first message. */
  readonly waitFor: number;
  /** [s] */
  readonly timeout: number;
  readonly json?: boolean;
}

/**
 * `isocenter ros2 pub`: publishes a message once, a number of times, or until the user stops.
 *
 * @throws IsocenterError `ros2/no-subscriber` where nobody comes in time
 */
export async function publish(
  node: RosNode,
  topic: string,
  type: string,
  text: string,
  options: PublishOptions,
  signal: AbortSignal,
): Promise<void> {
  const message = messageFromText(node.interfaces.message(type), text);
  const publisher = node.createPublisher(type, topic, options.qos);
  const enough = () => publisher.subscriptionCount >= options.waitFor;
  if (!(await waitUntil(enough, 1000 * options.timeout, signal))) {
    throw inputError(
      'ros2/no-subscriber',
      `${publisher.subscriptionCount} of ${options.waitFor} subscribers of ${publisher.topic} came within ${options.timeout} s on ${node.where}`,
      'start the subscriber, or do not wait for it: --wait-for 0',
    );
  }
  let sent = 0;
  const begin = performance.now();
  while (sent < options.count && !signal.aborted) {
    if (publisher.publish(message)) sent++;
    else await Promise.race([publisher.room(), aborted(signal)]);
    if (sent >= options.count) break;
    // Against the start, not the last message: late timers do not add up.
    const due = begin + (1000 * sent) / options.rate - performance.now();
    await Promise.race([new Promise((resolve) => setTimeout(resolve, Math.max(0, due))), aborted(signal)]);
  }
  const acknowledged = await publisher.acknowledged(2000);
  const { subscriptionCount: subscribers } = publisher;
  if (options.json) process.stdout.write(toJson({ topic: publisher.topic, sent, subscribers, acknowledged }));
  else process.stdout.write(`${sent} sent on ${publisher.topic} to ${subscribers} subscribers\n`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
