import type { MessageType, RosMessage } from '../messages/types.ts';
import type { DdsReader, Qos, ReceivedSample } from '../rtps/types.ts';
import { guarded } from './guarded.ts';
import { checkedEndpoint, type RosContext } from './shared.ts';
import type { MessageInfo, Subscription } from './types.ts';

export class DdsSubscription implements Subscription {
  readonly topic: string;
  readonly type: string;
  readonly reader: DdsReader;
  readonly #context: RosContext;
  readonly #message: MessageType;
  readonly #onMessage: (message: RosMessage, info: MessageInfo) => void;
  readonly #onClose: (subscription: DdsSubscription) => void;

  constructor(
    context: RosContext,
    topic: string,
    message: MessageType,
    qos: Qos,
    onMessage: (message: RosMessage, info: MessageInfo) => void,
    onClose: (subscription: DdsSubscription) => void,
  ) {
    this.topic = topic;
    this.type = message.name;
    this.#context = context;
    this.#message = message;
    this.#onMessage = onMessage;
    this.#onClose = onClose;
    this.reader = context.participant.createReader(`rt${topic}`, message.ddsName, qos, {
      ...checkedEndpoint(context, message),
      onSample: (sample) => this.#take(sample),
    });
  }

  get publisherCount(): number {
    return this.reader.matched.length;
  }

  close(): void {
    this.reader.close();
    this.#onClose(this);
  }

  #take({ payload, sourceTimeSec }: ReceivedSample): void {
    let message: RosMessage;
    try {
      message = this.#message.decode(payload);
    } catch (error) {
      const about = `${this.topic} is not read`;
      this.#context.warnings.once(`${this.topic}: a message is left out: ${(error as Error).message}`, about);
      return;
    }
    const info = { topic: this.topic, sourceTimeSec, receivedTimeSec: Date.now() / 1000, bytes: payload };
    guarded(() => this.#onMessage(message, info));
  }
}
