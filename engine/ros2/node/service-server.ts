import type { RosMessage, ServiceType } from '../messages/types.ts';
import type { DdsReader, DdsWriter, ReceivedSample } from '../rtps/types.ts';
import { type Correlation, guidBytes, readRequest, sameGuid, withHeader } from './correlation.ts';
import { isPair, pairingText, participantOf } from './pairing.ts';
import { checkedEndpoint, type RosContext, SERVICE_QOS } from './shared.ts';
import type { ServiceServer } from './types.ts';
import { Waiting } from './waiting.ts';

/** A client's reader may be discovered after its request came: the reply waits for it, or would be lost [ms]. */
const READER_MS = 2000;
/** Requests that may be worked on at once. */
const MOST_REQUESTS = 10_000;

export class DdsServiceServer implements ServiceServer {
  readonly name: string;
  readonly type: string;
  readonly writer: DdsWriter;
  readonly reader: DdsReader;
  readonly #context: RosContext;
  readonly #service: ServiceType;
  readonly #handle: (request: RosMessage) => RosMessage | Promise<RosMessage>;
  readonly #onClose: (server: DdsServiceServer) => void;
  readonly #waiting = new Waiting();
  #working = 0;
  #closed = false;

  constructor(
    context: RosContext,
    name: string,
    service: ServiceType,
    handle: (request: RosMessage) => RosMessage | Promise<RosMessage>,
    onClose: (server: DdsServiceServer) => void,
  ) {
    this.name = name;
    this.type = service.name;
    this.#context = context;
    this.#service = service;
    this.#handle = handle;
    this.#onClose = onClose;
    const { participant } = context;
    const pairing = pairingText('serviceid', crypto.getRandomValues(new Uint8Array(16)));
    this.writer = participant.createWriter(`rr${name}Reply`, service.response.ddsName, SERVICE_QOS, {
      ...checkedEndpoint(context, service.response, pairing, service.hash),
      onMatched: () => this.#waiting.wake(),
      onReady: () => this.#waiting.wake(),
    });
    this.reader = participant.createReader(`rq${name}Request`, service.request.ddsName, SERVICE_QOS, {
      ...checkedEndpoint(context, service.request, pairing, service.hash),
      onSample: (sample) => void this.#take(sample),
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.reader.close();
    this.writer.close();
    this.#waiting.wake();
    this.#onClose(this);
  }

  async #take(sample: ReceivedSample): Promise<void> {
    const { warnings } = this.#context;
    const read = readRequest(sample);
    if (read === undefined) {
      if (sample.writer.vendor !== 'isocenter') warnings.once(`${this.name}: a request is left out: it is too short`);
      return;
    }
    if (this.#working >= MOST_REQUESTS) {
      warnings.once(`${this.name}: requests are left out: ${MOST_REQUESTS} are being worked on`);
      return;
    }
    this.#working++;
    try {
      const request = this.#service.request.decode(read.message);
      const response = this.#service.response.encode(await this.#handle(request));
      await this.#waiting.until(() => this.#closed || this.#hears(sample, read.correlation), READER_MS);
      if (!this.#closed) this.#reply(read.correlation, response);
    } catch (error) {
      warnings.say(`${this.name}: a request is not answered: ${(error as Error).message}`);
    } finally {
      this.#working--;
    }
  }

  /** Whether the client's reader will get the reply: the very one that the request names, else the one of its pair. */
  #hears({ writer }: ReceivedSample, correlation: Correlation): boolean {
    const { ready } = this.writer;
    if (correlation.form === 'header') return ready.some((reader) => isPair(writer, reader, 'clientid'));
    const { guid } = correlation.identity;
    if (sameGuid(guid, guidBytes(writer.guid))) {
      return ready.some((reader) => participantOf(reader) === participantOf(writer));
    }
    return ready.some((reader) => sameGuid(guid, guidBytes(reader.guid)));
  }

  #reply(correlation: Correlation, response: Uint8Array): void {
    if (correlation.form === 'header') {
      this.writer.write(withHeader(response, correlation.client, correlation.sequence));
    } else this.writer.write(response, correlation.identity);
  }
}
