import type { ServiceType } from '../messages/types.ts';
import type { DdsReader, DdsWriter, EndpointInfo } from '../rtps/types.ts';
import { type CorrelationForm, formOf } from './correlation.ts';
import { isPair } from './pairing.ts';
import { checkedEndpoint, type RosContext, SERVICE_QOS } from './shared.ts';

/** A server that has not shown for so long after its match that it knows of us is asked all the same [ms]. */
const PATIENCE_MS = 1000;

export interface RequestWriterEvents {
  /** Servers have come or gone. */
  onChange(): void;
  /** Another writer is in the place of one, by their GUIDs. */
  onRenewed(before: string, after: string): void;
}

/**
 * Writes the requests of one client to the servers of either middleware. A request has one of two forms on the wire, and a server
 * that gets the other one would take its first bytes for arguments: the writer matches servers of one form alone, that of the
 * first it meets, and those of the other once they are gone. (Two writers would do, but peers count the writers and readers of a
 * service.)
 */
export class RequestWriter {
  readonly #context: RosContext;
  readonly #name: string;
  readonly #service: ServiceType;
  readonly #pairing: string;
  readonly #replies: DdsReader;
  readonly #events: RequestWriterEvents;
  #writer: DdsWriter;
  /** Of the servers that are matched; undefined before the first. */
  #form: CorrelationForm | undefined;
  #matchedMs = performance.now();
  #patience: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param replies the client's reader @param pairing user data of both */
  constructor(
    context: RosContext,
    name: string,
    service: ServiceType,
    pairing: string,
    replies: DdsReader,
    events: RequestWriterEvents,
  ) {
    this.#context = context;
    this.#name = name;
    this.#service = service;
    this.#pairing = pairing;
    this.#replies = replies;
    this.#events = events;
    this.#writer = this.#create();
  }

  /** The one in use now. */
  get writer(): DdsWriter {
    return this.#writer;
  }

  get form(): CorrelationForm {
    return this.#form ?? 'identity';
  }

  /** Matched readers that take requests of our form; those of our own participant match without being asked for theirs. */
  get servers(): EndpointInfo[] {
    return this.#writer.matched.filter((each) => formOf(each) === this.form);
  }

  /** Whether a server hears us and we hear its replies: both its ends are matched, and know of us. */
  get isServed(): boolean {
    const isPatient = performance.now() - this.#matchedMs >= PATIENCE_MS;
    const replying = isPatient ? this.#replies.matched : this.#replies.ready;
    const ready = new Set((isPatient ? this.#writer.matched : this.#writer.ready).map(({ guid }) => guid));
    const servers = this.servers.filter(({ guid }) => ready.has(guid));
    return servers.some((request) => replying.some((reply) => isPair(request, reply, 'serviceid')));
  }

  /** A peer has come or gone: those that come begin a new time of patience. */
  met(matched: boolean): void {
    if (this.#closed) return;
    if (matched) {
      this.#matchedMs = performance.now();
      clearTimeout(this.#patience);
      this.#patience = setTimeout(() => this.#events.onChange(), PATIENCE_MS + 1);
      this.#patience.unref();
    } else this.#turn();
    this.#events.onChange();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#patience);
    this.#writer.close();
  }

  #create(): DdsWriter {
    const { request, hash } = this.#service;
    const checked = checkedEndpoint(this.#context, request, this.#pairing, hash);
    return this.#context.participant.createWriter(`rq${this.#name}Request`, request.ddsName, SERVICE_QOS, {
      ...checked,
      accepts: (remote) => {
        if (this.#form !== undefined && formOf(remote) !== this.#form) return false;
        if (!checked.accepts(remote)) return false;
        this.#form = formOf(remote);
        return true;
      },
      onReady: () => this.#events.onChange(),
      onMatched: (_, matched) => this.met(matched),
    });
  }

  /** Servers of the other form get their turn when those of one are gone. */
  #turn(): void {
    if (this.#form === undefined || this.servers.length > 0) return;
    const { topic, type } = this.#writer.info;
    const isOther = (each: EndpointInfo) =>
      each.kind === 'reader' && each.topic === topic && each.type === type && formOf(each) !== this.#form;
    const others = this.#context.participant.endpoints.some(isOther);
    this.#form = undefined;
    if (!others) return;
    const before = this.#writer;
    before.close();
    this.#writer = this.#create();
    this.#events.onRenewed(before.info.guid, this.#writer.info.guid);
  }
}
