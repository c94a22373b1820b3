import type { WebSocket } from 'ws';

/** What a client may leave unread in the socket before messages wait here [bytes]. */
const SOCKET_BYTES = 1 << 20;
/** Messages of one topic that wait for a slow client, newest kept: the depth of the bridge's subscriptions. */
const TOPIC_DEPTH = 10;
/** Answers that wait for a client that does not read before it is cut off [bytes]. */
const ANSWER_BYTES = 64 << 20;
const RETRY_MS = 5;

/** The topic of a message as ros2-web-bridge writes it; undefined for answers and status. */
const TOPIC = /^\{"op":"publish","topic":"((?:[^"\\]|\\.)*)"/;

/**
 * What goes to one client. While it reads slower than its topics publish, the newest {@link TOPIC_DEPTH} messages of each topic
 * wait and older ones are dropped, as keep_last does; answers to calls are kept, up to a limit that ends the connection.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #topics = new Map<string, string[]>();
  readonly #answers: string[] = [];
  #answerBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  dropped = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  send(text: string): void {
    if (this.#timer === undefined && this.#socket.bufferedAmount < SOCKET_BYTES) {
      this.#socket.send(text);
      return;
    }
    const topic = TOPIC.exec(text)?.[1];
    if (topic === undefined) {
      this.#answers.push(text);
      this.#answerBytes += text.length;
      if (this.#answerBytes > ANSWER_BYTES) {
        this.close();
        this.#socket.close(1013, 'answers are not read');
        return;
      }
    } else {
      const waiting = this.#topics.get(topic) ?? [];
      waiting.push(text);
      if (waiting.length > TOPIC_DEPTH) {
        waiting.shift();
        this.dropped++;
      }
      this.#topics.set(topic, waiting);
    }
    this.#timer ??= setTimeout(() => this.#drain(), RETRY_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#answers.length = 0;
    this.#topics.clear();
  }

  #drain(): void {
    this.#timer = undefined;
    const isFull = () => this.#socket.bufferedAmount >= SOCKET_BYTES;
    while (this.#answers.length > 0 && !isFull()) {
      const text = this.#answers.shift() ?? '';
      this.#answerBytes -= text.length;
      this.#socket.send(text);
    }
    for (const [topic, waiting] of this.#topics) {
      while (waiting.length > 0 && !isFull()) this.#socket.send(waiting.shift() ?? '');
      if (waiting.length === 0) this.#topics.delete(topic);
    }
    if (this.#answers.length + this.#topics.size > 0) this.#timer = setTimeout(() => this.#drain(), RETRY_MS);
  }
}
