import { pointerAt } from '../support/args.as';

// A float's bits as an unsigned number of the same order: larger floats are larger numbers.
// @ts-ignore: decorator
@inline
function sortable(bits: u32): u32 {
  return bits & 0x80000000 ? ~bits : bits | 0x80000000;
}

// Task = one list: the value of given rank in descending order, found bit by bit from the top (exact).
export function rankSelect(begin: i32, end: i32, args: usize): void {
  const values = pointerAt(args, 1);
  const table = pointerAt(args, 2);
  const indices = pointerAt(args, 3);
  const selected = pointerAt(args, 4);
  for (let task = begin; task < end; task++) {
    const row = table + (<usize>task << 4);
    const first = load<u32>(row);
    const last = load<u32>(row, 4);
    let rank = load<u32>(row, 8);
    if (first >= last) {
      store<f32>(selected + (<usize>task << 2), 0);
      continue;
    }
    let prefix: u32 = 0;
    let known: u32 = 0;
    for (let bit: i32 = 31; bit >= 0; bit--) {
      const one = <u32>1 << bit;
      let ones: u32 = 0;
      for (let i = first; i < last; i++) {
        const key = sortable(load<u32>(values + (<usize>load<u32>(indices + (<usize>i << 2)) << 2)));
        if ((key & known) == prefix && key & one) ones++;
      }
      known |= one;
      if (rank < ones) prefix |= one;
      else rank -= ones;
    }
    store<u32>(selected + (<usize>task << 2), prefix & 0x80000000 ? prefix & 0x7fffffff : ~prefix);
  }
}
