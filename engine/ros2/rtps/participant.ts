import { inputError } from '../../core/errors.ts';
import { Attendance } from './attendance.ts';
import { Discovery } from './discovery/discovery.ts';
import { LocalEndpoints } from './discovery/endpoints.ts';
import { interfacesFor, readEnvironment } from './environment.ts';
import { entityHex, newPrefix } from './guid.ts';
import { LIMITS } from './limits.ts';
import { type Attended, Budget, type Outlet } from './outlet.ts';
import { checkDomain } from './ports.ts';
import { Router } from './router.ts';
import type { Destination, Transport } from './transport.ts';
import type {
  DdsParticipant,
  DdsReader,
  DdsWriter,
  EndpointInfo,
  ParticipantInfo,
  Qos,
  ReaderOptions,
  WriterOptions,
} from './types.ts';
import { openUdp } from './udp-transport.ts';
import { UserReader } from './user-reader.ts';
import { UserWriter } from './user-writer.ts';
import { MessageWriter } from './wire/message-writer.ts';
import { MessageReceiver } from './wire/receiver.ts';

/** What is left out comes from the environment of ROS (see `readEnvironment`). */
export interface ParticipantOptions {
  readonly domain?: number;
  /** Names or addresses of network interfaces. */
  readonly interfaces?: readonly string[];
  /** Machines to look for participants on by unicast: `192.168.1.5`, `robot.local`, `192.168.1.5:7410`. */
  readonly peers?: readonly string[];
  /** False looks for participants by unicast only: on the peers and on the interfaces' own addresses. */
  readonly multicast?: boolean;
  /** Name of the participant; for people to see. */
  readonly name?: string;
  /** PID_USER_DATA of the participant; default `enclave=/;`, as ROS has it. */
  readonly userData?: string;
  /** After so long a silence [s] peers take it as gone. Default 10. */
  readonly leaseSec?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** In place of UDP. */
  readonly transport?: Transport;
  /** For tests: true loses the datagram that comes in or goes out. */
  readonly dropIn?: (datagram: Buffer) => boolean;
  readonly dropOut?: (datagram: Buffer) => boolean;
}

const DEFAULT_LEASE_SEC = 10;
/** At the start, when the first announcements may be lost or nobody is there yet [ms]. */
const FIRST_ANNOUNCEMENTS_MS = [0, 100, 300, 700, 1500];
const ANNOUNCEMENTS_PER_LEASE = 4;
const SWEEP_MS = 100;
const WRITER_WITHOUT_KEY = 0x03;
const READER_WITHOUT_KEY = 0x04;
const LIVELINESS_AUTOMATIC = 1;

/**
 * Opens a DDS participant.
 *
 * @throws IsocenterError `ros2/domain`, `ros2/interface`, `ros2/environment`, `ros2/ports`, `ros2/bind`, `ros2/peer`
 */
export async function createParticipant(options: ParticipantOptions = {}): Promise<DdsParticipant> {
  const environment = readEnvironment(options.environment ?? process.env);
  const domain = options.domain ?? environment.domain;
  checkDomain(domain);
  const peers = options.peers ?? environment.peers;
  const transport =
    options.transport ??
    (await openUdp({
      domain,
      interfaces: interfacesFor({ ...environment, peers }, options.interfaces ?? []),
      multicast: options.multicast ?? environment.range !== 'OFF',
      peers,
    }));
  return new Participant(domain, transport, options);
}

class Participant implements DdsParticipant, Outlet {
  readonly guidPrefix: string;
  readonly domain: number;
  readonly message: MessageWriter;
  readonly budget = new Budget(LIMITS.pendingBytes);
  readonly #prefix = newPrefix();
  readonly #transport: Transport;
  readonly #options: ParticipantOptions;
  readonly #attendance = new Attendance();
  readonly #endpoints: LocalEndpoints;
  readonly #discovery: Discovery;
  readonly #info: ParticipantInfo;
  readonly #listeners = new Set<() => void>();
  readonly #timers: NodeJS.Timeout[] = [];
  #nextEntity = 1;
  #changed = false;
  #assertedMs = 0;
  #sweptMs = performance.now();
  #closing: Promise<void> | undefined;

