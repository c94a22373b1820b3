import type { DeviceBuffer } from '../../engine/compute/device.ts';
import type { FoundGpu } from '../../engine/compute/webgpu/adapter.ts';
import { adoptGpuDevice, type SharedGpuDevice } from '../../engine/compute/webgpu/device.ts';
import { kernelModule } from '../../kernels/device.ts';
import type { PlannerEvent } from './messages.ts';
import { Planner } from './planner.ts';

/** Shows a dose where the device has it: f32, one a dose voxel, total [Gy]. */
export type ShowDeviceDose = (device: SharedGpuDevice, dose: DeviceBuffer, isLast: boolean) => void;

/** The planner beside the renderer, on the device that both share; a GPUDevice cannot be posted to a worker. */
export function openLocalPlanner(
  found: FoundGpu,
  say: (event: PlannerEvent) => void,
  showDeviceDose: ShowDeviceDose,
): Planner {
  const device = adoptGpuDevice(kernelModule(), found);
  return new Planner({
    say,
    openDevice: async () => device,
    showDeviceDose: (dose, isLast) => showDeviceDose(device, dose, isLast),
  });
}
