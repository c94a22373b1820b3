import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { IsocenterError, inputError } from '../../core/errors.ts';
import { addressNumber, bestLocator, ipv4Interfaces, isLoopback, type NetworkInterface } from './interfaces.ts';
import {
  discoveryMulticastPort,
  MAX_PARTICIPANT_ID,
  MULTICAST_ADDRESS,
  metatrafficPort,
  UNICAST_PARTICIPANTS,
  userPort,
} from './ports.ts';
import type { Destination, Locator, Transport } from './transport.ts';

const RECEIVE_BUFFER_BYTES = 4 << 20;
const SEND_BUFFER_BYTES = 2 << 20;
/** What a full network card leaves waiting in memory; beyond, datagrams are dropped as the network would drop them. */
const SEND_QUEUE_BYTES = 16 << 20;
/** A lost Ethernet frame costs one of these; both vendors take datagrams of 14,720 bytes by default. */
const FRAGMENT_BYTES = 14_000;
/** Loopback carries 64 KiB at a time and loses none of it halfway. */
const LOOPBACK_FRAGMENT_BYTES = 60_000;

export interface UdpOptions {
  readonly domain: number;
  readonly interfaces: readonly NetworkInterface[];
  /** Look for participants by multicast; false asks the first participant ids of peers instead. */
  readonly multicast: boolean;
  /** Names or addresses of machines to ask, with a port (`robot:7410`) or without. */
  readonly peers: readonly string[];
}

/** A name is resolved once, at the start: an address goes to the socket as it is, without a turn of the event loop. */
function noLookup(
  address: string,
  _options: unknown,
  done: (error: Error | null, address: string, family: number) => void,
): void {
  done(null, address, 4);
}

interface Multicast {
  readonly socket: Socket;
  /** Those of the metatraffic sockets whose interface takes part. */
  readonly outlets: readonly Socket[];
}

interface Sockets {
  readonly participantId: number;
  /** One an interface. */
  readonly metatraffic: readonly Socket[];
  readonly user: readonly Socket[];
}

/**
 * Opens the sockets of a participant: the first free participant id of the domain, and the multicast port.
 *
 * @throws IsocenterError `ros2/ports`, `ros2/bind`, `ros2/peer`
 */
export async function openUdp(options: UdpOptions): Promise<Transport> {
  const peers = await resolvePeers(options);
  const sockets = await openUnicast(options);
  if (!options.multicast) return new UdpTransport(options, sockets, undefined, peers, 'multicast is off');
  const multicast = await openMulticast(options, sockets.metatraffic);
  if (typeof multicast !== 'string') return new UdpTransport(options, sockets, multicast, peers, undefined);
  const names = options.interfaces.map(({ name }) => name).join(', ');
  return new UdpTransport(options, sockets, undefined, peers, `no multicast on ${names}: ${multicast}`);
}

class UdpTransport implements Transport {
  readonly interfaces: readonly string[];
  readonly metatraffic: readonly Locator[];
  readonly userData: readonly Locator[];
  readonly unicastOnly: string | undefined;
  onDatagram: (datagram: Buffer) => void = () => {};
  readonly #ours: readonly NetworkInterface[];
  readonly #sockets: Sockets;
  readonly #multicast: Multicast | undefined;
  readonly #multicastPort: number;
  readonly #peers: readonly Destination[];
  readonly #hostAddresses: ReadonlySet<string>;
  #closed = false;

