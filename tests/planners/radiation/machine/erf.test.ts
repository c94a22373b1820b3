import { describe, expect, it } from 'vitest';
import { erf } from '../../../../planners/radiation/math/erf.ts';

describe('erf', () => {
  // reference: scipy.special.erf (Cephes), which is good to 2e-16
  it.each([
    [1e-8, 1.1283791670955125e-8],
    [0.1, 0.1124629160182849],
    [0.3, 0.3286267594591274],
    [0.46875, 0.492613473217938],
    [0.5, 0.5204998778130465],
    [0.9, 0.7969082124228322],
    [1, 0.8427007929497148],
    [1.7, 0.9837904585907745],
    [2.5, 0.999593047982555],
    [3.9, 0.9999999652077514],
    [4.1, 0.9999999932999724],
    [5, 0.9999999999984626],
    [5.9, 0.9999999999999999],
    [40, 1],
  ])('erf(%d) = %d and is odd', (x, expected) => {
    // 4 units in the last place of 1
    expect(Math.abs(erf(x) - expected)).toBeLessThan(1e-15);
    expect(erf(-x)).toBe(-erf(x));
  });

  it('agrees with its integral between the branches', () => {
    // Simpson with h = 1e-3: error far below 1e-12
    const n = 1000;
    let sum = 0;
    for (let i = 0; i <= n; i++)
      sum += (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-((0.2 + i / n) ** 2));
    const integral = (2 / Math.sqrt(Math.PI)) * (sum / (3 * n));
    expect(Math.abs(erf(1.2) - erf(0.2) - integral)).toBeLessThan(1e-12);
  });

  it('is exact at the ends', () => {
    expect(erf(0)).toBe(0);
    expect(erf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(erf(Number.NEGATIVE_INFINITY)).toBe(-1);
    expect(erf(Number.NaN)).toBeNaN();
  });
});
