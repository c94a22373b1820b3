import type { MessageType, RosMessage } from '../messages/types.ts';
import type { DdsWriter, Qos } from '../rtps/types.ts';
import { checkedEndpoint, type RosContext } from './shared.ts';
import type { Publisher } from './types.ts';

export class DdsPublisher implements Publisher {
  readonly topic: string;
  readonly type: string;
  readonly writer: DdsWriter;
  readonly #message: MessageType;
  readonly #onClose: (publisher: DdsPublisher) => void;

  constructor(
    context: RosContext,
    topic: string,
    message: MessageType,
    qos: Qos,
    onClose: (publisher: DdsPublisher) => void,
  ) {
    this.topic = topic;
    this.type = message.name;
    this.#message = message;
    this.#onClose = onClose;
    this.writer = context.participant.createWriter(
      `rt${topic}`,
      message.ddsName,
      qos,
      checkedEndpoint(context, message),
    );
  }

  get subscriptionCount(): number {
    return this.writer.ready.length;
  }

  publish(message: RosMessage): boolean {
    return this.writer.write(this.#message.encode(message)) !== 0n;
  }

  publishBytes(bytes: Uint8Array): boolean {
    return this.writer.write(bytes) !== 0n;
  }

  room(): Promise<void> {
    return this.writer.room();
  }

  acknowledged(timeoutMs: number): Promise<boolean> {
    return this.writer.acknowledged(timeoutMs);
  }

  close(): void {
    this.writer.close();
    this.#onClose(this);
  }
}
