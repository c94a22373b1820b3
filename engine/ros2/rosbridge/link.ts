import { inputError } from '../../core/errors.ts';
import { Waiting } from '../node/waiting.ts';
import type { Warnings } from '../node/warnings.ts';
import { type RosbridgeMessage, SocketTransport } from './transport.ts';

/** Tries to connect again after these times, and then after the last [ms]. */
const BACKOFF_MS = [100, 200, 500, 1000, 2000, 5000];
/** What may wait in the socket before publishing says that it is full [bytes]. */
const FULL_BYTES = 8 << 20;
const ROOM_POLL_MS = 5;

export interface PendingAnswer {
  /** Called for each message with the id: feedback, result, response. */
  take(message: RosbridgeMessage): void;
  /** The server is gone, and the answer will not come. */
  fail(error: Error): void;
}

export interface LinkOptions {
  /** False for a connection that is not opened again when it breaks. */
  readonly again?: boolean;
  /** Says nothing of breaks: another connection to the same server does. */
  readonly quiet?: boolean;
  /** Time between signs of life that the server is asked for [ms]. */
  readonly pingMs?: number;
}

/**
 * The connection to a rosbridge server: opened again when it breaks, with all that stood (advertisements, subscriptions) sent
 * anew; what waits for an answer fails.
 */
export class RosbridgeLink {
  readonly url: string;
  readonly #warnings: Warnings;
  readonly #options: LinkOptions;
  /** Messages that the server must know after each connection, by what they are about. */
  readonly #standing = new Map<string, RosbridgeMessage>();
  readonly #topics = new Map<string, Set<(message: RosbridgeMessage) => void>>();
  readonly #requests = new Map<string, (message: RosbridgeMessage) => void>();
  readonly #pending = new Map<string, PendingAnswer>();
  readonly #waiting = new Waiting();
  #transport: SocketTransport | undefined;
  #timer: NodeJS.Timeout | undefined;
  #tries = 0;
  #ids = 0;
  #closed = false;

  constructor(url: string, warnings: Warnings, options: LinkOptions = {}) {
    this.url = url;
    this.#warnings = warnings;
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#transport?.isOpen === true;
  }

