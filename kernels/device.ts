import type { Device, KernelModule } from '../engine/compute/device.ts';
import { type OpenDeviceOptions, openComputeDevice } from '../engine/compute/open.ts';
import { wasmBase64, wgsl } from './generated/module.ts';

let loaded: KernelModule | undefined;

/** The one wasm module with all kernels, and their WGSL. */
export function kernelModule(): KernelModule {
  loaded ??= { wasm: Uint8Array.from(atob(wasmBase64), (c) => c.charCodeAt(0)), wgsl };
  return loaded;
}

/** Opens a device that has all of isocenter's kernels; see {@link openComputeDevice}. */
export function openDevice(options: OpenDeviceOptions = {}): Promise<Device> {
  return openComputeDevice(kernelModule(), options);
}
