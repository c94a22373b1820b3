/** Where a datagram goes: an IPv4 address and port, and from which of our sockets. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  readonly via: number;
  /** Larger samples go there in pieces of so many bytes. */
  readonly fragmentBytes: number;
}

export function sameDestination(a: Destination, b: Destination): boolean {
  return a.port === b.port && a.address === b.address && a.via === b.via;
}

export interface Locator {
  readonly address: string;
  readonly port: number;
}

/** Carries datagrams between participants; UDP, or what a test puts in its place. */
export interface Transport {
  /** Name and address of every interface in use: `lo 127.0.0.1`. */
  readonly interfaces: readonly string[];
  /** Where this participant takes discovery traffic and user data. */
  readonly metatraffic: readonly Locator[];
  readonly userData: readonly Locator[];
  /** Why participants are looked for by unicast, for people to read; undefined where multicast works. */
  readonly unicastOnly: string | undefined;
  /** Set by the participant. The datagram is the receiver's own. */
  onDatagram: (datagram: Buffer) => void;
  /** Sends to one place; the bytes must not change afterwards. */
  send(datagram: Buffer, to: Destination): void;
  /** Sends to every participant that may be there: by multicast, and to the peers that were named. */
  announce(datagram: Buffer): void;
  /** The best of a peer's locators; undefined where none can be reached from the interfaces in use. */
  reach(locators: readonly Locator[]): Destination | undefined;
  /** Closes after what was sent has left. */
  close(): Promise<void>;
}
