import type { SeparableMapShape } from './index.ts';

/**
 * The separable map in float64, as one plain sum without an intermediate: out[q][o] = sum over shapes m, rows r and
 * columns c of W_m[q][r] in[r][c] W_m[o][c], where in is the sum of the parts. Row q of W_m holds weights[m][q][a] at
 * column starts[q] + a; weights that fall beyond the input count nothing. Columns of the output from colsOut on are zero.
 */
export function separableMapReference(
  s: SeparableMapShape,
  input: ArrayLike<number>,
  starts: Uint32Array,
  weights: Float32Array,
): Float64Array {
  const output = new Float64Array(s.beams * s.rowsOut * s.strideOut);
  const partLength = s.rowsIn * s.strideIn;
  for (let beam = 0; beam < s.beams; beam++) {
    const map = new Float64Array(partLength);
    for (let part = 0; part < s.parts; part++) {
      for (let i = 0; i < partLength; i++) map[i] += input[(beam * s.parts + part) * partLength + i];
    }
    for (let q = 0; q < s.rowsOut; q++) {
      for (let o = 0; o < s.colsOut; o++) {
        let sum = 0;
        for (let m = 0; m < s.shapes; m++) {
          for (let a = 0; a < s.band && starts[q] + a < s.rowsIn; a++) {
            for (let b = 0; b < s.band && starts[o] + b < s.strideIn; b++) {
              const onRow = weights[(m * s.matrixRows + q) * s.band + a];
              const onColumn = weights[(m * s.matrixRows + o) * s.band + b];
              sum += onRow * map[(starts[q] + a) * s.strideIn + starts[o] + b] * onColumn;
            }
          }
        }
        output[(beam * s.rowsOut + q) * s.strideOut + o] = sum;
      }
    }
  }
  return output;
}
