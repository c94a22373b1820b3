import type { Device } from '../../engine/compute/device.ts';
import { describeAdapter } from '../../engine/compute/webgpu/device.ts';
import { openDevice } from '../../kernels/device.ts';

const adapter = await describeAdapter();

/**
 * Whether Node has a WebGPU adapter, software ones included (vitest.config.ts points to one). Under CI=true it must, and
 * opening the device says what is missing.
 */
export const hasWebGpu = adapter.found || process.env['CI'] === 'true';

export function openWebGpu(): Promise<Device> {
  return openDevice({ prefer: 'webgpu' });
}
