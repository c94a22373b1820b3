import { entityHex } from '../guid.ts';
import type { RemoteAddress } from '../reader-proxy.ts';
import type { EndpointInfo } from '../types.ts';
import { LocalLink, type UserReader } from '../user-reader.ts';
import type { UserWriter } from '../user-writer.ts';
import { incompatiblePolicy, sameTopic } from './matching.ts';
import type { RemoteEndpoint, RemoteParticipant } from './remote-participant.ts';

/** Our readers and writers, and with whom each is matched. */
export class LocalEndpoints {
  readonly writers = new Map<number, UserWriter>();
  readonly readers = new Map<number, UserReader>();
  readonly #links = new Set<LocalLink>();
  readonly #remotes: () => Iterable<RemoteParticipant>;

  constructor(remotes: () => Iterable<RemoteParticipant>) {
    this.#remotes = remotes;
  }

  get infos(): EndpointInfo[] {
    return [...this.writers.values(), ...this.readers.values()].map(({ info }) => info);
  }

  addWriter(writer: UserWriter): void {
    this.writers.set(writer.entity, writer);
    for (const reader of this.readers.values()) this.#link(writer, reader);
    for (const remote of this.#remotes()) {
      for (const endpoint of remote.endpoints.values()) this.#matchReader(writer, endpoint);
    }
  }

  addReader(reader: UserReader): void {
    this.readers.set(reader.entity, reader);
    for (const writer of this.writers.values()) this.#link(writer, reader);
    for (const remote of this.#remotes()) {
      for (const endpoint of remote.endpoints.values()) this.#matchWriter(reader, endpoint);
    }
  }

  removeWriter(writer: UserWriter): void {
    this.writers.delete(writer.entity);
    for (const link of this.#links) if (link.writer === writer) this.#unlink(link);
    for (const remote of this.#remotes()) {
      for (const endpoint of remote.endpoints.values()) this.#unmatchReader(writer, endpoint);
    }
  }

  removeReader(reader: UserReader): void {
    this.readers.delete(reader.entity);
    for (const link of this.#links) if (link.reader === reader) this.#unlink(link);
    for (const remote of this.#remotes()) {
      for (const endpoint of remote.endpoints.values()) {
        for (const proxy of remote.writers(endpoint.entity)) {
          if (proxy.reader === reader.entity) remote.removeWriter(proxy);
        }
        reader.setMatched(endpoint.info, false);
      }
    }
  }

  addRemote(endpoint: RemoteEndpoint): void {
    if (endpoint.info.kind === 'reader') {
      for (const writer of this.writers.values()) this.#matchReader(writer, endpoint);
    } else for (const reader of this.readers.values()) this.#matchWriter(reader, endpoint);
  }

  removeRemote(endpoint: RemoteEndpoint, why: 'disposed' | 'lease'): void {
    const { info, participant } = endpoint;
    if (info.kind === 'reader') {
      for (const writer of this.writers.values()) this.#unmatchReader(writer, endpoint);
      return;
    }
    for (const reader of this.readers.values()) {
      const proxy = reader.wire.unmatch(info.guid);
      if (proxy !== undefined) participant.removeWriter(proxy);
      reader.gone(endpoint, why);
    }
  }

  /** A writer that kept still for its lease is not matched any more, and is again once it speaks; what it sent stays in order. */
  liveliness(endpoint: RemoteEndpoint, alive: boolean): void {
    for (const proxy of endpoint.participant.writers(endpoint.entity)) {
      const reader = this.readers.get(proxy.reader);
      if (alive) reader?.setMatched(endpoint.info, true);
      else reader?.gone(endpoint, 'lease');
    }
  }

  #link(writer: UserWriter, reader: UserReader): void {
    if (!sameTopic(writer.info, reader.info)) return;
    const policy = incompatiblePolicy(writer.info.qos, reader.info.qos);
    if (policy === undefined) this.#links.add(new LocalLink(writer, reader));
    else {
      writer.refused(reader.info, policy);
      reader.refused(writer.info, policy);
    }
  }

  #unlink(link: LocalLink): void {
    this.#links.delete(link);
    link.close();
  }

  #matchReader(writer: UserWriter, endpoint: RemoteEndpoint): void {
    const { info, participant } = endpoint;
    if (info.kind !== 'reader' || !sameTopic(writer.info, info) || !inDefaultPartition(endpoint)) return;
    const policy = incompatiblePolicy(writer.info.qos, info.qos);
    if (policy !== undefined) {
      writer.refused(info, policy);
      return;
    }
    if (writer.options.accepts?.(info) === false) return;
    writer.setMatched(info, true);
    const proxy = writer.wire.match(addressOf(endpoint), info.qos.durability === 'transient_local');
    if (proxy !== undefined) participant.addReader({ proxy, writer: writer.wire });
  }

  #matchWriter(reader: UserReader, endpoint: RemoteEndpoint): void {
    const { info, participant } = endpoint;
    if (info.kind !== 'writer' || !sameTopic(reader.info, info) || !inDefaultPartition(endpoint)) return;
    const policy = incompatiblePolicy(info.qos, reader.info.qos);
    if (policy !== undefined) {
      reader.refused(info, policy);
      return;
    }
    if (reader.options.accepts?.(info) === false) return;
    reader.setMatched(info, true);
    const proxy = reader.wire.match(addressOf(endpoint));
    if (proxy !== undefined) participant.addWriter(proxy);
  }

  #unmatchReader(writer: UserWriter, endpoint: RemoteEndpoint): void {
    const proxy = writer.wire.unmatch(endpoint.info.guid);
    if (proxy !== undefined) endpoint.participant.removeReader(proxy);
    writer.setMatched(endpoint.info, false);
  }
}

function addressOf({ info, participant, entity, destination }: RemoteEndpoint): RemoteAddress {
  return {
    guid: info.guid,
    prefix: participant.prefix,
    entity,
    destination,
    reliable: info.qos.reliability === 'reliable',
    vendor: info.vendor,
  };
}

/** Our endpoints are in the default partition, as those of ROS are. */
function inDefaultPartition({ data }: RemoteEndpoint): boolean {
  return data.partitions.length === 0 || data.partitions.includes('*');
}

export function builtinAddress(participant: RemoteParticipant, entity: number): RemoteAddress {
  return {
    guid: participant.hex + entityHex(entity),
    prefix: participant.prefix,
    entity,
    destination: participant.metatraffic,
    reliable: true,
    vendor: participant.info.vendor,
  };
}
