import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { IReadable, IWritable } from '@mcap/core';
import type { CodecSource } from '../../engine/ros2/mcap/codec.ts';

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

const require = createRequire(import.meta.url);

/** What unpacks chunks, out of the installed packages. */
export const installedCodec: CodecSource = (name) =>
  readFile(require.resolve(`@foxglove/wasm-${name}/dist/wasm-${name}.wasm`));
