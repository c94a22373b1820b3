import { f32At, pointerAt, u32At } from '../support/args.as';

// Task = one list: counts of its values in equal bins from `low`; below goes to the first bin, above to the last.
export function doseHistogram(begin: i32, end: i32, args: usize): void {
  const bins = <i32>u32At(args, 0);
  const low = f32At(args, 2);
  const perBin = f32At(args, 3);
  const values = pointerAt(args, 4);
  const table = pointerAt(args, 5);
  const indices = pointerAt(args, 6);
  const counts = pointerAt(args, 7);
  for (let task = begin; task < end; task++) {
    const row = table + (<usize>task << 4);
    const last = load<u32>(row, 4);
    const histogram = counts + ((<usize>task * <usize>(bins + 1)) << 2);
    memory.fill(histogram, 0, <usize>(bins + 1) << 2);
    for (let i = load<u32>(row); i < last; i++) {
      const value = load<f32>(values + (<usize>load<u32>(indices + (<usize>i << 2)) << 2));
      // NaN has a bin of its own after the last.
      const bin = value == value ? min(max(<i32>floor<f32>((value - low) * perBin), 0), bins - 1) : bins;
      const at = histogram + (<usize>bin << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}
