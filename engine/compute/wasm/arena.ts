import { IsocenterError } from '../../core/errors.ts';

const PAGE = 65536;
const ALIGN = 64;
const MIB = 1024 * 1024;

/**
 * First-fit allocator over everything above the wasm module's own data. Blocks are aligned to 64 bytes (a cache line) and
 * the memory grows when none is large enough.
 */
export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly #maximumBytes: number;
  /** Free blocks by ascending address, never adjacent: [address, size]. */
  #free: [number, number][] = [];
  #sizes = new Map<number, number>();
  #end: number;
  #used = 0;
  #peak = 0;

  constructor(memory: WebAssembly.Memory, heapBase: number, maximumBytes: number) {
    this.memory = memory;
    this.#maximumBytes = maximumBytes;
    this.#end = Math.ceil(heapBase / ALIGN) * ALIGN;
  }

  get usedBytes(): number {
    return this.#used;
  }

  get peakBytes(): number {
    return this.#peak;
  }

  /** Address of a block, of zeros unless `clear` is false. */
  allocate(byteLength: number, label: string, clear = true): number {
    const size = Math.max(ALIGN, Math.ceil(byteLength / ALIGN) * ALIGN);
    let address = -1;
    for (let i = 0; i < this.#free.length; i++) {
      const block = this.#free[i];
      if (block[1] < size) continue;
      address = block[0];
      if (block[1] === size) this.#free.splice(i, 1);
      else this.#free[i] = [block[0] + size, block[1] - size];
      break;
    }
    if (address < 0) {
      address = this.#end;
      this.#growTo(address + size, label, byteLength);
      this.#end = address + size;
    }
    this.#sizes.set(address, size);
    this.#used += size;
    this.#peak = Math.max(this.#peak, this.#used);
    if (clear) new Uint8Array(this.memory.buffer, address, size).fill(0);
    return address;
  }

  free(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) return;
    this.#sizes.delete(address);
    this.#used -= size;
    let at = this.#free.findIndex((block) => block[0] > address);
    if (at < 0) at = this.#free.length;
    this.#free.splice(at, 0, [address, size]);
    this.#merge(at);
    if (at > 0) this.#merge(at - 1);
  }

  #merge(i: number): void {
    const here = this.#free[i];
    const next = this.#free[i + 1];
    if (!next || here[0] + here[1] !== next[0]) return;
    here[1] += next[1];
    this.#free.splice(i + 1, 1);
  }

  #growTo(end: number, label: string, byteLength: number): void {
    const missing = end - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    const fail = (): never => {
      throw new IsocenterError({
        code: 'device/out-of-memory',
        message: `the wasm device cannot allocate ${(byteLength / MIB).toFixed(1)} MiB for ${label}: ${(this.#used / MIB).toFixed(0)} MiB are in use and its memory ends at ${(this.#maximumBytes / MIB).toFixed(0)} MiB`,
        hint: 'use fewer beams, larger bixels or a coarser dose grid',
      });
    };
    if (end > this.#maximumBytes) fail();
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch {
      fail();
    }
  }
}
