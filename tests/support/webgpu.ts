import type { Device } from '../../engine/compute/device.ts';
import { openDevice } from '../../kernels/device.ts';

/** Node's WebGPU on any adapter, the software one of vitest.config.ts included; says what to install where there is none. */
export function openWebGpu(): Promise<Device> {
  return openDevice({ prefer: 'webgpu' });
}
