import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';

/** Bytes of scratch that a bank needs. */
export function bankScratchBytes(tasks: number, scratchFloats: number): number {
  return Math.max(16, 8 * tasks * scratchFloats);
}

/**
 * Filters x recordings x horizons x parameters as one batch: each task steps one filter through one signal.
 *
 * @param b.signals f32[tracks][samples], best scaled to about 1
 * @param b.table f32[tasks][TASK_STRIDE] and b.lines f32[..][4], of `packTasks`
 * @param b.estimates f32[tasks][samples]: the tremor expected `ahead` samples after each sample
 * @param b.scratch {@link bankScratchBytes}; contents do not matter
 */
export function prepareTremorBank(
  device: Device,
  shape: { readonly tasks: number; readonly samples: number; readonly scratchFloats: number },
  b: {
    signals: DeviceBuffer;
    table: DeviceBuffer;
    lines: DeviceBuffer;
    estimates: DeviceBuffer;
    scratch: DeviceBuffer;
  },
): Launch {
  return device.prepare({
    kernel: 'tremor-bank',
    entry: 'tremorBank',
    params: [
      ['u32', shape.tasks],
      ['u32', shape.samples],
      ['u32', shape.scratchFloats],
    ],
    buffers: [b.signals, b.table, b.lines, b.estimates, b.scratch],
    tasks: shape.tasks,
    workgroups: [Math.max(1, Math.ceil(shape.tasks / 64)), 1, 1],
  });
}
