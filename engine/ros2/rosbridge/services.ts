import { inputError } from '../../core/errors.ts';
import type { RosMessage, ServiceType } from '../messages/types.ts';
import type { CallOptions, ServiceClient, ServiceServer } from '../node/types.ts';
import type { Warnings } from '../node/warnings.ts';
import type { RosbridgeLink } from './link.ts';
import type { RosbridgeMessage } from './transport.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

/** Sends a request and takes one answer, with a limit of time. */
export function ask<T>(
  link: RosbridgeLink,
  request: RosbridgeMessage & { readonly id: string },
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: CallOptions,
  what: string,
  read: (answer: RosbridgeMessage) => T,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const end = (act: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      forget();
      act();
    };
    const abort = () => end(() => reject(signal?.reason));
    const late = () => {
      const hint = 'the server may be busy, or the service not there: give more time, or look at its log';
      end(() => reject(inputError('ros2/timeout', `${what} did not answer in time`, hint)));
    };
    const timer = timeoutMs < 2 ** 31 ? setTimeout(late, Math.max(0, timeoutMs)) : undefined;
    const forget = link.onAnswer(request.id, {
      take: (answer) =>
        end(() => {
          try {
            resolve(read(answer));
          } catch (error) {
            reject(error);
          }
        }),
      fail: (error) => end(() => reject(error)),
    });
    signal?.addEventListener('abort', abort);
    try {
      if (signal?.aborted) abort();
      else link.send(request);
    } catch (error) {
      end(() => reject(error));
    }
  });
}

export class RosbridgeServiceClient implements ServiceClient {
  readonly name: string;
  readonly type: string;
  readonly #link: RosbridgeLink;
  readonly #service: ServiceType;
  readonly #isThere: (name: string) => Promise<boolean | undefined>;
  readonly #onClose: (client: RosbridgeServiceClient) => void;

  /** @param isThere whether the server knows the service; undefined where it cannot say */
  constructor(
    link: RosbridgeLink,
    name: string,
    service: ServiceType,
    isThere: (name: string) => Promise<boolean | undefined>,
    onClose: (client: RosbridgeServiceClient) => void,
  ) {
    this.name = name;
    this.type = service.name;
    this.#link = link;
    this.#service = service;
    this.#isThere = isThere;
    this.#onClose = onClose;
  }

  /** Servers without rosapi cannot say: then a connection is all that is asked for. */
  async waitForService(timeoutMs: number): Promise<boolean> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      if (this.#link.isConnected && (await this.#isThere(this.name)) !== false) return true;
      if (performance.now() >= end) return false;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async call(request: RosMessage, options: CallOptions = {}): Promise<RosMessage> {
    const { request: asked, response, name: type } = this.#service;
    const args = asked.toJson(asked.decode(asked.encode(request)));
    const id = this.#link.newId('call');
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const limit = timeoutMs < 2 ** 31 ? { timeout: timeoutMs / 1000 } : {};
    const message = { op: 'call_service', id, service: this.name, type, args, ...limit };
    return await ask(this.#link, message, options, this.name, (answer) => {
      if (answer.op === 'service_response' && answer.result !== false) return response.fromJson(answer.values ?? {});
      const reason = String(answer.op === 'status' ? answer.msg : answer.values);
      throw inputError('ros2/no-service', `${this.name} failed: ${reason}`, 'see whether its server runs, and its log');
    });
  }

  close(): void {
    this.#onClose(this);
  }
}

export class RosbridgeServiceServer implements ServiceServer {
  readonly name: string;
  readonly type: string;
  readonly #link: RosbridgeLink;
  readonly #about: string;
  readonly #stop: () => void;
  readonly #onClose: (server: RosbridgeServiceServer) => void;

  constructor(
    link: RosbridgeLink,
    warnings: Warnings,
    name: string,
    service: ServiceType,
    handle: (request: RosMessage) => RosMessage | Promise<RosMessage>,
    onClose: (server: RosbridgeServiceServer) => void,
  ) {
    this.name = name;
    this.type = service.name;
    this.#link = link;
    this.#onClose = onClose;
    this.#about = link.newId('advertise_service');
    const answer = async ({ id, args }: RosbridgeMessage) => {
      const reply = (result: boolean, values: unknown) => {
        link.offer({ op: 'service_response', ...(id === undefined ? {} : { id }), service: name, result, values });
      };
      try {
        const response = await handle(service.request.fromJson(args ?? {}));
        reply(true, service.response.toJson(service.response.decode(service.response.encode(response))));
      } catch (error) {
        warnings.say(`${name}: a request is not answered: ${(error as Error).message}`);
        reply(false, (error as Error).message);
      }
    };
    this.#stop = link.onRequest(`service ${name}`, (message) => void answer(message));
    link.stand(this.#about, { op: 'advertise_service', id: this.#about, service: name, type: service.name });
  }

  close(): void {
    this.#stop();
    this.#link.withdraw(this.#about, { op: 'unadvertise_service', service: this.name });
    this.#onClose(this);
  }
}
