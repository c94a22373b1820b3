import { type Chunk, decodeFrame, encodeChunk, encodeFrame, FRAME_KIND, type Frame } from './frame.ts';
import { CLOSE, OUTBOX_BYTES, SOCKET_BYTES, WINDOW_FRAMES } from './limits.ts';
import {
  type ControlRecord,
  controlSchema,
  type LinkRecord,
  recordSchema,
  type Sample,
  sampleSchema,
} from './records.ts';
import type { LinkSocket } from './socket.ts';

/** A peer acknowledges at the latest after so many frames and so long [ms]. */
const ACK_FRAMES = 8;
const ACK_MS = 50;
/** How soon a socket that is full is tried again [ms]. */
const RETRY_MS = 5;

export interface EndpointEvents {
  readonly onRecord: (record: LinkRecord) => void;
  readonly onChunk: (chunk: Chunk) => void;
  readonly onSample: (sample: Sample) => void;
  /** What is not sequenced, but for acknowledgements. */
  readonly onControl: (record: ControlRecord) => void;
  /** The connection is gone; the endpoint waits for another. */
  readonly onDetach: (code: number, reason: string) => void;
  /** The session is over. */
  readonly onClose: (reason: string) => void;
  /** There is room again for samples or chunks. */
  readonly onRoom: () => void;
}

interface Waiting {
  readonly sequence: number;
  readonly frame: Uint8Array;
}

/**
 * One end of a session, over one connection after another. Records and chunks have sequence numbers: they are kept until the
 * other end has acknowledged them, sent again over the next connection where they were not, and taken once. What waits is
 * bounded: beyond {@link OUTBOX_BYTES} the peer counts as too slow and its connection is closed.
 */
export class LinkEndpoint {
  readonly #events: EndpointEvents;
  #socket: LinkSocket | undefined;
  /** Frames without acknowledgement, in order; those before #unsent are on the way. */
  #outbox: Waiting[] = [];
  #unsent = 0;
  #outboxBytes = 0;
  #sequence = 0;
  #received = 0;
  #acknowledged = 0;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;
  #pumpTimer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  /** When something came last, on the clock of performance.now() [ms]. */
  heardMs = performance.now();

  constructor(events: EndpointEvents) {
    this.#events = events;
  }

  /** Number of the last frame that was taken. */
  get received(): number {
    return this.#received;
  }