  constructor(domain: number, transport: Transport, options: ParticipantOptions) {
    this.guidPrefix = this.#prefix.toString('hex');
    this.domain = domain;
    this.message = new MessageWriter(this.#prefix);
    this.#transport = transport;
    this.#options = options;
    const { name = 'isocenter', userData = 'enclave=/;', leaseSec = DEFAULT_LEASE_SEC } = options;
    this.#endpoints = new LocalEndpoints(() => this.#discovery.participants);
    this.#discovery = new Discovery(
      this,
      transport,
      { prefix: this.#prefix, domain, name, userData, leaseSec },
      this.#endpoints,
      () => this.#graphChanged(),
    );
    this.#info = {
      guidPrefix: this.guidPrefix,
      vendor: 'isocenter',
      userData,
      name,
      addresses: transport.userData.map(({ address, port }) => `${address}:${port}`),
    };
    const router = new Router(
      this.#prefix,
      this.#discovery.participants,
      (message, source) => this.#discovery.onAnnouncement(message, source),
      (remote, writer) => this.#discovery.alive(remote, writer),
    );
    const receiver = new MessageReceiver(router);
    transport.onDatagram = (datagram) => {
      if (this.#closing === undefined && !options.dropIn?.(datagram)) receiver.receive(datagram);
    };
    for (const ms of FIRST_ANNOUNCEMENTS_MS) this.#timers.push(setTimeout(() => this.#discovery.announce(), ms));
    this.#timers.push(setInterval(() => this.#discovery.announce(), (leaseSec * 1000) / ANNOUNCEMENTS_PER_LEASE));
    this.#timers.push(setInterval(() => this.#sweep(), SWEEP_MS));
  }

  get interfaces(): readonly string[] {
    return this.#transport.interfaces;
  }

  get unicastOnly(): string | undefined {
    return this.#transport.unicastOnly;
  }

  get participants(): readonly ParticipantInfo[] {
    return [this.#info, ...[...this.#discovery.participants].map(({ info }) => info)];
  }

  get endpoints(): readonly EndpointInfo[] {
    const all = this.#endpoints.infos;
    for (const remote of this.#discovery.participants) for (const { info } of remote.endpoints.values()) all.push(info);
    return all;
  }

  createWriter(topic: string, type: string, qos: Qos, options: WriterOptions = {}): DdsWriter {
    const entity = this.#newEntity(WRITER_WITHOUT_KEY);
    const info = this.#endpointInfo('writer', entity, topic, type, qos, options.userData);
    const writer = new UserWriter(this, entity, info, options, (closed) => {
      this.#endpoints.removeWriter(closed);
      this.#retire(info);
    });
    this.#discovery.announceEndpoint(info);
    this.#endpoints.addWriter(writer);
    this.#graphChanged();
    return writer;
  }

  createReader(topic: string, type: string, qos: Qos, options: ReaderOptions): DdsReader {
    const entity = this.#newEntity(READER_WITHOUT_KEY);
    const info = this.#endpointInfo('reader', entity, topic, type, qos, options.userData);
    const reader = new UserReader(this, entity, info, options, (closed) => {
      this.#endpoints.removeReader(closed);
      this.#retire(info);
    });
    this.#discovery.announceEndpoint(info);
    this.#endpoints.addReader(reader);
    this.#graphChanged();
    return reader;
  }

  onGraphChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  send(datagram: Buffer, to: Destination): void {
    if (!this.#options.dropOut?.(datagram)) this.#transport.send(datagram, to);
  }

  attend(what: Attended): void {
    this.#attendance.attend(what);
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#discovery.farewell();
    this.#attendance.close();
    this.#listeners.clear();
    for (const reader of [...this.#endpoints.readers.values()]) reader.close();
    for (const writer of [...this.#endpoints.writers.values()]) writer.close();
    await this.#transport.close();
  }

  #newEntity(kind: number): number {
    if (this.#closing !== undefined) {
      throw inputError('ros2/closed', 'The participant is closed.', 'Create another.');
    }
    return this.#nextEntity++ * 256 + kind;
  }

  #endpointInfo(
    kind: 'reader' | 'writer',
    entity: number,
    topic: string,
    type: string,
    qos: Qos,
    userData = '',
  ): EndpointInfo {
    for (const text of [topic, type, userData]) {
      if (text.length <= LIMITS.textLength) continue;
      const shown = `${text.slice(0, 40)}...`;
      throw inputError('ros2/name', `${shown} has ${text.length} characters.`, `Keep it below ${LIMITS.textLength}.`);
    }
    if (!Number.isInteger(qos.depth) || qos.depth < 1) {
      throw inputError('ros2/qos', `The depth of ${topic} is ${qos.depth}.`, 'Give a whole number from 1.');
    }
    const guid = this.guidPrefix + entityHex(entity);
    return { kind, guid, topic, type, qos, vendor: 'isocenter', userData, local: true };
  }

  #retire(info: EndpointInfo): void {
    if (this.#closing !== undefined) return;
    this.#discovery.disposeEndpoint(info);
    this.#graphChanged();
  }

  #sweep(): void {
    const nowMs = performance.now();
    // While a long computation held the event loop, peers could speak but not be heard: that is no silence of theirs.
    const heldMs = nowMs - this.#sweptMs - SWEEP_MS;
    this.#sweptMs = nowMs;
    if (heldMs > SWEEP_MS) this.#discovery.forgive(heldMs);
    this.#discovery.sweep(nowMs);
    let leaseSec = Number.POSITIVE_INFINITY;
    for (const { info } of this.#endpoints.writers.values()) {
      if (info.qos.liveliness === 'automatic') leaseSec = Math.min(leaseSec, info.qos.livelinessLeaseSec);
    }
    if (nowMs - this.#assertedMs < leaseSec * 1000 * 0.4) return;
    this.#assertedMs = nowMs;
    if (leaseSec < Number.POSITIVE_INFINITY) this.#assertAlive();
  }

  /** ParticipantMessageData: all writers with automatic liveliness are alive. */
  #assertAlive(): void {
    const payload = Buffer.alloc(4 + 12 + 4 + 4);
    payload.writeUInt16BE(1, 0);
    this.#prefix.copy(payload, 4);
    payload.writeUInt32BE(LIVELINESS_AUTOMATIC, 16);
    this.#discovery.liveliness.write(payload);
  }

  /** Many changes of one turn of the event loop are told once. */
  #graphChanged(): void {
    if (this.#changed) return;
    this.#changed = true;
    queueMicrotask(() => {
      this.#changed = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