  constructor(
    { domain, interfaces }: UdpOptions,
    sockets: Sockets,
    multicast: Multicast | undefined,
    peers: readonly Locator[],
    unicastOnly: string | undefined,
  ) {
    this.#ours = interfaces;
    this.#sockets = sockets;
    this.#multicast = multicast;
    this.#multicastPort = discoveryMulticastPort(domain);
    this.unicastOnly = unicastOnly;
    this.#hostAddresses = new Set(ipv4Interfaces().map(({ address }) => address));
    this.interfaces = interfaces.map(({ name, address }) => `${name} ${address}`);
    this.metatraffic = interfaces.map(({ address }) => ({
      address,
      port: metatrafficPort(domain, sockets.participantId),
    }));
    this.userData = interfaces.map(({ address }) => ({ address, port: userPort(domain, sockets.participantId) }));
    // This machine's participants are asked by unicast too: a peer that has multicast turned off hears nothing else.
    const asked = [...peers, ...interfaces.flatMap(({ address }) => firstParticipants(domain, address))];
    this.#peers = asked.map((peer) => this.reach([peer])).filter((peer) => peer !== undefined);
    const here = interfaces.every((one) => one.loopback);
    const receive = (datagram: Buffer, from: RemoteInfo): void => {
      // A multicast port hears all interfaces of the machine; what is only for this machine must come from it.
      if (here && !isLoopback(from.address) && !this.#hostAddresses.has(from.address)) return;
      if (!this.#closed) this.onDatagram(datagram);
    };
    for (const socket of this.#all()) {
      socket.on('message', receive);
      socket.on('error', () => {});
    }
  }

  send(datagram: Buffer, to: Destination): void {
    if (this.#closed) return;
    const socket = this.#sockets.user[to.via];
    if (socket.getSendQueueSize() < SEND_QUEUE_BYTES) socket.send(datagram, to.port, to.address);
  }

  announce(datagram: Buffer): void {
    if (this.#closed) return;
    if (this.#multicast !== undefined) {
      for (const socket of this.#multicast.outlets) socket.send(datagram, this.#multicastPort, MULTICAST_ADDRESS);
    }
    for (const peer of this.#peers) this.#sockets.metatraffic[peer.via].send(datagram, peer.port, peer.address);
  }

  reach(locators: readonly Locator[]): Destination | undefined {
    const best = bestLocator(locators, this.#ours, this.#hostAddresses);
    if (best === undefined) return undefined;
    const { address, port } = best.locator;
    return {
      address,
      port,
      via: best.via,
      fragmentBytes: isLoopback(address) ? LOOPBACK_FRAGMENT_BYTES : FRAGMENT_BYTES,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    // A socket sends in order: once an empty datagram to ourselves is through, so is all before it.
    const flushed = [...this.#sockets.metatraffic, ...this.#sockets.user].map(
      (socket) =>
        new Promise<void>((resolve) => {
          const { address, port } = socket.address();
          socket.send(Buffer.alloc(0), port, address, () => resolve());
        }),
    );
    this.#closed = true;
    await Promise.all(flushed);
    await Promise.all(this.#all().map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }

  #all(): readonly Socket[] {
    const unicast = [...this.#sockets.metatraffic, ...this.#sockets.user];
    return this.#multicast === undefined ? unicast : [...unicast, this.#multicast.socket];
  }
}

function firstParticipants(domain: number, address: string): Locator[] {
  return Array.from({ length: UNICAST_PARTICIPANTS }, (_, id) => ({ address, port: metatrafficPort(domain, id) }));
}

async function resolvePeers({ peers, domain }: UdpOptions): Promise<readonly Locator[]> {
  const found: Locator[] = [];
  for (const peer of peers) {
    const [host, portText, ...rest] = peer.split(':');
    const port = portText === undefined ? undefined : Number(portText);
    const badPort = port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536);
    let address = host;
    if (rest.length > 0 || host === '' || badPort) address = '';
    else if (addressNumber(host) < 0) {
      address = await lookup(host, { family: 4 }).then(
        (answer) => answer.address,
        () => '',
      );
    }
    if (address === '') {
      const hint = 'Give names or IPv4 addresses, separated by semicolons: ROS_STATIC_PEERS="192.168.1.5;robot.local".';
      throw inputError('ros2/peer', `The peer ${JSON.stringify(peer)} has no IPv4 address.`, hint);
    }
    found.push(...(port === undefined ? firstParticipants(domain, address) : [{ address, port }]));
  }
  return found;
}

async function openUnicast({ domain, interfaces }: UdpOptions): Promise<Sockets> {
  for (let participantId = 0; participantId <= MAX_PARTICIPANT_ID; participantId++) {
    const open: Socket[] = [];
    try {
      for (const { address } of interfaces) open.push(await bound(metatrafficPort(domain, participantId), address));
      for (const { address } of interfaces) open.push(await bound(userPort(domain, participantId), address));
      const n = interfaces.length;
      return { participantId, metatraffic: open.slice(0, n), user: open.slice(n) };
    } catch (error) {
      for (const socket of open) socket.close();
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw new IsocenterError({
        code: 'ros2/bind',
        message: `No UDP socket on ${interfaces.map(({ name, address }) => `${name} ${address}`).join(', ')}: ${(error as Error).message}.`,
        hint: 'Choose another interface (--interface) or domain (ROS_DOMAIN_ID), or see what forbids it.',
        cause: error,
      });
    }
  }
  throw inputError(
    'ros2/ports',
    `All ${MAX_PARTICIPANT_ID + 1} participants of domain ${domain} are in use on this machine.`,
    'Stop some of them, or take another domain: ROS_DOMAIN_ID.',
  );
}

/** @returns why not, where no interface has multicast or the port is held by another program */
async function openMulticast(
  { domain, interfaces }: UdpOptions,
  metatraffic: readonly Socket[],
): Promise<Multicast | string> {
  let socket: Socket;
  try {
    socket = await bound(discoveryMulticastPort(domain), undefined);
  } catch (error) {
    return (error as Error).message;
  }
  const outlets: Socket[] = [];
  let why = 'no interface';
  for (const [i, { address }] of interfaces.entries()) {
    try {
      socket.addMembership(MULTICAST_ADDRESS, address);
      metatraffic[i].setMulticastInterface(address);
      metatraffic[i].setMulticastLoopback(true);
      metatraffic[i].setMulticastTTL(1);
      outlets.push(metatraffic[i]);
    } catch (error) {
      why = (error as Error).message;
    }
  }
  if (outlets.length > 0) return { socket, outlets };
  socket.close();
  return why;
}

/** @param address undefined for all, shared with other participants */
function bound(port: number, address: string | undefined): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: address === undefined, lookup: noLookup });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ port, exclusive: true, ...(address === undefined ? {} : { address }) }, () => {
      socket.removeAllListeners('error');
      try {
        socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
        socket.setSendBufferSize(SEND_BUFFER_BYTES);
      } catch {
        // The system's limit is lower: its default stays.
      }
      resolve(socket);
    });
  });
}
