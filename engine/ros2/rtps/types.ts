/** Quality of service of an endpoint, in the words of ROS 2; durations in seconds, Infinity where there is no bound. */
export interface Qos {
  readonly reliability: 'reliable' | 'best_effort';
  readonly durability: 'volatile' | 'transient_local';
  readonly history: 'keep_last' | 'keep_all';
  /** Samples kept by keep_last; for keep_all the most that may wait unacknowledged before {@link DdsWriter.write} refuses. */
  readonly depth: number;
  readonly deadlineSec: number;
  readonly lifespanSec: number;
  readonly liveliness: 'automatic' | 'manual_by_topic';
  readonly livelinessLeaseSec: number;
}

/** Which DDS a peer runs, from the vendor id of its participant. */
export type Vendor = 'cyclonedds' | 'fastdds' | 'connext' | 'isocenter' | 'unknown';

/** A reader or writer that discovery has found, or one of ours. */
export interface EndpointInfo {
  readonly kind: 'reader' | 'writer';
  /** 16 bytes in hexadecimal, lower case: 12 of the participant, 4 of the entity. */
  readonly guid: string;
  /** As on the wire, with the prefix of ROS: `rt/joint_states`. */
  readonly topic: string;
  /** As on the wire: `sensor_msgs::msg::dds_::JointState_`. */
  readonly type: string;
  readonly qos: Qos;
  readonly vendor: Vendor;
  /** PID_USER_DATA as text: `typehash=RIHS01_..;`, `clientid=..;serviceid=..;` and the like; empty where there is none. */
  readonly userData: string;
  readonly local: boolean;
}

/** A writer and one of its samples: what replies refer to. */
export interface SampleIdentity {
  /** 16 bytes. */
  readonly guid: Uint8Array;
  readonly sequence: bigint;
}

export interface ReceivedSample {
  /** CDR with its 4-byte encapsulation header, and up to 3 bytes of padding at its end; the receiver's own. */
  readonly payload: Uint8Array;
  readonly writer: EndpointInfo;
  readonly sequence: bigint;
  /** Of the writer (INFO_TS), seconds since 1970; undefined where it sent none. */
  readonly sourceTimeSec: number | undefined;
  /** The request that this sample answers, or where its reply shall go (PID 0x0083 and 0x800f). */
  readonly related: SampleIdentity | undefined;
}

/** What a policy that does not fit makes of a pair that would match otherwise. */
export interface IncompatibleQos {
  readonly remote: EndpointInfo;
  /** As ROS names them: `RELIABILITY`, `DURABILITY`, `DEADLINE`, `LIVELINESS`. */
  readonly policy: string;
}

export interface WriterOptions {
  /** PID_USER_DATA of the endpoint. */
  readonly userData?: string;
  /** Whether to match a remote endpoint of the same topic and type name; all are where it is left out. */
  readonly accepts?: (remote: EndpointInfo) => boolean;
  readonly onMatched?: (remote: EndpointInfo, matched: boolean) => void;
  /** A peer has come to {@link DdsWriter.ready} or {@link DdsReader.ready}. */
  readonly onReady?: (remote: EndpointInfo) => void;
  readonly onIncompatibleQos?: (what: IncompatibleQos) => void;
}

export interface ReaderOptions extends WriterOptions {
  /** Called in order for each writer; must not throw. */
  readonly onSample: (sample: ReceivedSample) => void;
  /** A writer that matched is gone: it said so (`disposed`), or was silent for its lease (`lease`). */
  readonly onWriterGone?: (remote: EndpointInfo, why: 'disposed' | 'lease') => void;
}

export interface DdsWriter {
  readonly info: EndpointInfo;
  /** Readers matched now. */
  readonly matched: readonly EndpointInfo[];
  /**
   * Readers that are matched and know of it: all that is written from now on is for them. A reader without history may take the
   * first that it sees of a writer as its beginning, and what was sent before it had discovered the writer as past.
   */
  readonly ready: readonly EndpointInfo[];
  /**
   * Sends a sample [CDR with its encapsulation header] to all matched readers. Bytes are copied.
   *
   * @returns the sample's sequence number; 0n where keep_all has no room for it: await {@link DdsWriter.room}
   */
  write(payload: Uint8Array, related?: SampleIdentity): bigint;
  /** Resolves when there is room for a sample. */
  room(): Promise<void>;
  /** Resolves with whether all matched reliable readers have acknowledged everything, within the time. */
  acknowledged(timeoutMs: number): Promise<boolean>;
  /** Says that a writer with liveliness `manual_by_topic` is alive. */
  assertLiveliness(): void;
  close(): void;
}

export interface DdsReader {
  readonly info: EndpointInfo;
  readonly matched: readonly EndpointInfo[];
  /** Writers that are matched and know of it, as the first heartbeat shows: all that they write from now on is for us. */
  readonly ready: readonly EndpointInfo[];
  close(): void;
}

export interface ParticipantInfo {
  /** 12 bytes in hexadecimal. */
  readonly guidPrefix: string;
  readonly vendor: Vendor;
  readonly userData: string;
  readonly name: string;
  /** Addresses where it takes user data: `127.0.0.1:7411`. */
  readonly addresses: readonly string[];
}

/** A DDS participant: everything above the wire builds on it. */
export interface DdsParticipant {
  readonly guidPrefix: string;
  readonly domain: number;
  /** Name and address of the interface in use: `lo 127.0.0.1`. */
  readonly interfaces: readonly string[];
  /** Why participants are looked for by unicast only, for people to read; undefined where multicast works. */
  readonly unicastOnly?: string | undefined;
  createWriter(topic: string, type: string, qos: Qos, options?: WriterOptions): DdsWriter;
  createReader(topic: string, type: string, qos: Qos, options: ReaderOptions): DdsReader;
  /** Remote and own participants and endpoints known now. */
  readonly participants: readonly ParticipantInfo[];
  readonly endpoints: readonly EndpointInfo[];
  /** Called whenever {@link DdsParticipant.endpoints} or participants change; returns how to stop. */
  onGraphChange(listener: () => void): () => void;
  /** Says farewell to the peers and closes the sockets. */
  close(): Promise<void>;
}
