import { pointerAt, u32At } from '../support/args.as';

// Task = one beam: sums the parts of its input, then applies the banded matrix along x and along y.
export function separableMap(begin: i32, end: i32, args: usize): void {
  const rowsIn = <i32>u32At(args, 0);
  const strideIn = <i32>u32At(args, 1);
  const rowsOut = <i32>u32At(args, 2);
  const colsOut = <i32>u32At(args, 3);
  const strideOut = <i32>u32At(args, 4);
  const band = <i32>u32At(args, 5);
  const shapes = <i32>u32At(args, 6);
  const parts = <i32>u32At(args, 7);
  const matrixRows = <i32>u32At(args, 8);
  const input = pointerAt(args, 9);
  const starts = pointerAt(args, 10);
  const weights = pointerAt(args, 11);
  const scratch = pointerAt(args, 12);
  const output = pointerAt(args, 13);
  const rowBytesIn = <usize>strideIn << 2;
  const rowBytesOut = <usize>strideOut << 2;
  const partBytes = <usize>rowsIn * rowBytesIn;
  const shapeBytes = <usize>rowsIn * rowBytesOut;
  for (let beam = begin; beam < end; beam++) {
    const source = input + <usize>beam * <usize>parts * partBytes;
    const along = scratch + <usize>beam * (<usize>shapes * shapeBytes + partBytes);
    let values = source;
    if (parts > 1) {
      values = along + <usize>shapes * shapeBytes;
      for (let at: usize = 0; at < partBytes; at += 16) {
        let sum = v128.load(source + at);
        for (let p = 1; p < parts; p++) sum = f32x4.add(sum, v128.load(source + <usize>p * partBytes + at));
        v128.store(values + at, sum);
      }
    }
    for (let m = 0; m < shapes; m++) {
      const shape = weights + ((<usize>m * <usize>matrixRows * <usize>band) << 2);
      for (let r = 0; r < rowsIn; r++) {
        const row = values + <usize>r * rowBytesIn;
        const target = along + <usize>m * shapeBytes + <usize>r * rowBytesOut;
        for (let o = 0; o < colsOut; o++) {
          const from = row + (<usize>load<u32>(starts + (<usize>o << 2)) << 2);
          const w = shape + ((<usize>o * <usize>band) << 2);
          let sum = f32x4.splat(0);
          for (let a = 0; a < band; a += 4) {
            const at = <usize>a << 2;
            sum = f32x4.add(sum, f32x4.mul(v128.load(from + at), v128.load(w + at)));
          }
          const pair = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
          store<f32>(target + (<usize>o << 2), f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1));
        }
        // The next pass reads whole vectors: what lies beyond the last column must be zero, not what the scratch held.
        for (let o = colsOut; o < strideOut; o++) store<f32>(target + (<usize>o << 2), 0);
      }
    }
    const target = output + <usize>beam * <usize>rowsOut * rowBytesOut;
    for (let q = 0; q < rowsOut; q++) {
      const start = <usize>load<u32>(starts + (<usize>q << 2));
      const row = target + <usize>q * rowBytesOut;
      for (let o = 0; o < strideOut; o += 4) {
        let sum = f32x4.splat(0);
        if (o < colsOut) {
          for (let m = 0; m < shapes; m++) {
            const w = weights + ((<usize>(m * matrixRows + q) * <usize>band) << 2);
            let from = along + <usize>m * shapeBytes + start * rowBytesOut + (<usize>o << 2);
            const last = min(band, rowsIn - <i32>start);
            for (let a = 0; a < last; a++) {
              sum = f32x4.add(sum, f32x4.mul(v128.load(from), v128.load32_splat(w + (<usize>a << 2))));
              from += rowBytesOut;
            }
          }
        }
        v128.store(row + (<usize>o << 2), sum);
      }
    }
  }
}
