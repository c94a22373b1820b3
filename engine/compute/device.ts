/** Memory of a {@link Device}. Contents are zero when allocated; a size is a multiple of 16 bytes. */
export interface DeviceBuffer {
  readonly label: string;
  readonly byteLength: number;
}

export type DeviceKind = 'wasm' | 'webgpu';

/** A four-byte scalar argument of a kernel. */
export type Param = readonly ['u32' | 'i32' | 'f32', number];

/**
 * One call of a kernel entry point with its arguments bound.
 *
 * The entry has the same name in WGSL and in the wasm module. WGSL sees `@group(0) @binding(0) var<uniform> params`
 * (a struct of four-byte scalars, padded to 16 bytes) and then the buffers as bindings 1, 2, ... in the order given; the
 * wasm export is `entry(begin: i32, end: i32, args: usize)`, where `args` points at the params followed by one pointer a
 * buffer, and works on the tasks `[begin, end)`.
 */
export interface LaunchSpec {
  /** Folder of the kernel; names its WGSL source. */
  readonly kernel: string;
  readonly entry: string;
  readonly params: readonly Param[];
  readonly buffers: readonly DeviceBuffer[];
  /** wasm: number of tasks. A task's result never depends on which thread runs it or on how many there are. */
  readonly tasks: number;
  /** webgpu: workgroups to dispatch, at most 65,535 along each axis. */
  readonly workgroups: readonly [number, number, number];
  /** webgpu: values of the WGSL's `override` constants. */
  readonly constants?: Readonly<Record<string, number>>;
}

/** A prepared {@link LaunchSpec}: running it again allocates nothing. */
export interface Launch {
  readonly spec: LaunchSpec;
  /** Changes the scalar argument at `index` for runs that follow. */
  setParam(index: number, value: number): void;
}

export type ReadTarget = Float32Array | Float64Array | Uint32Array | Int32Array | Uint8Array;

/**
 * Where kernels run. Calls take effect in the order they were made; `run` may return before the work is done, `read` and
 * `finish` wait for it.
 */
export interface Device {
  readonly kind: DeviceKind;
  /** Processor or adapter, as its maker names it. */
  readonly name: string;
  /** Threads of the wasm device, 1 for webgpu. */
  readonly threads: number;
  allocate(byteLength: number, label: string): DeviceBuffer;
  free(buffer: DeviceBuffer): void;
  write(buffer: DeviceBuffer, data: ArrayBufferView, byteOffset?: number): void;
  /** Sets every byte of the buffer to zero. */
  clear(buffer: DeviceBuffer): void;
  copy(from: DeviceBuffer, to: DeviceBuffer, byteLength: number): void;
  prepare(spec: LaunchSpec): Launch;
  run(launch: Launch): void;
  /** Fills `target` from the buffer, starting at `byteOffset`. */
  read(buffer: DeviceBuffer, target: ReadTarget, byteOffset?: number): Promise<void>;
  finish(): Promise<void>;
  close(): Promise<void>;
  /** Bytes allocated now and at most. */
  memory(): { readonly usedBytes: number; readonly peakBytes: number };
}

/** What the kernels floor hands to the engine: the one wasm module and the WGSL source of each kernel folder. */
export interface KernelModule {
  readonly wasm: Uint8Array;
  readonly wgsl: Readonly<Record<string, string>>;
}

/** Allocates a buffer that holds `data` and writes it. */
export function upload(device: Device, data: ArrayBufferView, label: string): DeviceBuffer {
  const buffer = device.allocate(Math.max(16, Math.ceil(data.byteLength / 16) * 16), label);
  if (data.byteLength > 0) device.write(buffer, data);
  return buffer;
}
