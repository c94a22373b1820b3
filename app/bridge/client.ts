import { EventEmitter } from 'node:events';
import type { RawData, WebSocket } from 'ws';
import type { Graph } from '../../engine/ros2/node/types.ts';
import { Outbox } from './outbox.ts';
import { type Command, failedCall, readCommand, statusText, UNSUPPORTED } from './protocol.ts';

/** How long a service may take to be seen before a call without a type is refused [ms]. */
const DISCOVERY_MS = 3000;
/** Calls of one client that may wait for their answers. */
const MOST_CALLS = 1000;

interface Call {
  readonly service: string;
  /** As the client gave it; what goes to the bridge is one in any case. */
  readonly clientId: string | undefined;
  readonly timer: NodeJS.Timeout | undefined;
  /** Whether the bridge has it; before, its service is still looked for. */
  passed: boolean;
}

/**
 * One client of the bridge, as the socket that ros2-web-bridge sees: whole, valid JSON commands arrive there, with the types that
 * clients leave out; what it lacks is answered here; and every call gets an answer, also when it fails.
 */
export class BridgeClient extends EventEmitter {
  readonly #graph: Graph;
  readonly #outbox: Outbox;
  readonly #calls = new Map<string, Call>();
  readonly #advertised = new Set<string>();
  readonly #stopWatching: () => void;
  #closed = false;
  #ids = 0;

  constructor(socket: WebSocket, graph: Graph) {
    super();
    this.#graph = graph;
    this.#outbox = new Outbox(socket);
    this.#stopWatching = graph.onChange(() => this.#failLostCalls());
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('error', (error) => this.emit('error', error));
    socket.on('close', () => {
      this.#closed = true;
      this.#stopWatching();
      this.#outbox.close();
      for (const { timer } of this.#calls.values()) clearTimeout(timer);
      this.#calls.clear();
      this.emit('close');
    });
  }

  /** What ros2-web-bridge answers or publishes. */
  send(text: string): void {
    if (this.#closed) return;
    if (!text.startsWith('{"op":"publish"')) {
      const answer = JSON.parse(text) as Command & { readonly msg?: string };
      const { op, id = '', level, msg } = answer;
      const call = this.#calls.get(id);
      if (op === 'service_response') {
        if (call === undefined) return;
        this.#settle(id);
        this.#outbox.send(JSON.stringify({ ...answer, id: call.clientId }));
        return;
      }
      if (op === 'status' && level === 'error') this.#fail(id, msg ?? 'the call failed');
    }
    this.#outbox.send(text);
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      this.#status('error', 'binary messages (cbor, bson) are not supported: send JSON text');
      return;
    }
    const command = readCommand(data.toString());
    if ('fault' in command) {
      this.#status('error', command.fault, command.id);
      return;
    }
    const unsupported = UNSUPPORTED[command.op];
    if (unsupported !== undefined) {
      this.#status('error', `${command.op}: ${unsupported}`, command.id);
      return;
    }
    if (command.op === 'call_service') this.#call(command);
    else if (command.op === 'publish') this.#publish(command);
    else if (command.op === 'subscribe') this.#subscribe(command);
    else {
      if (command.op === 'advertise' && command.topic !== undefined) this.#advertised.add(command.topic);
      if (command.op === 'unadvertise' && command.topic !== undefined) this.#advertised.delete(command.topic);
      this.#pass(command);
    }
  }

  #pass(command: Command): void {
    this.emit('message', JSON.stringify(command));
  }

  #status(level: 'error' | 'warning', msg: string, id?: string): void {
    this.#outbox.send(statusText(level, msg, id));
  }

  /** Stock roslib names no type, and ros2-web-bridge needs one: the graph knows it. */
  #call(command: Command): void {
    const { service, timeout } = command;
    if (service === undefined) {
      this.#status('error', 'call_service: the field service is missing', command.id);
      return;
    }
    if (this.#calls.size >= MOST_CALLS) {
      this.#outbox.send(failedCall(service, command.id, `${MOST_CALLS} calls wait for answers already`));
      return;
    }
    const clientId = command.id === undefined ? undefined : String(command.id);
    const id = clientId ?? `call:${++this.#ids}`;
    if (this.#calls.has(id)) {
      this.#status('error', `call_service: a call ${id} waits for its answer`, id);
      return;
    }
    const expire = () => this.#fail(id, `no answer within ${timeout} s`);
    const timed = timeout !== undefined && timeout > 0 && timeout < 2e6;
    const call: Call = {
      service,
      clientId,
      timer: timed ? setTimeout(expire, 1000 * timeout) : undefined,
      passed: false,
    };
    this.#calls.set(id, call);
    void this.#serviceType(command).then((type) => {
      if (this.#closed || this.#calls.get(id) !== call) return;
      if (type === undefined) {
        this.#fail(id, `service ${service} is not available`);
        return;
      }
      call.passed = true;
      this.#pass({ ...command, id, type });
    });
  }

  async #serviceType({ service = '', type }: Command): Promise<string | undefined> {
    const name = absolute(service);
    for (let waited = 0; ; waited += 50) {
      const known = this.#graph.services().find((each) => each.name === name)?.types[0];
      // A call to a service that nobody offers would wait for ever.
      if (known !== undefined) return type || known;
      if (waited >= DISCOVERY_MS || this.#closed) return undefined;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Clients may publish without advertising first where the graph knows the type. */
  #publish(command: Command): void {
    const { topic } = command;
    if (topic === undefined) {
      this.#status('error', 'publish: the field topic is missing', command.id);
      return;
    }
    if (!this.#advertised.has(topic)) {
      const type = command.type ?? this.#topicType(topic);
      if (type === undefined) {
        this.#status('error', `publish: ${topic} is not advertised, and nobody knows its type`, command.id);
        return;
      }
      this.#advertised.add(topic);
      this.#pass({ op: 'advertise', topic, type });
    }
    this.#pass(command);
  }

  #subscribe(command: Command): void {
    const { topic } = command;
    if (topic === undefined) {
      this.#status('error', 'subscribe: the field topic is missing', command.id);
      return;
    }
    const type = command.type || this.#topicType(topic);
    if (type === undefined) {
      this.#status('error', `subscribe: nobody publishes ${topic} yet, give its type`, command.id);
      return;
    }
    this.#pass({ ...command, type });
  }

  #topicType(topic: string): string | undefined {
    const name = absolute(topic);
    return this.#graph.topics().find((each) => each.name === name)?.types[0];
  }

  #settle(id: string): void {
    clearTimeout(this.#calls.get(id)?.timer);
    this.#calls.delete(id);
  }

  #fail(id: string, reason: string): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#settle(id);
    this.#outbox.send(failedCall(call.service, call.clientId, reason));
  }

  #failLostCalls(): void {
    if (this.#calls.size === 0) return;
    const alive = new Set(this.#graph.services().map(({ name }) => name));
    for (const [id, { service, passed }] of this.#calls) {
      if (passed && !alive.has(absolute(service))) this.#fail(id, `service ${service} went away`);
    }
  }
}

function absolute(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}
