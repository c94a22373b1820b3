import type { RemoteEndpoint } from './discovery/remote-participant.ts';
import type { Outlet } from './outlet.ts';
import { StatefulReader } from './stateful-reader.ts';
import type { LocalSubscriber } from './stateful-writer.ts';
import type { DdsReader, EndpointInfo, ReaderOptions, ReceivedSample, SampleIdentity } from './types.ts';
import type { UserWriter } from './user-writer.ts';
import { PID } from './wire/constants.ts';
import { ParameterList } from './wire/parameter-list.ts';
import type { Sample } from './writer-proxy.ts';

/** A reader of the application. */
export class UserReader implements DdsReader {
  readonly info: EndpointInfo;
  readonly entity: number;
  readonly wire: StatefulReader;
  readonly options: ReaderOptions;
  readonly #matched = new Map<string, EndpointInfo>();
  readonly #onClose: (reader: UserReader) => void;
  #closed = false;

  constructor(
    outlet: Outlet,
    entity: number,
    info: EndpointInfo,
    options: ReaderOptions,
    onClose: (reader: UserReader) => void,
  ) {
    this.entity = entity;
    this.info = info;
    this.options = options;
    this.#onClose = onClose;
    this.wire = new StatefulReader(outlet, entity, info.qos.reliability === 'reliable', (sample, from) =>
      this.#deliver(sample, from.address.guid),
    );
    this.wire.onInStep = (guid) => {
      const remote = this.#matched.get(guid);
      if (remote !== undefined) queueMicrotask(() => options.onReady?.(remote));
    };
  }

  get matched(): readonly EndpointInfo[] {
    return [...this.#matched.values()];
  }

  get ready(): readonly EndpointInfo[] {
    return this.matched.filter(({ guid }) => this.wire.isInStep(guid));
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.wire.close();
    this.#onClose(this);
  }

  setMatched(remote: EndpointInfo, matched: boolean): void {
    if (matched) this.#matched.set(remote.guid, remote);
    else if (!this.#matched.delete(remote.guid)) return;
    const { onMatched } = this.options;
    if (onMatched !== undefined) queueMicrotask(() => onMatched(remote, matched));
  }

  refused(remote: EndpointInfo, policy: string): void {
    const { onIncompatibleQos } = this.options;
    if (onIncompatibleQos !== undefined) queueMicrotask(() => onIncompatibleQos({ remote, policy }));
  }

  gone(remote: RemoteEndpoint, why: 'disposed' | 'lease'): void {
    if (!this.#matched.has(remote.info.guid)) return;
    this.setMatched(remote.info, false);
    const { onWriterGone } = this.options;
    if (onWriterGone !== undefined) queueMicrotask(() => onWriterGone(remote.info, why));
  }

  /** Hands over a sample of a writer in our own participant. */
  deliverLocal(sample: ReceivedSample): void {
    if (!this.#closed) this.options.onSample(sample);
  }

  /** Samples without data say that an instance is gone: topics of ROS have none. */
  #deliver(sample: Sample, guid: string): void {
    const writer = this.#matched.get(guid);
    if (this.#closed || writer === undefined) return;
    if (sample.keyOnly || sample.payload === undefined || sample.payload.length < 4) return;
    this.options.onSample({
      payload: sample.payload,
      writer,
      sequence: BigInt(sample.sequence),
      sourceTimeSec: sample.timeSec,
      related: sample.related,
    });
  }
}

/** A writer and a reader of one participant: samples pass from hand to hand, after the turn of the event loop that wrote them. */
export class LocalLink implements LocalSubscriber {
  readonly writer: UserWriter;
  readonly reader: UserReader;
  acked: number;
  #scheduled = false;
  #closed = false;

  constructor(writer: UserWriter, reader: UserReader) {
    this.writer = writer;
    this.reader = reader;
    const both = writer.info.qos.durability === 'transient_local' && reader.info.qos.durability === 'transient_local';
    this.acked = both ? 0 : writer.wire.history.last;
    writer.wire.addLocal(this);
    writer.setMatched(reader.info, true);
    reader.setMatched(writer.info, true);
  }

  notify(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    setImmediate(() => this.#drain());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.writer.wire.removeLocal(this);
    this.writer.setMatched(this.reader.info, false);
    this.reader.setMatched(this.writer.info, false);
  }

  #drain(): void {
    this.#scheduled = false;
    const { history } = this.writer.wire;
    const last = history.last;
    while (!this.#closed && this.acked < last) {
      const sequence = Math.max(this.acked + 1, history.first);
      if (sequence > last) break;
      const change = history.get(sequence);
      this.acked = sequence;
      if (change?.payload === undefined) continue;
      this.reader.deliverLocal({
        payload: Uint8Array.prototype.slice.call(change.payload),
        writer: this.writer.info,
        sequence: BigInt(sequence),
        sourceTimeSec: change.timeSec,
        related: related(change.inlineQos),
      });
    }
    if (this.#closed) return;
    this.acked = Math.max(this.acked, last);
    this.writer.wire.localProgress();
    if (this.acked < history.last) this.notify();
  }
}

function related(inlineQos: Buffer | undefined): SampleIdentity | undefined {
  if (inlineQos === undefined) return undefined;
  const value = ParameterList.ofInlineQos(inlineQos, 0, inlineQos.length, true).bytes(PID.relatedSample, 24);
  if (value === undefined) return undefined;
  const sequence = BigInt(value.readInt32LE(16)) * 4294967296n + BigInt(value.readUInt32LE(20));
  return { guid: Uint8Array.prototype.slice.call(value, 0, 16), sequence };
}
