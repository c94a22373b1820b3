import { inputError } from '../../core/errors.ts';
import { LIMITS } from './limits.ts';
import type { Outlet } from './outlet.ts';
import { StatefulWriter } from './stateful-writer.ts';
import type { DdsWriter, EndpointInfo, SampleIdentity, WriterOptions } from './types.ts';
import { PID } from './wire/constants.ts';
import { ParameterListWriter } from './wire/parameter-list.ts';

interface Waiter {
  readonly wake: () => void;
}

/** A writer of the application. */
export class UserWriter implements DdsWriter {
  readonly info: EndpointInfo;
  readonly entity: number;
  readonly wire: StatefulWriter;
  readonly options: WriterOptions;
  readonly #matched = new Map<string, EndpointInfo>();
  readonly #onClose: (writer: UserWriter) => void;
  #waiters: Waiter[] = [];
  /** Of the sample that there was no room for. */
  #refusedBytes = 0;
  #closed = false;

  constructor(
    outlet: Outlet,
    entity: number,
    info: EndpointInfo,
    options: WriterOptions,
    onClose: (writer: UserWriter) => void,
  ) {
    const { qos } = info;
    this.entity = entity;
    this.info = info;
    this.options = options;
    this.#onClose = onClose;
    this.wire = new StatefulWriter(outlet, entity, {
      reliable: qos.reliability === 'reliable',
      transientLocal: qos.durability === 'transient_local',
      keepAll: qos.history === 'keep_all' && qos.reliability === 'reliable',
      depth: qos.depth,
      ...(qos.lifespanSec < Number.POSITIVE_INFINITY ? { lifespanSec: qos.lifespanSec } : {}),
    });
    this.wire.onProgress = () => this.#wake();
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

  write(payload: Uint8Array, related?: SampleIdentity): bigint {
    if (this.#closed) throw inputError('ros2/closed', `The writer of ${this.info.topic} is closed.`, 'Create another.');
    if (payload.length < 4 || payload.length > LIMITS.sampleBytes) {
      throw inputError(
        'ros2/sample-size',
        `A sample of ${this.info.topic} has ${payload.length} bytes, outside 4 to ${LIMITS.sampleBytes}.`,
        'Send CDR with its encapsulation header; split what is larger.',
      );
    }
    if (this.wire.full(payload.length)) {
      this.#refusedBytes = payload.length;
      return 0n;
    }
    const own = Buffer.allocUnsafe(payload.length);
    own.set(payload);
    return BigInt(this.wire.write(own, related === undefined ? undefined : relatedQos(related)));
  }

  async room(): Promise<void> {
    while (!this.#closed && this.wire.full(this.#refusedBytes)) await this.#progress();
  }

  async acknowledged(timeoutMs: number): Promise<boolean> {
    const last = this.wire.history.last;
    const until = performance.now() + timeoutMs;
    while (!this.#closed && this.wire.acked < last) {
      const left = until - performance.now();
      if (left <= 0) return false;
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, left);
      });
      await Promise.race([this.#progress(), timeout]);
      clearTimeout(timer);
    }
    return this.wire.acked >= last;
  }

  assertLiveliness(): void {
    if (!this.#closed) this.wire.assertAlive();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose(this);
    this.#wake();
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

  #progress(): Promise<void> {
    return new Promise((wake) => this.#waiters.push({ wake }));
  }

  #wake(): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { wake } of waiters) wake();
  }
}

/** Both ids that peers look for: the one of the standard and the one that Fast DDS had before. */
function relatedQos({ guid, sequence }: SampleIdentity): Buffer {
  const value = Buffer.alloc(24);
  value.set(guid.subarray(0, 16));
  value.writeInt32LE(Number(BigInt.asIntN(32, sequence >> 32n)), 16);
  value.writeUInt32LE(Number(sequence & 0xffff_ffffn), 20);
  return new ParameterListWriter().add(PID.relatedSampleOfFastDds, value).add(PID.relatedSample, value).inlineQos();
}
