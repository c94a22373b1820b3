import type { Device, DeviceBuffer, Launch } from '../engine/compute/device.ts';

export type KernelArray = Float32Array | Uint32Array;

/** One call of a kernel on concrete numbers: a row of the table that tests and benchmarks are derived from. */
export interface KernelCase<P> {
  readonly name: string;
  readonly params: P;
  readonly inputs: Readonly<Record<string, KernelArray>>;
  /** A name that is also an input is one buffer, which the kernel updates in place. */
  readonly outputs: Readonly<Record<string, { readonly type: 'f32' | 'u32'; readonly length: number }>>;
  /** Bytes of the buffers that the kernel needs for itself; whatever they hold before must not matter. */
  readonly scratch?: Readonly<Record<string, number>>;
  /** Set where an input holds NaN: the kernel must neither trap nor write out of bounds, and NaN must show in an output. */
  readonly nan?: boolean;
}

/**
 * What a kernel is: one line of what it computes, its arguments with shape and unit, how exact it must be and why, what
 * it costs, and the cases it is tested on. `prepare` binds the typed call of the kernel's index.ts to a case.
 */
export interface KernelContract<P> {
  readonly name: string;
  readonly doc: string;
  /** Name of each input -> shape and unit, for example `f32[nVoxels] Gy`. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * Largest error allowed, relative to the largest magnitude of the reference output, and why it is not smaller. Outputs
   * of whole numbers must be equal.
   */
  readonly tolerance: { readonly relative: number; readonly why: string };
  readonly cases: readonly KernelCase<P>[];
  cost(c: KernelCase<P>): { readonly flops: number; readonly bytes: number };
  /** The float64 version; its results by output name, or by the names that `compared` gives. */
  reference(c: KernelCase<P>): Record<string, Float64Array>;
  /**
   * What of the outputs is compared with the reference, where that is not simply all of them: sums over parts whose
   * division is the device's affair, elements that are not specified left out, columns of different units kept apart.
   */
  compared?(
    c: KernelCase<P>,
    outputs: Readonly<Record<string, KernelArray>>,
  ): Record<string, KernelArray | Float64Array>;
  prepare(
    device: Device,
    c: KernelCase<P>,
    buffers: Readonly<Record<string, DeviceBuffer>>,
  ): readonly Launch[] | Promise<readonly Launch[]>;
}

/** Checks a contract's types where it is declared, and hides its parameter type from the lists that collect contracts. */
export function defineKernel<P>(contract: KernelContract<P>): KernelContract<P> {
  return contract;
}
