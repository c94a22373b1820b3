import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { DecompressHandlers, IReadable, IWritable } from '@mcap/core';

/** A file that is written beside its name and takes the name when it is whole. */
export class McapOutput implements IWritable {
  readonly #path: string;
  readonly #part: string;
  readonly #file: FileHandle;
  #position = 0n;

  private constructor(path: string, part: string, file: FileHandle) {
    this.#path = path;
    this.#part = part;
    this.#file = file;
  }

  static async create(path: string): Promise<McapOutput> {
    const part = `${path}.part`;
    return new McapOutput(path, part, await open(part, 'w'));
  }

  async write(bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) done += (await this.#file.write(bytes, done, bytes.length - done)).bytesWritten;
    this.#position += BigInt(bytes.length);
  }

  position(): bigint {
    return this.#position;
  }

  async finish(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#part, this.#path);
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#part, { force: true });
  }
}

/** Random access to a file for the index of an MCAP. */
export class McapInput implements IReadable {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async size(): Promise<bigint> {
    return BigInt((await this.#file.stat()).size);
  }

  async read(offset: bigint, size: bigint): Promise<Uint8Array> {
    const bytes = new Uint8Array(Number(size));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, Number(offset) + done);
      if (bytesRead === 0) throw new Error(`the file ends ${bytes.length - done} bytes too early`);
      done += bytesRead;
    }
    return bytes;
  }
}

/** Largest chunk that is unpacked [bytes]; writers make chunks of some megabytes. */
const LARGEST_CHUNK = 1 << 30;

/** zstd and lz4, which ros2 bag and Foxglove write. */
export async function decompressors(): Promise<DecompressHandlers> {
  const [zstd, lz4] = await Promise.all([import('@foxglove/wasm-zstd'), import('@foxglove/wasm-lz4')]);
  await Promise.all([zstd.default.isLoaded, lz4.default.isLoaded]);
  const checked = (size: bigint) => {
    if (size <= LARGEST_CHUNK) return Number(size);
    throw new Error(`a chunk of ${size} bytes is larger than ${LARGEST_CHUNK}`);
  };
  return {
    zstd: (bytes, size) => zstd.default.decompress(bytes, checked(size)),
    lz4: (bytes, size) => lz4.default(bytes, checked(size)),
  };
}
