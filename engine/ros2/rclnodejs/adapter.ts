import type { RosMessage } from '../messages/types.ts';
import { type AdaptiveSubscription, subscribeAdaptively } from '../node/adaptive-subscription.ts';
import type { Publisher, RosNode, ServiceClient, ServiceServer } from '../node/types.ts';

type Reply = (response: unknown) => void;

/** What a service's handler answers through. */
export interface RclResponse {
  /** A response of zeros, to be filled. */
  readonly template: unknown;
  send(response: unknown): void;
}

export interface RclPublisher {
  readonly topic: string;
  publish(message: unknown): void;
}

export interface RclClient {
  readonly serviceName: string;
  /** `onFailure` tells of calls that end without an answer; ros2-web-bridge gives none. */
  sendRequest(request: unknown, onResponse: Reply, onFailure?: (error: unknown) => void): void;
  waitForService(timeoutMs?: number): Promise<boolean>;
}

interface Entry<T> {
  readonly handle: T;
  close(): void;
}

/**
 * A node with the surface of rclnodejs that ros2-web-bridge stands on: types and messages are checked as they come, messages
 * are plain JSON values both ways (arrays instead of typed arrays, numbers for 64-bit integers where they are exact).
 */
export class RclNode {
  readonly #node: RosNode;
  readonly #entries = new Map<object, Entry<object>>();

  constructor(node: RosNode) {
    this.#node = node;
  }

  name(): string {
    return this.#node.name;
  }

  namespace(): string {
    return this.#node.namespace;
  }

  createPublisher(type: string, topic: string): RclPublisher {
    const message = this.#node.interfaces.message(type);
    const publisher: Publisher = this.#node.createPublisher(type, topic);
    const handle: RclPublisher = {
      topic: publisher.topic,
      publish: (value) => {
        publisher.publish(message.fromJson(value ?? {}));
      },
    };
    return this.#keep(handle, () => publisher.close());
  }

  createSubscription(
    type: string,
    topic: string,
    optionsOrCallback: unknown,
    callback?: (message: unknown) => void,
  ): object {
    const onMessage = (callback ?? optionsOrCallback) as (message: unknown) => void;
    const message = this.#node.interfaces.message(type);
    const subscription: AdaptiveSubscription = subscribeAdaptively(this.#node, type, topic, (value) =>
      onMessage(message.toJson(value)),
    );
    return this.#keep({ topic: subscription.topic }, () => subscription.close());
  }

  createClient(type: string, service: string): RclClient {
    const { request, response } = this.#node.interfaces.service(type);
    const client: ServiceClient = this.#node.createClient(type, service);
    const handle: RclClient = {
      serviceName: client.name,
      sendRequest: (value, onResponse, onFailure) => {
        const message = request.fromJson(value ?? {});
        const failed = (error: unknown) => onFailure?.(error);
        client.call(message, { timeoutMs: Number.POSITIVE_INFINITY }).then((answer: RosMessage) => {
          onResponse(response.toJson(answer));
        }, failed);
      },
      waitForService: (timeoutMs = 2 ** 31 - 1) => client.waitForService(timeoutMs),
    };
    return this.#keep(handle, () => client.close());
  }

  createService(
    type: string,
    service: string,
    optionsOrHandler: unknown,
    handler?: (request: unknown, response: RclResponse) => void,
  ): object {
    const handle = (handler ?? optionsOrHandler) as (request: unknown, response: RclResponse) => void;
    const { request, response } = this.#node.interfaces.service(type);
    const server: ServiceServer = this.#node.createService(
      type,
      service,
      (message) =>
        new Promise<RosMessage>((resolve, reject) => {
          const answer: RclResponse = {
            template: response.toJson(response.zero()),
            send: (value) => {
              try {
                resolve(response.fromJson(value ?? {}));
              } catch (error) {
                reject(error);
                throw error;
              }
            },
          };
          handle(request.toJson(message), answer);
        }),
    );
    return this.#keep({ serviceName: server.name }, () => server.close());
  }

  destroyPublisher(handle: object): void {
    this.#destroy(handle);
  }

  destroySubscription(handle: object): void {
    this.#destroy(handle);
  }

  destroyClient(handle: object): void {
    this.#destroy(handle);
  }

  destroyService(handle: object): void {
    this.#destroy(handle);
  }

  /** rclnodejs polls its middleware here; ours calls back by itself. */
  spin(): void {}

  spinOnce(): void {}

  destroy(): void {
    for (const entry of this.#entries.values()) entry.close();
    this.#entries.clear();
    void this.#node.close();
  }

  #keep<T extends object>(handle: T, close: () => void): T {
    this.#entries.set(handle, { handle, close });
    return handle;
  }

  #destroy(handle: object): void {
    this.#entries.get(handle)?.close();
    this.#entries.delete(handle);
  }
}
