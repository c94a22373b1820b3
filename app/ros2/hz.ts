import { toJson } from '../../engine/core/json.ts';
import { subscribeAdaptively } from '../../engine/ros2/node/adaptive-subscription.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { topicType } from './discovery.ts';
import { RateWindow } from './rate.ts';

export interface HzOptions {
  readonly type?: string;
  readonly window: number;
  /** [s] */
  readonly duration?: number;
  readonly json?: boolean;
}

/** `isocenter ros2 hz`: every second the rate at which messages come. */
export async function showRate(node: RosNode, topic: string, options: HzOptions, signal: AbortSignal): Promise<void> {
  const type = await topicType(node, topic, options.type, signal);
  const window = new RateWindow(options.window);
  let shownAt = 0;
  const show = () => {
    const figures = window.count === shownAt ? undefined : window.figures();
    shownAt = window.count;
    if (options.json) process.stdout.write(toJson({ topic, ...(figures ?? { rateHz: 0, messages: window.count }) }));
    else if (figures === undefined) process.stdout.write(`no new messages (${window.count} so far)\n`);
    else {
      const ms = (seconds: number) => `${(1000 * seconds).toFixed(3)} ms`;
      process.stdout.write(
        `average rate: ${figures.rateHz.toFixed(3)} Hz, min: ${ms(figures.minSec)}, max: ${ms(figures.maxSec)}, std dev: ${ms(figures.stdDevSec)}, window: ${figures.window}\n`,
      );
    }
  };
  const subscription = subscribeAdaptively(node, type, topic, () => window.add(performance.now() / 1000));
  const every = setInterval(show, 1000);
  await new Promise<void>((resolve) => {
    const { duration } = options;
    const timer = duration === undefined ? undefined : setTimeout(resolve, 1000 * duration);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  clearInterval(every);
  subscription.close();
  if (window.count !== shownAt) show();
}
