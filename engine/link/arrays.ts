import type { Chunk } from './frame.ts';
import { CHUNK_BYTES, CHUNK_CREDIT } from './limits.ts';
import type { ArrayKind } from './records.ts';

export type LinkArray = Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

const CONSTRUCTORS = {
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

export function arrayKind(array: LinkArray): ArrayKind {
  const found = Object.entries(CONSTRUCTORS).find(([, type]) => array instanceof type);
  return (found as [ArrayKind, unknown])[0];
}

/** Bytes of so many elements. */
export function arrayBytes(kind: ArrayKind, length: number): number {
  return length * CONSTRUCTORS[kind].BYTES_PER_ELEMENT;
}

/** An array on its way out: chunk by chunk, as the other end takes them. Elements cross as they lie in memory, little endian. */
export class ArraySender {
  readonly #bytes: Uint8Array;
  readonly #send: (chunk: Chunk) => boolean;
  readonly #array: number;
  #offset = 0;
  #credit = CHUNK_CREDIT;
  #wake: (() => void) | undefined;

  constructor(array: number, data: LinkArray, send: (chunk: Chunk) => boolean) {
    this.#array = array;
    this.#bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#send = send;
  }

  grant(chunks: number): void {
    this.#credit = Math.min(CHUNK_CREDIT, this.#credit + chunks);
    this.#wake?.();
  }

  /** Resolves when all chunks are handed over. @throws the signal's reason */
  async run(signal: AbortSignal): Promise<void> {
    const wake = () => this.#wake?.();
    signal.addEventListener('abort', wake);
    try {
      while (this.#offset < this.#bytes.length) {
        signal.throwIfAborted();
        if (this.#credit === 0) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#wake = undefined;
          continue;
        }
        this.#credit--;
        const bytes = this.#bytes.subarray(this.#offset, this.#offset + CHUNK_BYTES);
        if (!this.#send({ array: this.#array, offset: this.#offset, bytes })) return;
        this.#offset += bytes.length;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }
}

/** An array on its way in. */
export class ArrayReceiver {
  readonly #bytes: Uint8Array;
  readonly #kind: ArrayKind;
  #filled = 0;

  constructor(kind: ArrayKind, length: number) {
    this.#kind = kind;
    this.#bytes = new Uint8Array(arrayBytes(kind, length));
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  get isWhole(): boolean {
    return this.#filled === this.#bytes.length;
  }

  /** @returns what is wrong with the chunk */
  take({ offset, bytes }: Chunk): string | undefined {
    if (offset !== this.#filled) return `a chunk at ${offset} where ${this.#filled} should come`;
    if (offset + bytes.length > this.#bytes.length || bytes.length === 0)
      return `a chunk of ${bytes.length} bytes too many`;
    this.#bytes.set(bytes, offset);
    this.#filled += bytes.length;
    return undefined;
  }

  get array(): LinkArray {
    return new CONSTRUCTORS[this.#kind](this.#bytes.buffer as ArrayBuffer);
  }
}
