import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/**
 * For each list, counts of its values in `bins` equal bins that begin at `low`: values below fall into the first, values
 * above into the last, NaN into one more bin after it.
 *
 * @param b.values f32[..]
 * @param b.table u32[lists][4]: first and end in `indices`, two unused
 * @param b.indices u32[..] into `values`
 * @param b.counts u32[lists][bins + 1]
 */
export function prepareDoseHistogram(
  device: Device,
  s: { readonly lists: number; readonly bins: number; readonly low: number; readonly binWidth: number },
  b: { values: DeviceBuffer; table: DeviceBuffer; indices: DeviceBuffer; counts: DeviceBuffer },
): Launch {
  return device.prepare({
    kernel: 'dose-histogram',
    entry: 'doseHistogram',
    params: [
      ['u32', s.bins],
      ['u32', s.lists],
      ['f32', s.low],
      ['f32', 1 / s.binWidth],
    ],
    buffers: [b.values, b.table, b.indices, b.counts],
    tasks: s.lists,
    workgroups: workgroupsFor(s.lists),
  });
}
