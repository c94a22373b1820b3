import { IsocenterError } from '../../core/errors.ts';
import type { Device, DeviceBuffer, KernelModule, Launch, LaunchSpec, ReadTarget } from '../device.ts';
import { Arena } from './arena.ts';
import { CONTROL_BYTES } from './control.ts';
import { ThreadPool } from './pool.ts';

/** Maximum of the shared memory: the 4 GiB that 32-bit wasm can address, less one page. It is reserved, not used. */
const MAXIMUM_PAGES = 65535;
/** What the module was built to import at least; see kernels/module/build.mjs. */
const INITIAL_PAGES = 256;
const PAGE = 65536;

interface WasmBuffer extends DeviceBuffer {
  readonly address: number;
}

interface WasmLaunch extends Launch {
  readonly entry: number;
  readonly args: number;
}

export interface WasmDeviceOptions {
  /** Threads including the caller's; 1 starts no worker. */
  readonly threads: number;
  readonly name: string;
}

/** Opens the wasm device: SIMD kernels on one shared memory, `threads` threads. */
export async function openWasmDevice(kernels: KernelModule, options: WasmDeviceOptions): Promise<Device> {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true });
  const module = await WebAssembly.compile(kernels.wasm as Uint8Array<ArrayBuffer>);
  const entries = WebAssembly.Module.exports(module)
    .filter((e) => e.kind === 'function')
    .map((e) => e.name);
  const instance = await WebAssembly.instantiate(module, { env: { memory, abort: () => {} } });
  const heapBase = (instance.exports.heapBase as WebAssembly.Global).value as number;
  const arena = new Arena(memory, heapBase, MAXIMUM_PAGES * PAGE);
  const controlAddress = arena.allocate(CONTROL_BYTES, 'thread control');
  const pool = await ThreadPool.open({ memory, module, controlAddress, entries }, instance, options.threads);
  return new WasmDevice(options.name, arena, pool, entries);
}

class WasmDevice implements Device {
  readonly kind = 'wasm';
  readonly name: string;
  readonly #arena: Arena;
  readonly #pool: ThreadPool;
  readonly #entries: readonly string[];
  /** Gives the argument block of a launch back once nothing refers to the launch any more. */
  readonly #argumentBlocks: FinalizationRegistry<number>;

  constructor(name: string, arena: Arena, pool: ThreadPool, entries: readonly string[]) {
    this.name = name;
    this.#arena = arena;
    this.#pool = pool;
    this.#entries = entries;
    this.#argumentBlocks = new FinalizationRegistry((address) => arena.free(address));
  }

  get threads(): number {
    return this.#pool.threads;
  }

  allocate(byteLength: number, label: string): WasmBuffer {
    return { label, byteLength, address: this.#arena.allocate(byteLength, label) };
  }

  free(buffer: DeviceBuffer): void {
    this.#arena.free((buffer as WasmBuffer).address);
  }

  write(buffer: DeviceBuffer, data: ArrayBufferView, byteOffset = 0): void {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#bytes(buffer, byteOffset, data.byteLength).set(bytes);
  }

  clear(buffer: DeviceBuffer): void {
    this.#bytes(buffer, 0, buffer.byteLength).fill(0);
  }

  copy(from: DeviceBuffer, to: DeviceBuffer, byteLength: number): void {
    this.#bytes(to, 0, byteLength).set(this.#bytes(from, 0, byteLength));
  }

  prepare(spec: LaunchSpec): WasmLaunch {
    const entry = this.#entries.indexOf(spec.entry);
    if (entry < 0) throw new Error(`the wasm module has no kernel entry ${spec.entry}`);
    const count = spec.params.length;
    const args = this.#arena.allocate(4 * (count + spec.buffers.length), `arguments of ${spec.entry}`);
    const view = new DataView(this.#arena.memory.buffer, args, 4 * (count + spec.buffers.length));
    for (const [i, [type, value]] of spec.params.entries()) setScalar(view, 4 * i, type, value);
    for (const [i, buffer] of spec.buffers.entries()) {
      view.setUint32(4 * (count + i), (buffer as WasmBuffer).address, true);
    }
    const launch: WasmLaunch = {
      spec,
      entry,
      args,
      setParam: (index, value) => {
        setScalar(new DataView(this.#arena.memory.buffer, args + 4 * index, 4), 0, spec.params[index][0], value);
      },
    };
    this.#argumentBlocks.register(launch, args);
    return launch;
  }

  run(launch: Launch): void {
    const { entry, args, spec } = launch as WasmLaunch;
    this.#pool.run(entry, args, spec.tasks);
  }

  async read(buffer: DeviceBuffer, target: ReadTarget, byteOffset = 0): Promise<void> {
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    bytes.set(this.#bytes(buffer, byteOffset, target.byteLength));
  }

  async finish(): Promise<void> {}

  async close(): Promise<void> {
    this.#pool.close();
  }

  memory(): { usedBytes: number; peakBytes: number } {
    return { usedBytes: this.#arena.usedBytes, peakBytes: this.#arena.peakBytes };
  }

  #bytes(buffer: DeviceBuffer, offset: number, length: number): Uint8Array {
    if (offset + length > buffer.byteLength) {
      throw new IsocenterError({
        code: 'device/out-of-range',
        message: `${length} bytes at ${offset} reach beyond ${buffer.label} of ${buffer.byteLength} bytes`,
        hint: 'please report this with the command that led to it',
        origin: 'internal',
      });
    }
    return new Uint8Array(this.#arena.memory.buffer, (buffer as WasmBuffer).address + offset, length);
  }
}

function setScalar(view: DataView, offset: number, type: 'u32' | 'i32' | 'f32', value: number): void {
  if (type === 'f32') view.setFloat32(offset, value, true);
  else if (type === 'i32') view.setInt32(offset, value, true);
  else view.setUint32(offset, value, true);
}
