import type { RosMessage } from '../messages/types.ts';
import type { Qos } from '../rtps/types.ts';
import { expandName } from './names.ts';
import type { MessageInfo, RosNode, Subscription } from './types.ts';

export interface AdaptiveSubscription {
  readonly topic: string;
  close(): void;
}

/** How many publishers may come and go before their QoS is looked at [ms]: discovery announces endpoints one by one. */
const SETTLE_MS = 50;

/**
 * A subscription that takes what is published: reliable while all publishers are, best effort as soon as one is (it would not
 * match otherwise), and latched messages where all publishers keep them. It follows publishers that come later.
 */
export function subscribeAdaptively(
  node: RosNode,
  type: string,
  topic: string,
  onMessage: (message: RosMessage, info: MessageInfo) => void,
): AdaptiveSubscription {
  let qos = choose(node, topic);
  let subscription: Subscription = node.createSubscription(type, topic, onMessage, qos);
  let timer: NodeJS.Timeout | undefined;
  const stop = node.graph.onChange(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const wanted = choose(node, topic);
      if (wanted.reliability === qos.reliability && wanted.durability === qos.durability) return;
      qos = wanted;
      subscription.close();
      subscription = node.createSubscription(type, topic, onMessage, qos);
    }, SETTLE_MS);
  });
  return {
    topic: subscription.topic,
    close: () => {
      clearTimeout(timer);
      stop();
      subscription.close();
    },
  };
}

/** QoS of the publishers of a topic that are known now. */
export function offeredQos(node: RosNode, topic: string): readonly Qos[] {
  const name = expandName(topic, node.name, node.namespace);
  return node.graph.topics().find((each) => each.name === name)?.publisherQos ?? [];
}

function choose(node: RosNode, topic: string): Pick<Qos, 'reliability' | 'durability' | 'depth'> {
  const offered = offeredQos(node, topic);
  const all = (test: (qos: Qos) => boolean) => offered.length > 0 && offered.every(test);
  return {
    reliability: offered.some((qos) => qos.reliability === 'best_effort') ? 'best_effort' : 'reliable',
    durability: all((qos) => qos.durability === 'transient_local') ? 'transient_local' : 'volatile',
    depth: 10,
  };
}
