import type { MessageType, RosMessage } from '../messages/types.ts';
import { guarded } from '../node/guarded.ts';
import type { MessageInfo, Publisher, QosChoice, Subscription } from '../node/types.ts';
import type { Warnings } from '../node/warnings.ts';
import { QOS_PROFILES } from '../rtps/qos.ts';
import type { RosbridgeLink } from './link.ts';
import type { RosbridgeMessage } from './transport.ts';

/** QoS as servers since 3.x take it; older ones ignore the field. */
function qosField(choice: QosChoice | undefined): object {
  if (choice === undefined) return {};
  const { depth, reliability, durability, history, lifespanSec } = {
    ...QOS_PROFILES.default,
    ...(typeof choice === 'string' ? QOS_PROFILES[choice] : choice),
  };
  return {
    qos: {
      depth,
      reliability,
      durability,
      history,
      ...(lifespanSec < Number.POSITIVE_INFINITY ? { lifespan: lifespanSec } : {}),
    },
    latch: durability === 'transient_local',
    queue_size: depth,
  };
}

export class RosbridgePublisher implements Publisher {
  readonly topic: string;
  readonly type: string;
  /** The server does not tell. */
  readonly subscriptionCount = 0;
  readonly #link: RosbridgeLink;
  readonly #message: MessageType;
  readonly #about: string;
  readonly #onClose: (publisher: RosbridgePublisher) => void;

  constructor(
    link: RosbridgeLink,
    topic: string,
    message: MessageType,
    qos: QosChoice | undefined,
    onClose: (publisher: RosbridgePublisher) => void,
  ) {
    this.topic = topic;
    this.type = message.name;
    this.#link = link;
    this.#message = message;
    this.#onClose = onClose;
    this.#about = link.newId('advertise');
    link.stand(this.#about, { op: 'advertise', id: this.#about, topic, type: message.name, ...qosField(qos) });
  }

  publish(message: RosMessage): boolean {
    // Through CDR and back: what does not fit its field is found here, as over DDS, and not by the server's log.
    return this.publishBytes(this.#message.encode(message));
  }

  publishBytes(bytes: Uint8Array): boolean {
    const msg = this.#message.toJson(this.#message.decode(bytes));
    return this.#link.offer({ op: 'publish', topic: this.topic, msg });
  }

  room(): Promise<void> {
    return this.#link.room();
  }

  acknowledged(timeoutMs: number): Promise<boolean> {
    return this.#link.drained(timeoutMs);
  }

  close(): void {
    this.#link.withdraw(this.#about, { op: 'unadvertise', id: this.#about, topic: this.topic });
    this.#onClose(this);
  }
}

export class RosbridgeSubscription implements Subscription {
  readonly topic: string;
  readonly type: string;
  readonly publisherCount = 0;
  readonly #link: RosbridgeLink;
  readonly #about: string;
  readonly #stop: () => void;
  readonly #onClose: (subscription: RosbridgeSubscription) => void;

  constructor(
    link: RosbridgeLink,
    warnings: Warnings,
    topic: string,
    message: MessageType,
    qos: QosChoice | undefined,
    onMessage: (message: RosMessage, info: MessageInfo) => void,
    onClose: (subscription: RosbridgeSubscription) => void,
  ) {
    this.topic = topic;
    this.type = message.name;
    this.#link = link;
    this.#onClose = onClose;
    this.#about = link.newId('subscribe');
    this.#stop = link.onTopic(topic, ({ msg }: RosbridgeMessage) => {
      let value: RosMessage;
      try {
        value = message.fromJson(msg);
      } catch (error) {
        warnings.once(`${topic}: a message is left out: ${(error as Error).message}`);
        return;
      }
      const info = { topic, sourceTimeSec: undefined, receivedTimeSec: Date.now() / 1000, bytes: undefined };
      guarded(() => onMessage(value, info));
    });
    link.stand(this.#about, {
      op: 'subscribe',
      id: this.#about,
      topic,
      type: message.name,
      // Numbers as they are instead of text, where the server has it.
      compression: 'cbor',
      ...qosField(qos),
    });
  }

  close(): void {
    this.#stop();
    this.#link.withdraw(this.#about, { op: 'unsubscribe', id: this.#about, topic: this.topic });
    this.#onClose(this);
  }
}
