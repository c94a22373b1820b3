import { inputError } from '../../engine/core/errors.ts';
import { toJson } from '../../engine/core/json.ts';
import { subscribeAdaptively } from '../../engine/ros2/node/adaptive-subscription.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { topicType } from './discovery.ts';
import { messageText } from './text.ts';

export interface EchoOptions {
  readonly type?: string;
  readonly count: number;
  /** [s] */
  readonly timeout?: number;
  readonly json?: boolean;
}

/**
 * `isocenter ros2 echo`: prints messages as they come, until the count is full or the user stops.
 *
 * @throws IsocenterError `ros2/timeout` where the time is over first
 */
export async function echo(node: RosNode, topic: string, options: EchoOptions, signal: AbortSignal): Promise<void> {
  const type = await topicType(node, topic, options.type, signal);
  const message = node.interfaces.message(type);
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    const { timeout } = options;
    const subscription = subscribeAdaptively(node, type, topic, (value) => {
      if (seen >= options.count) return;
      seen++;
      const shown = message.toJson(value);
      process.stdout.write(options.json ? toJson(shown) : `${messageText(shown)}---\n`);
      if (seen >= options.count) finish();
    });
    const late = () => {
      const wanted = options.count === Number.POSITIVE_INFINITY ? '' : ` of ${options.count}`;
      const said = `${seen}${wanted} messages came on ${subscription.topic} within ${timeout} s`;
      finish(inputError('ros2/timeout', said, 'see whether it is published: isocenter ros2 hz'));
    };
    const timer = timeout === undefined ? undefined : setTimeout(late, 1000 * timeout);
    const finish = (error?: Error) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      subscription.close();
      if (error === undefined) resolve();
      else reject(error);
    };
    const stop = () => finish();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
}
