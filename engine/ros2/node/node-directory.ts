import { createInterfaceRegistry } from '../messages/registry.ts';
import type { Distro, InterfaceRegistry, MessageType, RosMessage } from '../messages/types.ts';
import { QOS_PROFILES } from '../rtps/qos.ts';
import type { DdsParticipant, DdsReader, DdsWriter } from '../rtps/types.ts';
import type { GraphNode } from './types.ts';

const TOPIC = 'ros_discovery_info';
const TYPE = 'rmw_dds_common/msg/ParticipantEntitiesInfo';
const PARTICIPANT_ENTITY = '000001c1';
/** Endpoints appear in bursts: what is told waits for the end of one [ms]. */
const SETTLE_MS = 5;

/** A node of ours and its endpoints, as peers are told. */
export interface NodeEntry extends GraphNode {
  readonly readers: Set<string>;
  readonly writers: Set<string>;
}

/** Which nodes there are: told to peers and read from them (rmw_dds_common), so that `ros2 node list` shows ours. */
export class NodeDirectory {
  readonly #participant: DdsParticipant;
  readonly #type: MessageType;
  readonly #distro: Distro;
  #other: MessageType | undefined;
  readonly #writer: DdsWriter;
  readonly #reader: DdsReader;
  readonly #own = new Set<NodeEntry>();
  readonly #theirs = new Map<string, readonly GraphNode[]>();
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(participant: DdsParticipant, interfaces: InterfaceRegistry) {
    this.#participant = participant;
    this.#type = interfaces.message(TYPE);
    this.#distro = interfaces.distro;
    const qos = { ...QOS_PROFILES.latched };
    this.#writer = participant.createWriter(TOPIC, this.#type.ddsName, qos);
    this.#reader = participant.createReader(TOPIC, this.#type.ddsName, qos, {
      onSample: ({ payload, writer }) => {
        if (writer.local) return;
        const nodes = this.#read(payload);
        if (nodes === undefined) return;
        this.#theirs.set(writer.guid.slice(0, 24), nodes);
        this.#tell();
      },
      onWriterGone: (writer) => {
        if (this.#theirs.delete(writer.guid.slice(0, 24))) this.#tell();
      },
    });
    this.#stop = participant.onGraphChange(() => this.#tell());
  }

  nodes(): readonly GraphNode[] {
    return [
      ...[...this.#own].map(({ name, namespace }) => ({ name, namespace })),
      ...[...this.#theirs.values()].flat(),
    ];
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(entry: NodeEntry): void {
    this.#own.add(entry);
    this.changed();
  }

  remove(entry: NodeEntry): void {
    this.#own.delete(entry);
    this.changed();
  }

  /** An entry has other endpoints now. */
  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writer.write(this.#type.encode(this.#message()));
      this.#tell();
    }, SETTLE_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
    this.#writer.close();
    this.#reader.close();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #message(): RosMessage {
    const { guidPrefix } = this.#participant;
    const length = this.#type.definitions
      .find(({ name }) => name === 'rmw_dds_common/msg/Gid')
      ?.definitions.find(({ name }) => name === 'data')?.arrayLength;
    const gid = (hex: string): RosMessage => {
      const data = new Uint8Array(length ?? 16);
      data.set(Buffer.from(hex, 'hex').subarray(0, data.length));
      return { data };
    };
    return {
      gid: gid(guidPrefix + PARTICIPANT_ENTITY),
      node_entities_info_seq: [...this.#own].map(({ name, namespace, readers, writers }) => ({
        node_namespace: namespace,
        node_name: name,
        reader_gid_seq: [...readers].map(gid),
        writer_gid_seq: [...writers].map(gid),
      })),
    };
  }

  /** Undefined for what is no such message of any distribution. */
  #read(payload: Uint8Array): readonly GraphNode[] | undefined {
    const info = readExactly(this.#type, payload) ?? readExactly(this.#otherType(), payload);
    return (info?.node_entities_info_seq as readonly RosMessage[] | undefined)?.map((node) => ({
      name: String(node.node_name),
      namespace: String(node.node_namespace),
    }));
  }

  /** With ids of the other length: 24 bytes in humble, 16 since. */
  #otherType(): MessageType {
    this.#other ??= createInterfaceRegistry({ distro: this.#distro === 'humble' ? 'jazzy' : 'humble' }).message(TYPE);
    return this.#other;
  }
}

/** Undefined where bytes are missing or left over, as with ids of another length; some may pad the end. */
function readExactly(type: MessageType, payload: Uint8Array): RosMessage | undefined {
  try {
    const message = type.decode(payload);
    const left = payload.length - type.encode(message).length;
    return left >= 0 && left < 4 ? message : undefined;
  } catch {
    return undefined;
  }
}
