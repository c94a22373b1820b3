import { inputError } from '../../core/errors.ts';

/** By what chunks of an MCAP are compressed; ros2 bag and Foxglove write both. */
export const CODECS = ['zstd', 'lz4'] as const;
export type CodecName = (typeof CODECS)[number];

/** Brings the WebAssembly of `@foxglove/wasm-NAME/dist/wasm-NAME.wasm`: from the disk, or from where the page came from. */
export type CodecSource = (name: CodecName) => Promise<BufferSource>;

/** @param size of what it unpacks to, as the chunk says [bytes] */
export type Unpack = (packed: Uint8Array, size: bigint) => Uint8Array;

/** Largest chunk that is unpacked [bytes]; writers make chunks of some megabytes. */
export const LARGEST_CHUNK = 1 << 30;

/**
 * What so many packed bytes are believed to unpack to [bytes]: room is made on the chunk's word, before a byte is unpacked. A byte of lz4 says 255
 * at most, beside what stands in its frame. Four of zstd may say 128 KiB of one value: small chunks may be that dense, large ones hold messages,
 * which differ in their times at least.
 */
const mostOf: Readonly<Record<CodecName, (packed: number) => number>> = {
  lz4: (packed) => 255 * packed + (1 << 16),
  zstd: (packed) => Math.max(1 << 26, 4096 * packed),
};

/** What both modules export, under the names that their builds (1.0.1 and 1.0.2) gave it. */
interface Codec {
  readonly memory: WebAssembly.Memory;
  readonly malloc: (bytes: number) => number;
  readonly free: (address: number) => void;
  /** @returns bytes written, or -1 */
  readonly unpack: (to: number, room: number, from: number, bytes: number) => number;
}

type Exports = Readonly<Record<string, (...args: number[]) => number>>;

const layouts: Readonly<Record<CodecName, (exports: Exports) => Omit<Codec, 'memory'>>> = {
  zstd: ({ f: malloc, g: free, j: unpack }) => ({ malloc, free, unpack }),
  lz4: ({ e: malloc, f: free, h: unpackFrame, i: createContext }) => {
    let context = createContext();
    const unpack = (to: number, room: number, from: number, bytes: number): number => {
      const written = unpackFrame(context, to, room, from, bytes);
      // A frame that broke off would go on with the next one.
      if (written !== room) context = createContext();
      return written;
    };
    return { malloc, free, unpack };
  },
};

/**
 * The packages' own loaders need Node's `require` and `Buffer`; their WebAssembly needs neither.
 *
 * @returns throws Error where a chunk is too large, damaged, or of another size than it says
 */
export async function openCodec(name: CodecName, source: CodecSource): Promise<Unpack> {
  const { memory, malloc, free, unpack } = await instantiate(name, source);
  return (packed, claimed) => {
    if (claimed > LARGEST_CHUNK) throw new Error(`a chunk of ${claimed} bytes is larger than ${LARGEST_CHUNK}`);
    const size = Number(claimed);
    if (size > mostOf[name](packed.length)) {
      throw new Error(`a chunk is damaged: ${packed.length} bytes of ${name} do not unpack to ${size}`);
    }
    const from = malloc(packed.length);
    const to = malloc(size);
    try {
      if (from === 0 || to === 0) throw new Error(`there is no memory for a chunk of ${size} bytes`);
      new Uint8Array(memory.buffer).set(packed, from);
      const written = unpack(to, size, from, packed.length);
      if (written < 0) throw new Error(`a chunk is damaged: it is no ${name}`);
      if (written !== size) throw new Error(`a chunk is damaged: it unpacks to ${written} bytes instead of ${size}`);
      return new Uint8Array(memory.buffer).slice(to, to + size);
    } finally {
      free(to);
      free(from);
    }
  };
}

async function instantiate(name: CodecName, source: CodecSource): Promise<Codec> {
  let memory: WebAssembly.Memory | undefined;
  const grow = (bytes: number): number => {
    if (memory === undefined) return 0;
    try {
      memory.grow(Math.ceil(((bytes >>> 0) - memory.buffer.byteLength) / PAGE));
      return 1;
    } catch {
      return 0;
    }
  };
  const copy = (to: number, from: number, bytes: number): void => {
    if (memory !== undefined) new Uint8Array(memory.buffer).copyWithin(to, from, from + bytes);
  };
  const bytes = await source(name).catch((error: Error) => {
    const hint = 'see that the installation is whole, then open the recording again';
    throw inputError('ros2/codec', `what unpacks ${name} cannot be loaded: ${error.message}`, hint);
  });
  const { instance } = await WebAssembly.instantiate(bytes, { a: { a: grow, b: copy } });
  memory = instance.exports.c as WebAssembly.Memory;
  const exports = instance.exports as Exports & WebAssembly.Exports;
  exports.d();
  return { memory, ...layouts[name](exports) };
}

/** Of WebAssembly [bytes]. */
const PAGE = 1 << 16;