  get isAttached(): boolean {
    return this.#socket !== undefined;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Bytes that wait for the other end to acknowledge them. */
  get waitingBytes(): number {
    return this.#outboxBytes;
  }

  /** Whether samples and chunks go out at once. */
  get hasRoom(): boolean {
    const socket = this.#socket;
    return socket !== undefined && this.#unsent === this.#outbox.length && socket.bufferedAmount < SOCKET_BYTES;
  }

  /**
   * Goes on over a connection on which both ends have said hello.
   *
   * @param peerReceived number of the last frame that the other end has taken
   * @returns false where the other end claims what was never sent, or lacks what is gone: no such session
   */
  attach(socket: LinkSocket, peerReceived: number): boolean {
    const oldest = this.#outbox[0]?.sequence ?? this.#sequence + 1;
    if (this.#closed || peerReceived > this.#sequence || peerReceived < oldest - 1) return false;
    this.detach(CLOSE.takenOver, 'the session goes on over another connection');
    this.#drop(peerReceived);
    this.#unsent = 0;
    this.#socket = socket;
    this.#acknowledged = this.#received;
    this.heardMs = performance.now();
    socket.onMessage = (bytes) => this.#receive(socket, bytes);
    socket.onClose = (code, reason) => {
      if (this.#socket === socket) this.#gone(code, reason);
    };
    this.#pump();
    return true;
  }

  /** Closes the connection; the session may go on over another. */
  detach(code: number, reason: string): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#gone(code, reason);
    socket.close(code, reason);
  }

  /** Ends the session. */
  close(code: number = CLOSE.normal, reason = ''): void {
    if (this.#closed) return;
    this.#closed = true;
    this.detach(code, reason);
    this.#outbox = [];
    this.#outboxBytes = 0;
    this.#unsent = 0;
    this.#events.onClose(reason);
  }

  /** @returns false where the session is over, or ended because the peer does not read */
  send(record: LinkRecord): boolean {
    return this.#queue((sequence) => encodeFrame(FRAME_KIND.record, sequence, record));
  }

  sendChunk(chunk: Chunk): boolean {
    return this.#queue((sequence) => encodeChunk(sequence, chunk));
  }

  /** Best effort: only while there is room. */
  sendSample(sample: Sample): boolean {
    if (!this.hasRoom) {
      this.#retryLater();
      return false;
    }
    this.#socket?.send(encodeFrame(FRAME_KIND.sample, 0, sample));
    return true;
  }

  sendControl(record: ControlRecord): void {
    this.#socket?.send(encodeFrame(FRAME_KIND.control, 0, record));
  }

  #queue(make: (sequence: number) => Uint8Array): boolean {
    if (this.#closed) return false;
    const frame = make(this.#sequence + 1);
    if (this.#outboxBytes + frame.length > OUTBOX_BYTES) {
      this.close(CLOSE.slow, `${this.#outboxBytes} bytes wait unread`);
      return false;
    }
    this.#sequence++;
    this.#outbox.push({ sequence: this.#sequence, frame });
    this.#outboxBytes += frame.length;
    this.#pump();
    return true;
  }

  #pump(): void {
    while (this.#unsent < this.#outbox.length) {
      const socket = this.#socket;
      if (socket === undefined) return;
      if (this.#unsent >= WINDOW_FRAMES) return;
      if (socket.bufferedAmount >= SOCKET_BYTES) {
        this.#retryLater();
        return;
      }
      socket.send(this.#outbox[this.#unsent++].frame);
    }
  }

  #retryLater(): void {
    if (this.#pumpTimer !== undefined || this.#socket === undefined) return;
    this.#pumpTimer = setTimeout(() => {
      this.#pumpTimer = undefined;
      this.#pump();
      if (this.hasRoom) this.#events.onRoom();
      else this.#retryLater();
    }, RETRY_MS);
  }

  #receive(socket: LinkSocket, bytes: Uint8Array): void {
    if (this.#socket !== socket) return;
    this.heardMs = performance.now();
    const frame = decodeFrame(bytes);
    if ('reason' in frame) {
      this.detach(CLOSE[frame.reason], frame.message);
      return;
    }
    const fault = this.#take(frame);
    if (fault !== undefined) this.detach(CLOSE.malformed, fault);
  }

  #take(frame: Frame): string | undefined {
    const { kind, value, chunk, sequence } = frame;
    if (kind === FRAME_KIND.sample) {
      const sample = sampleSchema.safeParse(value);
      if (!sample.success) return 'a sample that is none';
      this.#events.onSample(sample.data);
      return undefined;
    }
    if (kind === FRAME_KIND.control) {
      const control = controlSchema.safeParse(value);
      if (!control.success) return 'a control record that is none';
      if (control.data.t !== 'ack') this.#events.onControl(control.data);
      else if (control.data.received > this.#sequence) return 'an acknowledgement of what was never sent';
      else this.#acknowledge(control.data.received);
      return undefined;
    }
    // Sent again because the acknowledgement was lost with the connection.
    if (sequence <= this.#received) return undefined;
    if (sequence !== this.#received + 1) return `frame ${sequence} where ${this.#received + 1} should come`;
    if (chunk !== undefined) {
      this.#received = sequence;
      this.#events.onChunk(chunk);
    } else {
      const record = recordSchema.safeParse(value);
      if (!record.success) return 'a record that is none';
      this.#received = sequence;
      this.#events.onRecord(record.data);
    }
    this.#acknowledgeSoon();
    return undefined;
  }

  #acknowledge(received: number): void {
    this.#drop(received);
    this.#pump();
    if (this.hasRoom) this.#events.onRoom();
  }

  #drop(received: number): void {
    let gone = 0;
    while (gone < this.#outbox.length && this.#outbox[gone].sequence <= received) {
      this.#outboxBytes -= this.#outbox[gone].frame.length;
      gone++;
    }
    if (gone === 0) return;
    this.#outbox.splice(0, gone);
    this.#unsent = Math.max(0, this.#unsent - gone);
  }

  #acknowledgeSoon(): void {
    if (this.#received - this.#acknowledged >= ACK_FRAMES) this.#sendAck();
    else this.#ackTimer ??= setTimeout(() => this.#sendAck(), ACK_MS);
  }

  #sendAck(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    if (this.#socket === undefined || this.#acknowledged === this.#received) return;
    this.#acknowledged = this.#received;
    this.sendControl({ t: 'ack', received: this.#received });
  }

  #gone(code: number, reason: string): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    socket.onMessage = undefined;
    socket.onClose = undefined;
    clearTimeout(this.#ackTimer);
    clearTimeout(this.#pumpTimer);
    this.#ackTimer = undefined;
    this.#pumpTimer = undefined;
    this.#unsent = 0;
    this.#events.onDetach(code, reason);
  }
}