  /** @throws IsocenterError `ros2/rosbridge` where the server cannot be reached */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const transport = this.#connect();
      transport.on('open', () => resolve());
      transport.on('error', (error) => {
        if (this.#tries > 0 || this.isConnected) return;
        void this.close();
        const why =
          error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
        const hint =
          'start rosbridge there (ros2 launch rosbridge_server rosbridge_websocket_launch.xml), or give another url';
        reject(inputError('ros2/rosbridge', `${this.url} cannot be reached: ${why}`, hint));
      });
    });
  }

  /**
   * Another connection to the same server. Servers take the messages of one connection in turn, and some do not go on to the next
   * while a call or a goal runs: what must not wait for it goes another way.
   *
   * @throws IsocenterError `ros2/rosbridge-gone` without a connection
   */
  async branch(): Promise<RosbridgeLink> {
    if (!this.isConnected) throw this.#gone();
    const branch = new RosbridgeLink(this.url, this.#warnings, { ...this.#options, again: false, quiet: true });
    await branch.open();
    return branch;
  }

  newId(what: string): string {
    return `${what}:${++this.#ids}`;
  }

  /** Sends a message now. @throws IsocenterError `ros2/rosbridge-gone` without a connection */
  send(message: RosbridgeMessage): void {
    if (!this.isConnected) throw this.#gone();
    this.#transport?.send(message);
  }

  /** Sends it now, where there is a connection, and after each that comes. */
  stand(about: string, message: RosbridgeMessage): void {
    this.#standing.set(about, message);
    if (this.isConnected) this.#transport?.send(message);
  }

  withdraw(about: string, farewell: RosbridgeMessage): void {
    if (!this.#standing.delete(about)) return;
    if (this.isConnected) this.#transport?.send(farewell);
  }

  /** False where there is no connection, or its queue is full. */
  offer(message: RosbridgeMessage): boolean {
    const transport = this.#transport;
    if (transport === undefined || !transport.isOpen || transport.bufferedBytes >= FULL_BYTES) return false;
    transport.send(message);
    return true;
  }

  /** Resolves when {@link RosbridgeLink.offer} would take a message. */
  async room(): Promise<void> {
    for (;;) {
      await this.#waiting.until(() => this.#closed || this.isConnected, Number.POSITIVE_INFINITY);
      if (this.#closed || (this.#transport?.bufferedBytes ?? 0) < FULL_BYTES) return;
      await new Promise((resolve) => setTimeout(resolve, ROOM_POLL_MS));
    }
  }

  /** Resolves with whether all that was sent has left, within the time. */
  async drained(timeoutMs: number): Promise<boolean> {
    const end = performance.now() + timeoutMs;
    while ((this.#transport?.bufferedBytes ?? 0) > 0) {
      if (performance.now() >= end) return false;
      await new Promise((resolve) => setTimeout(resolve, ROOM_POLL_MS));
    }
    return this.isConnected;
  }

  onTopic(topic: string, take: (message: RosbridgeMessage) => void): () => void {
    const takers = this.#topics.get(topic) ?? new Set();
    takers.add(take);
    this.#topics.set(topic, takers);
    return () => {
      takers.delete(take);
      if (takers.size === 0) this.#topics.delete(topic);
    };
  }

  /** Calls and goals for a service or action that we serve. */
  onRequest(name: string, take: (message: RosbridgeMessage) => void): () => void {
    this.#requests.set(name, take);
    return () => this.#requests.delete(name);
  }

  onAnswer(id: string, pending: PendingAnswer): () => void {
    this.#pending.set(id, pending);
    return () => this.#pending.delete(id);
  }

  /** Resolves when the connection is closed, and what was sent has left. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#transport?.close();
    this.#failPending();
    this.#waiting.wake();
    await this.#transport?.closed;
  }

  #connect(): SocketTransport {
    const transport = new SocketTransport(this.url, this.#options.pingMs);
    this.#transport = transport;
    transport.on('open', () => {
      if (this.#tries > 0) this.#tell(`${this.url}: connected again`);
      this.#tries = 1;
      for (const message of this.#standing.values()) transport.send(message);
      this.#waiting.wake();
    });
    transport.on('message', (message) => this.#take(message));
    // What follows an error is the close; a message that cannot be read is no reason for one.
    transport.on('error', (error) => {
      if (transport.isOpen) this.#warnings.once(`${this.url}: a message is left out: ${String(error)}`);
    });
    transport.on('close', () => this.#lost(transport));
    return transport;
  }

  #lost(transport: SocketTransport): void {
    if (this.#closed || transport !== this.#transport || this.#tries === 0) return;
    this.#failPending();
    if (this.#options.again === false) {
      this.#closed = true;
      return;
    }
    if (this.#tries === 1) this.#tell(`${this.url}: the connection is lost, trying again`);
    const wait = BACKOFF_MS[Math.min(this.#tries - 1, BACKOFF_MS.length - 1)];
    this.#tries++;
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #tell(message: string): void {
    if (this.#options.quiet !== true) this.#warnings.say(message);
  }

  #failPending(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const each of pending) each.fail(this.#gone());
  }

  #take(message: RosbridgeMessage): void {
    switch (message.op) {
      case 'publish':
        for (const take of this.#topics.get(String(message.topic)) ?? []) take(message);
        return;
      case 'call_service':
        this.#requests.get(`service ${String(message.service)}`)?.(message);
        return;
      case 'send_action_goal':
      case 'cancel_action_goal':
        this.#requests.get(`action ${String(message.action)}`)?.(message);
        return;
      case 'service_response':
      case 'action_feedback':
      case 'action_result':
        this.#pending.get(String(message.id))?.take(message);
        return;
      case 'status': {
        const { id, level, msg } = message;
        if (level === 'error' && id !== undefined) this.#pending.get(id)?.take({ ...message, op: 'status' });
        if (level === 'error' || level === 'warning') this.#warnings.once(`${this.url}: ${level}: ${String(msg)}`);
        return;
      }
      default:
        this.#warnings.once(`${this.url}: a message with the unknown op ${JSON.stringify(message.op)} is left out`);
    }
  }

  #gone(): Error {
    return inputError(
      'ros2/rosbridge-gone',
      `the rosbridge server ${this.url} is not connected`,
      'wait until it is there again: the connection is tried anew by itself',
    );
  }
}
