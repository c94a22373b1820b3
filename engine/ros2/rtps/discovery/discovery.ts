import { guidBytes, PrefixMap } from '../guid.ts';
import { LIMITS } from '../limits.ts';
import type { Outlet } from '../outlet.ts';
import { StatefulReader } from '../stateful-reader.ts';
import { StatefulWriter } from '../stateful-writer.ts';
import type { Transport } from '../transport.ts';
import type { EndpointInfo } from '../types.ts';
import { BUILTIN, ENTITY, PID, STATUS } from '../wire/constants.ts';
import { ParameterList } from '../wire/parameter-list.ts';
import type { DataMessage } from '../wire/receiver.ts';
import type { Sample, WriterProxy } from '../writer-proxy.ts';
import { disposal, EndpointAnnouncer } from './endpoint-announcer.ts';
import { decodeEndpoint } from './endpoint-data.ts';
import { builtinAddress, type LocalEndpoints } from './endpoints.ts';
import { decodeParticipant, encodeParticipant } from './participant-data.ts';
import { type RemoteEndpoint, RemoteParticipant } from './remote-participant.ts';

export interface DiscoveryOptions {
  readonly prefix: Buffer;
  readonly domain: number;
  readonly name: string;
  readonly userData: string;
  readonly leaseSec: number;
}

const BUILTIN_QOS = { reliable: true, transientLocal: true, keepAll: false, depth: Number.POSITIVE_INFINITY };
/** Writers and readers that every participant has, in pairs: ours, theirs, and the bit by which they say that they have it. */
const PAIRS = [
  {
    writer: ENTITY.publicationsWriter,
    reader: ENTITY.publicationsReader,
    has: BUILTIN.publicationsWriter,
    takes: BUILTIN.publicationsReader,
  },
  {
    writer: ENTITY.subscriptionsWriter,
    reader: ENTITY.subscriptionsReader,
    has: BUILTIN.subscriptionsWriter,
    takes: BUILTIN.subscriptionsReader,
  },
  {
    writer: ENTITY.livelinessWriter,
    reader: ENTITY.livelinessReader,
    has: BUILTIN.livelinessWriter,
    takes: BUILTIN.livelinessReader,
  },
] as const;

/** Finds participants (SPDP) and their endpoints (SEDP), and tells them of ours. */
export class Discovery {
  readonly participants = new PrefixMap<RemoteParticipant>();
  readonly liveliness: StatefulWriter;
  readonly #outlet: Outlet;
  readonly #transport: Transport;
  readonly #options: DiscoveryOptions;
  readonly #endpoints: LocalEndpoints;
  readonly #onChange: () => void;
  readonly #writers = new Map<number, StatefulWriter>();
  readonly #readers = new Map<number, StatefulReader>();
  readonly #publications: EndpointAnnouncer;
  readonly #subscriptions: EndpointAnnouncer;
  #nEndpoints = 0;

  constructor(
    outlet: Outlet,
    transport: Transport,
    options: DiscoveryOptions,
    endpoints: LocalEndpoints,
    onChange: () => void,
  ) {
    this.#outlet = outlet;
    this.#transport = transport;
    this.#options = options;
    this.#endpoints = endpoints;
    this.#onChange = onChange;
    for (const { writer, reader } of PAIRS) {
      const depth = writer === ENTITY.livelinessWriter ? 1 : BUILTIN_QOS.depth;
      this.#writers.set(writer, new StatefulWriter(outlet, writer, { ...BUILTIN_QOS, depth }));
      const kind = reader === ENTITY.publicationsReader ? 'writer' : 'reader';
      const take = (sample: Sample, from: WriterProxy): void => this.#onEndpoint(sample, from, kind);
      const ignore = (): void => {};
      const deliver = reader === ENTITY.livelinessReader ? ignore : take;
      this.#readers.set(reader, new StatefulReader(outlet, reader, true, deliver));
    }
    this.liveliness = this.#writers.get(ENTITY.livelinessWriter)!;
    this.#publications = new EndpointAnnouncer(this.#writers.get(ENTITY.publicationsWriter)!);
    this.#subscriptions = new EndpointAnnouncer(this.#writers.get(ENTITY.subscriptionsWriter)!);
  }

  announce(): void {
    this.#transport.announce(this.#announcement());
  }

  /** Tells the peers of an endpoint of ours. */
  announceEndpoint(info: EndpointInfo): void {
    this.#announcerFor(info).announce(info);
  }

  disposeEndpoint(info: EndpointInfo): void {
    this.#announcerFor(info).dispose(info);
  }

  /** Drops participants that are silent for longer than their lease, and says which writers are not alive. */
  sweep(nowMs: number): void {
    for (const remote of [...this.participants]) {
      if (remote.expired(nowMs)) this.drop(remote, 'lease');
      else for (const endpoint of remote.leased) this.#checkLease(endpoint, nowMs);
    }
  }

  /** Takes back a time in which nobody could be heard. */
  forgive(ms: number): void {
    for (const remote of this.participants) {
      remote.seenMs += ms;
      for (const endpoint of remote.leased) endpoint.aliveMs += ms;
    }
  }

  alive(remote: RemoteParticipant, writer: number): void {
    const endpoint = remote.endpoints.get(writer);
    if (endpoint === undefined || !remote.leased.has(endpoint)) return;
    endpoint.aliveMs = remote.seenMs;
    if (endpoint.alive) return;
    endpoint.alive = true;
    this.#endpoints.liveliness(endpoint, true);
  }

