import type { KernelModule } from '../device.ts';
import { Arena } from './arena.ts';

/** Maximum of the memory: 1 GiB, of which only what is used is taken. */
const MAXIMUM_PAGES = 16384;
/** What the module was built to import at least; see kernels/module/build.mjs. */
const INITIAL_PAGES = 256;
const PAGE = 65536;

/**
 * The wasm module for step kernels: synchronous calls of microseconds on the calling thread, on a memory of its own. Opened
 * once; then `allocate` for the tables and working memory of a planner, and calls without allocation.
 */
export interface StepModule {
  /** A kernel entry by its name; its arguments are numbers and addresses. */
  entry(name: string): (...args: number[]) => number;
  /** Address of bytes that hold whatever was there, aligned to 64. */
  allocate(byteLength: number, label: string): number;
  free(address: number): void;
  /** Views of the memory; they stay valid as it grows. */
  f32(address: number, length: number): Float32Array;
  u32(address: number, length: number): Uint32Array;
}

export async function openStepModule(kernels: KernelModule): Promise<StepModule> {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true });
  const module = await WebAssembly.compile(kernels.wasm as Uint8Array<ArrayBuffer>);
  const { exports } = await WebAssembly.instantiate(module, { env: { memory, abort: () => {} } });
  const arena = new Arena(memory, (exports.heapBase as WebAssembly.Global).value as number, MAXIMUM_PAGES * PAGE);
  return {
    entry: (name) => {
      const found = exports[name];
      if (typeof found !== 'function') throw new Error(`the wasm module has no entry ${name}`);
      return found as (...args: number[]) => number;
    },
    allocate: (byteLength, label) => arena.allocate(byteLength, label, false),
    free: (address) => arena.free(address),
    f32: (address, length) => new Float32Array(memory.buffer, address, length),
    u32: (address, length) => new Uint32Array(memory.buffer, address, length),
  };
}
