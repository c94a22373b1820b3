import type { Destination, Locator, Transport } from '../../../../engine/ros2/rtps/transport.ts';

/** A network inside the process: every datagram arrives in a later turn of the event loop, or is lost as the test says. */
export class VirtualNetwork {
  readonly #ports = new Map<number, VirtualTransport>();
  #nextPort = 1;
  /** True loses the datagram. */
  lose: (datagram: Buffer, from: number, to: number) => boolean = () => false;
  sent = 0;

  transport(fragmentBytes = 14_000): VirtualTransport {
    const port = this.#nextPort++;
    const transport = new VirtualTransport(this, port, fragmentBytes);
    this.#ports.set(port, transport);
    return transport;
  }

  carry(datagram: Buffer, from: number, to: number): void {
    this.sent++;
    if (this.lose(datagram, from, to)) return;
    const own = Buffer.from(datagram);
    setImmediate(() => this.#ports.get(to)?.onDatagram(own));
  }

  broadcast(datagram: Buffer, from: number): void {
    for (const port of this.#ports.keys()) if (port !== from) this.carry(datagram, from, port);
  }

  remove(port: number): void {
    this.#ports.delete(port);
  }
}

export class VirtualTransport implements Transport {
  readonly interfaces = ['virtual 127.0.0.1'];
  readonly metatraffic: readonly Locator[];
  readonly userData: readonly Locator[];
  readonly unicastOnly = undefined;
  readonly port: number;
  onDatagram: (datagram: Buffer) => void = () => {};
  readonly #network: VirtualNetwork;
  readonly #fragmentBytes: number;

  constructor(network: VirtualNetwork, port: number, fragmentBytes: number) {
    this.#network = network;
    this.port = port;
    this.#fragmentBytes = fragmentBytes;
    this.metatraffic = [{ address: '127.0.0.1', port }];
    this.userData = this.metatraffic;
  }

  send(datagram: Buffer, to: Destination): void {
    this.#network.carry(datagram, this.port, to.port);
  }

  announce(datagram: Buffer): void {
    this.#network.broadcast(datagram, this.port);
  }

  reach(locators: readonly Locator[]): Destination | undefined {
    const [locator] = locators;
    return locator && { ...locator, via: 0, fragmentBytes: this.#fragmentBytes };
  }

  async close(): Promise<void> {
    this.#network.remove(this.port);
  }
}