  onAnnouncement(message: DataMessage, source: Buffer): void {
    const known = this.participants.get(source, 0);
    if (message.keyOnly || (message.status & (STATUS.disposed | STATUS.unregistered)) !== 0) {
      if (known !== undefined) this.drop(known, 'disposed');
      return;
    }
    if (known !== undefined || message.payload === undefined) return;
    const data = decodeParticipant(message.payload);
    if (data === undefined || !data.prefix.equals(source)) return;
    if ((data.domain ?? this.#options.domain) !== this.#options.domain || data.domainTag !== '') return;
    if (this.participants.size >= LIMITS.participants) return;
    const metatraffic = this.#transport.reach(data.metatraffic);
    const user = this.#transport.reach(data.user);
    if (metatraffic === undefined || user === undefined) return;
    const remote = new RemoteParticipant(data, metatraffic, user, performance.now());
    this.participants.add(remote);
    this.#outlet.send(this.#announcement(), metatraffic);
    for (const { writer, reader, has, takes } of PAIRS) {
      if ((data.builtin & takes) !== 0) {
        const proxy = this.#writers.get(writer)!.match(builtinAddress(remote, reader), true);
        if (proxy !== undefined) remote.addReader({ proxy, writer: this.#writers.get(writer)! });
      }
      if ((data.builtin & has) === 0) continue;
      const proxy = this.#readers.get(reader)!.match(builtinAddress(remote, writer));
      if (proxy !== undefined) remote.addWriter(proxy);
    }
    this.#onChange();
  }

  drop(remote: RemoteParticipant, why: 'disposed' | 'lease'): void {
    if (!this.participants.delete(remote)) return;
    for (const endpoint of [...remote.endpoints.values()]) this.#dropEndpoint(endpoint, why);
    for (const { writer, reader } of PAIRS) {
      this.#writers.get(writer)!.unmatch(builtinAddress(remote, reader).guid);
      this.#readers.get(reader)!.unmatch(builtinAddress(remote, writer).guid);
    }
    this.#onChange();
  }

  /** Says that this participant is gone. */
  farewell(): void {
    const { prefix } = this.#options;
    const message = this.#outlet.message.begin(256);
    message.data(
      ENTITY.unknown,
      ENTITY.participantWriter,
      2,
      disposal(guidBytes(prefix, ENTITY.participant)),
      undefined,
    );
    const datagram = message.take();
    this.#transport.announce(datagram);
    for (const remote of this.participants) this.#outlet.send(datagram, remote.metatraffic);
  }

  #announcement(): Buffer {
    const { metatraffic, userData: user } = this.#transport;
    const payload = encodeParticipant({ ...this.#options, metatraffic, user });
    const now = (performance.timeOrigin + performance.now()) / 1000;
    const message = this.#outlet.message.begin(payload.length + 256).timestamp(now);
    return message.data(ENTITY.unknown, ENTITY.participantWriter, 1, undefined, payload).take();
  }

  #announcerFor(info: EndpointInfo): EndpointAnnouncer {
    return info.kind === 'writer' ? this.#publications : this.#subscriptions;
  }

  #checkLease(endpoint: RemoteEndpoint, nowMs: number): void {
    const { liveliness, livelinessLeaseSec } = endpoint.info.qos;
    const last = liveliness === 'automatic' ? endpoint.participant.seenMs : endpoint.aliveMs;
    const alive = nowMs - last <= livelinessLeaseSec * 1000;
    if (alive === endpoint.alive) return;
    endpoint.alive = alive;
    this.#endpoints.liveliness(endpoint, alive);
  }

  #onEndpoint(sample: Sample, from: WriterProxy, kind: 'reader' | 'writer'): void {
    const participant = this.participants.get(from.address.prefix, 0);
    if (participant === undefined) return;
    if (sample.keyOnly || (sample.status & (STATUS.disposed | STATUS.unregistered)) !== 0) {
      const guid = sample.keyHash ?? keyOf(sample.payload);
      const known = guid && participant.endpoints.get(guid.readUInt32BE(12));
      if (known?.info.kind === kind) {
        this.#dropEndpoint(known, 'disposed');
        this.#onChange();
      }
      return;
    }
    const data = sample.payload && decodeEndpoint(sample.payload, kind);
    if (data === undefined || !participant.prefix.equals(data.guid.subarray(0, 12))) return;
    const entity = data.guid.readUInt32BE(12);
    const full = participant.endpoints.size >= LIMITS.endpointsPerParticipant || this.#nEndpoints >= LIMITS.endpoints;
    if (participant.endpoints.has(entity) || full) return;
    const own = data.locators.length > 0 ? this.#transport.reach(data.locators) : undefined;
    const info: EndpointInfo = {
      kind,
      guid: data.guid.toString('hex'),
      topic: data.topic,
      type: data.type,
      qos: data.qos,
      vendor: participant.data.vendor,
      userData: data.userData,
      local: false,
    };
    const endpoint: RemoteEndpoint = {
      info,
      entity,
      participant,
      destination: own ?? participant.user,
      data,
      aliveMs: performance.now(),
      alive: true,
    };
    participant.endpoints.set(entity, endpoint);
    this.#nEndpoints++;
    if (kind === 'writer' && info.qos.livelinessLeaseSec < Number.POSITIVE_INFINITY) participant.leased.add(endpoint);
    this.#endpoints.addRemote(endpoint);
    this.#onChange();
  }

  #dropEndpoint(endpoint: RemoteEndpoint, why: 'disposed' | 'lease'): void {
    if (!endpoint.participant.endpoints.delete(endpoint.entity)) return;
    endpoint.participant.leased.delete(endpoint);
    this.#nEndpoints--;
    this.#endpoints.removeRemote(endpoint, why);
  }
}

function keyOf(payload: Buffer | undefined): Buffer | undefined {
  return payload && ParameterList.ofPayload(payload)?.bytes(PID.endpointGuid, 16);
}
