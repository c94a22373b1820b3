import type { AddressInfo } from 'node:net';
import { encode } from 'cbor2';
import { type WebSocket, WebSocketServer } from 'ws';

interface Message {
  readonly op: string;
  readonly id?: string;
  readonly topic?: string;
  readonly type?: string;
  readonly service?: string;
  readonly action?: string;
  readonly action_type?: string;
  readonly args?: Record<string, unknown>;
  readonly values?: unknown;
  readonly msg?: unknown;
  readonly result?: boolean;
  readonly status?: number;
  readonly feedback?: boolean;
  readonly compression?: string;
  readonly [field: string]: unknown;
}

const SEND_GOAL = '/_action/send_goal';

interface Subscriber {
  readonly socket: WebSocket;
  readonly id: string | undefined;
  readonly compression: string;
}

/**
 * A rosbridge v2 server as rosbridge_suite is one: topics among its clients (as JSON, cbor or in fragments), services and
 * actions of its clients, and rosapi. It keeps what it was told, for tests to look at.
 */
export class RosbridgeServer {
  readonly log: Message[] = [];
  /** Longest text that goes out whole; longer ones go in fragments. */
  fragmentSize = Number.POSITIVE_INFINITY;
  /**
   * As rosbridge_suite is without `call_services_in_new_thread` and `send_action_goals_in_new_thread`: while a call or a goal of a
   * client runs, what the client sends after it waits.
   */
  oneByOne = false;
  hasRosapi = true;
  readonly #server: WebSocketServer;
  readonly #subscribers = new Map<string, Subscriber[]>();
  readonly #services = new Map<string, { socket: WebSocket; type: string }>();
  readonly #actions = new Map<string, WebSocket>();
  /** Who waits for the answer of a call or goal. */
  readonly #askers = new Map<string, WebSocket>();
  /** What waits for the end of a client's call or goal. */
  readonly #held = new Map<WebSocket, Message[]>();
  #fragments = 0;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.on('message', (data) => this.#receive(socket, JSON.parse(data.toString()) as Message));
      socket.on('close', () => this.#forget(socket));
    });
  }

  static async start(port = 0): Promise<RosbridgeServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port });
    await new Promise<void>((resolve, reject) => {
      server.once('listening', resolve);
      server.once('error', reject);
    });
    return new RosbridgeServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  said(op: string): Message[] {
    return this.log.filter((message) => message.op === op);
  }

  /** Anything, also what is no message, to all clients. */
  shout(data: string | Uint8Array): void {
    for (const client of this.#server.clients) client.send(data);
  }

  /** Reads nothing more and answers no ping, as a machine that lost its power. */
  freeze(): void {
    for (const client of this.#server.clients) client.pause();
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #receive(socket: WebSocket, message: Message): void {
    const held = this.#held.get(socket);
    // Answers are read by the threads that wait for them.
    const isAnswer = /_response$|_feedback$|_result$/.test(message.op);
    if (held !== undefined && !isAnswer) held.push(message);
    else this.#take(socket, message);
  }

  /** The call or goal of a client has ended: what waited is taken, up to the next. */
  #release(socket: WebSocket): void {
    const held = this.#held.get(socket) ?? [];
    this.#held.delete(socket);
    for (const message of held) this.#receive(socket, message);
  }

  #take(socket: WebSocket, message: Message): void {
    this.log.push(message);
    const { op, id, topic = '', service = '', action = '' } = message;
    switch (op) {
      case 'subscribe': {
        const list = this.#subscribers.get(topic) ?? [];
        list.push({ socket, id, compression: message.compression ?? 'none' });
        this.#subscribers.set(topic, list);
        return;
      }
      case 'unsubscribe': {
        const left = (this.#subscribers.get(topic) ?? []).filter((each) => each.socket !== socket || each.id !== id);
        this.#subscribers.set(topic, left);
        return;
      }
      case 'publish':
        for (const each of this.#subscribers.get(topic) ?? []) this.#deliver(each, topic, message.msg);
        return;
      case 'advertise_service':
        this.#services.set(service, { socket, type: message.type ?? '' });
        return;
      case 'unadvertise_service':
        this.#services.delete(service);
        return;
      case 'call_service':
        this.#call(socket, message);
        return;
      case 'advertise_action':
        this.#actions.set(action, socket);
        return;
      case 'unadvertise_action':
        this.#actions.delete(action);
        return;
      case 'send_action_goal': {
        const server = this.#actions.get(action);
        this.#askers.set(id ?? '', socket);
        if (server !== undefined) {
          if (this.oneByOne) this.#held.set(socket, []);
          this.#send(server, message);
        } else {
          const values = `no action ${action}`;
          this.#send(socket, { op: 'action_result', id, action, values, status: 0, result: false });
        }
        return;
      }
      case 'cancel_action_goal': {
        const server = this.#actions.get(action);
        if (server !== undefined) this.#send(server, message);
        return;
      }
      case 'service_response':
      case 'action_feedback':
      case 'action_result': {
        const asker = this.#askers.get(id ?? '');
        if (op !== 'action_feedback') this.#askers.delete(id ?? '');
        if (asker === undefined) return;
        this.#send(asker, message);
        if (op !== 'action_feedback') this.#release(asker);
      }
    }
  }

  #call(socket: WebSocket, { id = '', service = '', args = {} }: Message): void {
    const answer = (values: unknown) =>
      this.#send(socket, { op: 'service_response', id, service, values, result: true });
    switch (this.hasRosapi ? service : '') {
      case '/rosapi/topics': {
        const topics = [
          ...new Set([...this.said('advertise'), ...this.said('subscribe')].map((each) => each.topic ?? '')),
        ];
        const typeOf = (name: string) => this.log.find((each) => each.topic === name && each.type !== undefined)?.type;
        answer({ topics, types: topics.map((name) => typeOf(name) ?? '') });
        return;
      }
      case '/rosapi/services':
        answer({ services: [...this.#services.keys(), ...[...this.#actions.keys()].map((name) => name + SEND_GOAL)] });
        return;
      case '/rosapi/nodes':
        answer({ nodes: ['/rosbridge_websocket', '/robot/driver'] });
        return;
      case '/rosapi/service_type':
        answer({ type: this.#typeOf(String(args.service)) });
        return;
    }
    const server = this.#services.get(service);
    if (server === undefined) {
      const values = `Service ${service} does not exist`;
      this.#send(socket, { op: 'service_response', id, service, values, result: false });
      return;
    }
    this.#askers.set(id, socket);
    if (this.oneByOne) this.#held.set(socket, []);
    this.#send(server.socket, { op: 'call_service', id, service, args });
  }

  /** Services of actions are hidden, but there. */
  #typeOf(service: string): string {
    const action = this.said('advertise_action').find(({ action: name }) => `${name}${SEND_GOAL}` === service);
    return this.#services.get(service)?.type ?? (action === undefined ? '' : `${action.type}_SendGoal`);
  }

  #deliver({ socket, compression }: Subscriber, topic: string, msg: unknown): void {
    if (compression === 'cbor') socket.send(encode({ op: 'publish', topic, msg }));
    else this.#send(socket, { op: 'publish', topic, msg });
  }

  #send(socket: WebSocket, message: object): void {
    const text = JSON.stringify(message);
    if (text.length <= this.fragmentSize) {
      socket.send(text);
      return;
    }
    const total = Math.ceil(text.length / this.fragmentSize);
    const id = `f${++this.#fragments}`;
    for (let num = 0; num < total; num++) {
      const data = text.slice(num * this.fragmentSize, (num + 1) * this.fragmentSize);
      socket.send(JSON.stringify({ op: 'fragment', id, num, total, data }));
    }
  }

  #forget(socket: WebSocket): void {
    for (const [topic, list] of this.#subscribers) {
      this.#subscribers.set(
        topic,
        list.filter((each) => each.socket !== socket),
      );
    }
    for (const [name, each] of this.#services) if (each.socket === socket) this.#services.delete(name);
    for (const [name, each] of this.#actions) if (each === socket) this.#actions.delete(name);
  }
}
