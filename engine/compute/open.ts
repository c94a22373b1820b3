import { inputError } from '../core/errors.ts';
import type { Device, KernelModule } from './device.ts';
import { canShareMemory, environment, mayHaveGraphicsDevice, processorCount, processorName } from './platform.ts';
import { openWasmDevice } from './wasm/device.ts';

export type DevicePreference = 'auto' | 'wasm' | 'webgpu';

export interface OpenDeviceOptions {
  /** `auto` (default) takes a hardware WebGPU adapter where there is one, else wasm. */
  readonly prefer?: DevicePreference;
  /**
   * Threads of the wasm device, the caller's included. Default: the environment variable ISOCENTER_THREADS, else all
   * processors, at most 16.
   */
  readonly threads?: number;
}

const DEFAULT_THREAD_LIMIT = 16;

/** Threads the wasm device would use. */
export function wasmThreads(requested?: number): number {
  const fromEnvironment = environment('ISOCENTER_THREADS');
  const wanted = requested ?? (fromEnvironment === undefined ? undefined : Number(fromEnvironment));
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= 256)) {
    throw inputError(
      'device/threads',
      `${requested ?? fromEnvironment} threads were asked for; the number must be a whole one from 1 to 256`,
      'set ISOCENTER_THREADS to the number of processors, or leave it unset',
    );
  }
  if (!canShareMemory()) return 1;
  return wanted ?? Math.min(DEFAULT_THREAD_LIMIT, processorCount());
}

/**
 * Opens the device that `options` ask for. A software WebGPU adapter is used only when WebGPU is asked for by name: it is
 * for checking, not for work.
 *
 * @throws IsocenterError when WebGPU was asked for by name and there is no adapter, or the number of threads is no number
 */
export async function openComputeDevice(kernels: KernelModule, options: OpenDeviceOptions = {}): Promise<Device> {
  const prefer = options.prefer ?? 'auto';
  if (prefer === 'webgpu' || (prefer === 'auto' && mayHaveGraphicsDevice())) {
    const { openWebGpuDevice } = await import('./webgpu/device.ts');
    const device = await openWebGpuDevice(kernels, { required: prefer === 'webgpu' });
    if (device) return device;
  }
  return openWasmDevice(kernels, { threads: wasmThreads(options.threads), name: processorName() });
}
