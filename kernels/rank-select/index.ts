import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/**
 * For each list, the value of a given rank in descending order (0 is the largest), exactly.
 *
 * @param b.values f32[..]
 * @param b.table u32[lists][4]: first and end in `indices`, rank, unused. An empty list selects 0.
 * @param b.indices u32[..] into `values`
 * @param b.selected f32[lists]
 */
export function prepareRankSelect(
  device: Device,
  lists: number,
  b: { values: DeviceBuffer; table: DeviceBuffer; indices: DeviceBuffer; selected: DeviceBuffer },
): Launch {
  return device.prepare({
    kernel: 'rank-select',
    entry: 'rankSelect',
    params: [['u32', lists]],
    buffers: [b.values, b.table, b.indices, b.selected],
    tasks: lists,
    workgroups: workgroupsFor(lists),
  });
}
