import { IsocenterError } from '../../core/errors.ts';
import type { Device, DeviceBuffer, DeviceKind, Launch, LaunchSpec, ReadTarget } from '../device.ts';
import type { RemoteAnswer, RemoteCall, RemoteEnd, RemoteFault } from './messages.ts';

/** What goes over in one piece at most [bytes]: a copy of it takes the other thread a millisecond. */
const PIECE_BYTES = 4 * 1024 * 1024;

interface RemoteBuffer extends DeviceBuffer {
  readonly number: number;
}

interface RemoteLaunch extends Launch {
  readonly number: number;
}

interface Waiting {
  readonly target: Uint8Array | undefined;
  readonly resolve: () => void;
  readonly reject: (error: IsocenterError) => void;
}

/**
 * A device that another thread has, a GPUDevice above all, which cannot be posted: calls are collected and carried out there in
 * their order (`serveDevice`). A call that fails there fails the next `read` or `finish` here.
 */
export class RemoteDevice implements Device {
  readonly kind: DeviceKind;
  readonly name: string;
  readonly threads: number;
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  #calls: RemoteCall[] = [];
  #numbers = 0;
  #used = 0;
  #peak = 0;

  constructor({ kind, name, threads, port }: RemoteEnd) {
    this.kind = kind;
    this.name = name;
    this.threads = threads;
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<RemoteAnswer>) => this.#hear(data);
  }

  allocate(byteLength: number, label: string): RemoteBuffer {
    const size = Math.max(16, Math.ceil(byteLength / 16) * 16);
    const number = ++this.#numbers;
    this.#call({ do: 'allocate', buffer: number, byteLength: size, label });
    this.#used += size;
    this.#peak = Math.max(this.#peak, this.#used);
    return { label, byteLength: size, number };
  }

  free(buffer: DeviceBuffer): void {
    this.#used -= buffer.byteLength;
    this.#call({ do: 'free', buffer: numberOf(buffer) });
  }

  write(buffer: DeviceBuffer, data: ArrayBufferView, byteOffset = 0): void {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      // What it is written from may change before it is sent.
      const piece = bytes.slice(at, at + PIECE_BYTES);
      this.#call({ do: 'write', buffer: numberOf(buffer), data: piece, byteOffset: byteOffset + at });
    }
  }

  clear(buffer: DeviceBuffer): void {
    this.#call({ do: 'clear', buffer: numberOf(buffer) });
  }

  copy(from: DeviceBuffer, to: DeviceBuffer, byteLength: number): void {
    this.#call({ do: 'copy', from: numberOf(from), to: numberOf(to), byteLength });
  }

  prepare(spec: LaunchSpec): RemoteLaunch {
    const launch = ++this.#numbers;
    this.#call({ do: 'prepare', launch, spec: { ...spec, buffers: spec.buffers.map(numberOf) } });
    return {
      spec,
      number: launch,
      setParam: (index, value) => this.#call({ do: 'set', launch, index, value }),
    };
  }

  run(launch: Launch): void {
    this.#call({ do: 'run', launch: (launch as RemoteLaunch).number });
  }

  /** The thread that has the device is given the buffer, as all calls so far make it. */
  show(buffer: DeviceBuffer, isLast: boolean): void {
    this.#call({ do: 'show', buffer: numberOf(buffer), isLast });
  }

  async read(buffer: DeviceBuffer, target: ReadTarget, byteOffset = 0): Promise<void> {
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    if (bytes.length === 0) return this.finish();
    const pieces: Promise<void>[] = [];
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      const what = { buffer: numberOf(buffer), byteLength: piece.length, byteOffset: byteOffset + at };
      pieces.push(this.#ask((question) => ({ do: 'read', question, ...what }), piece));
    }
    await Promise.all(pieces);
  }

  async finish(): Promise<void> {
    await this.#ask((question) => ({ do: 'finish', question }));
  }

  async close(): Promise<void> {
    await this.finish();
    this.#port.close();
  }

  memory(): { usedBytes: number; peakBytes: number } {
    return { usedBytes: this.#used, peakBytes: this.#peak };
  }

  #ask(call: (question: number) => RemoteCall, target?: Uint8Array): Promise<void> {
    const question = ++this.#numbers;
    return new Promise((resolve, reject) => {
      this.#waiting.set(question, { target, resolve, reject });
      this.#call(call(question));
    });
  }

  /** Calls that are made in one go are sent in one message. */
  #call(call: RemoteCall): void {
    this.#calls.push(call);
    if (this.#calls.length === 1) queueMicrotask(() => this.#send());
  }

  #send(): void {
    const calls = this.#calls;
    this.#calls = [];
    this.#port.postMessage(
      calls,
      calls.flatMap((call) => (call.do === 'write' ? [call.data.buffer as ArrayBuffer] : [])),
    );
  }

  #hear({ question, data, fault }: RemoteAnswer): void {
    const waiting = this.#waiting.get(question);
    this.#waiting.delete(question);
    if (waiting === undefined) return;
    if (fault !== undefined) {
      this.#call({ do: 'go-on' });
      waiting.reject(asError(fault));
      return;
    }
    if (data !== undefined) waiting.target?.set(data);
    waiting.resolve();
  }
}

function numberOf(buffer: DeviceBuffer): number {
  return (buffer as RemoteBuffer).number;
}

function asError(fault: RemoteFault): IsocenterError {
  return new IsocenterError(fault);
}
