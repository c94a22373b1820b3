import type { DeviceBuffer } from '../../engine/compute/device.ts';
import { type ServedDevice, serveDevice } from '../../engine/compute/remote/serve.ts';
import type { FoundGpu } from '../../engine/compute/webgpu/adapter.ts';
import { adoptGpuDevice, type SharedGpuDevice } from '../../engine/compute/webgpu/device.ts';
import { kernelModule } from '../../kernels/device.ts';

/** Shows a dose where the device has it: f32, one a dose voxel, total [Gy]. */
export type ShowDeviceDose = (device: SharedGpuDevice, dose: DeviceBuffer, isLast: boolean) => void;

/** Lets the planner's worker compute on the GPU that the page draws with; a GPUDevice cannot be posted there. */
export function shareDevice(found: FoundGpu, showDeviceDose: ShowDeviceDose): ServedDevice {
  const device = adoptGpuDevice(kernelModule(), found);
  return serveDevice(device, (dose, isLast) => showDeviceDose(device, dose, isLast));
}
