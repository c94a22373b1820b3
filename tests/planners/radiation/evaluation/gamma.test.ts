import { afterAll, describe, expect, it } from 'vitest';
import { cube, fieldsDose, plannedPair, plastimatchGamma } from '../../../../bench/gamma-cases.ts';
import type { Grid, Volume } from '../../../../engine/core/grid.ts';
import { openDevice } from '../../../../kernels/device.ts';
import { NOT_JUDGED, OUTSIDE } from '../../../../kernels/gamma/index.ts';
import { gammaAt } from '../../../../kernels/gamma/reference.ts';
import { gammaIndex } from '../../../../planners/radiation/evaluation/gamma.ts';
import { failsLater } from '../../../support/errors.ts';

const device = await openDevice({ prefer: 'wasm' });
afterAll(() => device.close());

const volume = (grid: Grid, dose: (n: number) => number): Volume => ({
  grid,
  data: Float32Array.from({ length: grid.size[0] * grid.size[1] * grid.size[2] }, (_, n) => dose(n)),
  unit: 'Gy',
});

describe('watched', () => {
  const reference = volume(cube(30, 2), (n) => 30 + 20 * Math.sin(n / 17));
  const evaluated = volume(cube(30, 2), (n) => 30 + 20 * Math.sin(n / 17 + 0.05));

  it('is that of one part, and says how far it is', async () => {
    const shares: number[] = [];
    const whole = await gammaIndex(device, reference, evaluated);
    const parts = await gammaIndex(
      device,
      reference,
      evaluated,
      {},
      { onProgress: (share) => void shares.push(share) },
    );
    // Slices of a part lie at other float32 offsets.
    for (const [n, value] of parts.gamma.entries()) expect(Math.abs(value - whole.gamma[n])).toBeLessThan(1e-3);
    expect(parts.points).toBe(whole.points);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.length).toBeGreaterThan(10);
  });

  it('ends where it is cancelled', async () => {
    const stop = new AbortController();
    let heard = 0;
    const watched = { signal: stop.signal, onProgress: () => void (++heard === 3 && stop.abort()) };
    await expect(gammaIndex(device, reference, evaluated, {}, watched)).rejects.toThrow();
    expect(heard).toBe(3);
  });
});

describe('closed forms', () => {
  it('a uniform difference is the difference over its tolerance', async () => {
    const { gamma, passPercent } = await gammaIndex(
      device,
      volume(cube(6, 2), () => 50),
      volume(cube(6, 2), () => 51.2),
      { normalisationGy: 60 },
    );
    // 1.2 Gy of 1.8 Gy; float32.
    for (const value of gamma) expect(value).toBeCloseTo(2 / 3, 5);
    expect(passPercent).toBe(100);
  });

  it('a slope of g Gy/mm with a difference d gives d / sqrt(DD^2 + g^2 DTA^2)', async () => {
    const grid: Grid = { size: [60, 3, 3], spacingMm: [2, 2, 2], originMm: [0, 0, 0] };
    const slope = (offset: number) => volume(grid, (n) => 20 + 0.5 * 2 * (n % 60) + offset);
    const { gamma } = await gammaIndex(device, slope(0), slope(1.5), { normalisationGy: 60 });
    // Where the least lies inside the grid; 5e-4: a search ends where gamma can gain no more than 2e-4.
    for (let i = 5; i < 55; i++) expect(Math.abs(gamma[i] - 1.5 / Math.hypot(1.8, 1.5))).toBeLessThan(5e-4);
  });

  it('local and global tolerances differ by the dose, and the threshold counts from the normalisation', async () => {
    const grid: Grid = { size: [2, 1, 1], spacingMm: [50, 2, 2], originMm: [0, 0, 0] };
    const pair = [volume(grid, (n) => (n === 0 ? 60 : 5)), volume(grid, (n) => (n === 0 ? 60 : 5.2))] as const;
    const local = await gammaIndex(device, ...pair, { local: true, thresholdPercent: 5, distanceMm: 0.01 });
    // 0.2 Gy of 3 % of 5 Gy; the dose between the voxels rises by 1.1 Gy/mm, which a distance of 0.01 mm hardly uses.
    expect(local.gamma[1]).toBeCloseTo(0.2 / 0.15, 1);
    const judged = await gammaIndex(device, ...pair, { thresholdPercent: 10 });
    expect([...judged.gamma]).toEqual([0, NOT_JUDGED]);
  });
});

describe('grids', () => {
  it('a dose agrees with itself on another grid, in 2D and 3D', async () => {
    const linear = (grid: Grid) =>
      volume(grid, (n) => {
        const [x, y] = [n % grid.size[0], Math.floor(n / grid.size[0]) % grid.size[1]];
        return 30 + 0.2 * (grid.originMm[0] + x * grid.spacingMm[0]) + 0.1 * (grid.originMm[1] + y * grid.spacingMm[1]);
      });
    for (const depth of [1, 5]) {
      const reference = linear({ size: [8, 7, depth], spacingMm: [2, 2, 2], originMm: [4, 4, 4] });
      const evaluated = linear({ size: [20, 9, depth], spacingMm: [1.1, 3, 2.4], originMm: [3, 1, 3.6] });
      const { max, points } = await gammaIndex(device, reference, evaluated);
      // The plane lies 0.4 mm from that of the reference: gamma 0.4 / 3 there, 0 in three dimensions.
      expect(max).toBeCloseTo(depth === 1 ? 0.4 / 3 : 0, 3);
      expect(points).toBe(56 * depth);
    }
  });

  it('points outside the evaluated dose are counted, not judged', async () => {
    const evaluated = volume({ size: [4, 6, 6], spacingMm: [2, 2, 2], originMm: [-5, -5, -5] }, () => 10);
    const { gamma, outside, points, passPercent } = await gammaIndex(
      device,
      volume(cube(6, 2), () => 10),
      evaluated,
    );
    expect({ outside, points, passPercent }).toEqual({ outside: 72, points: 144, passPercent: 100 });
    expect(gamma[5]).toBe(OUTSIDE);
  });
});

it('brute force knows gamma to 2e-4: more lines find no less', () => {
  const grid = cube(8, 2.5);
  const [a, b] = [fieldsDose(grid, 0, 1), fieldsDose(grid, 3, 1.04)];
  const shape = {
    reference: grid,
    evaluated: grid,
    distanceMm: 3,
    doseTolerance: 1.8,
    local: false,
    thresholdGy: 6,
    maxGamma: 2,
  };
  for (const voxel of [0, 77, 150, 219, 300, 444]) {
    const point = [voxel % 8, Math.floor(voxel / 8) % 8, Math.floor(voxel / 64)].map((i) => -8.75 + 2.5 * i);
    const [few, many] = [5, 14].map((lines) => gammaAt(shape, point, a.data[voxel], b.data, lines));
    expect(Math.abs(few - many)).toBeLessThan(2e-4);
  }
});

describe('what is no dose is refused', () => {
  const dose = volume(cube(4, 2), () => 10);
  it.each([
    ['NaN, by its voxel', volume(cube(4, 2), (n) => (n === 22 ? Number.NaN : 10)), dose, 'gamma/bad-dose', '(2, 1, 1)'],
    ['a negative dose', dose, volume(cube(4, 2), () => -1), 'gamma/bad-dose', 'evaluated dose is -1 Gy'],
    ['a reference of zero', volume(cube(4, 2), () => 0), dose, 'gamma/no-dose', 'zero everywhere'],
    [
      'doses apart',
      dose,
      volume({ ...cube(4, 2), originMm: [500, 0, 0] }, () => 10),
      'gamma/no-overlap',
      'all 64 points',
    ],
  ] as const)('%s', async (_name, reference, evaluated, code, part) => {
    await failsLater(() => gammaIndex(device, reference, evaluated), code, part);
  });

  it('a threshold that nothing reaches, and criteria that are none', async () => {
    await failsLater(() => gammaIndex(device, dose, dose, { normalisationGy: 1000 }), 'gamma/no-points', '100.0 Gy');
    await failsLater(() => gammaIndex(device, dose, dose, { distanceMm: 0 }), 'gamma/bad-criterion', '0 mm');
    await failsLater(() => gammaIndex(device, dose, dose, { dosePercent: Number.NaN }), 'gamma/bad-criterion', 'NaN');
  });
});

describe('plastimatch', () => {
  const criteria = { dosePercent: 3, distanceMm: 3, thresholdPercent: 10 };
  const grid = cube(30, 2);
  const pairs = [
    async () => ({ name: 'fields', reference: fieldsDose(grid, 0, 1), evaluated: fieldsDose(grid, 2.5, 1.02) }),
    async () => plannedPair(device, 'tg119-cshape', 'tg119-cshape', [40, 36, 10]),
  ];
  it.each(pairs)('passes the same points (%#)', { timeout: 60_000 }, async (make) => {
    const pair = await make();
    const peer = plastimatchGamma(pair, criteria);
    const ours = await gammaIndex(device, pair.reference, pair.evaluated, criteria);
    // 0.5 % of points. plastimatch searches along lines from voxel to voxel, diagonals too, instead of the trilinear dose:
    // its gamma may be larger or smaller by some hundredths.
    expect(Math.abs(peer.passPercent - ours.passPercent)).toBeLessThan(0.5);
    let [largest, sum] = [0, 0];
    ours.gamma.forEach((gamma, n) => {
      if (gamma < 0) return;
      largest = Math.max(largest, Math.abs(gamma - peer.gamma[n]));
      sum += Math.abs(gamma - peer.gamma[n]);
    });
    console.log(
      `${pair.name}: ${ours.points} points, ${ours.passPercent.toFixed(2)} % pass, plastimatch ${peer.passPercent.toFixed(2)} %; gamma differs by ${(sum / ours.points).toFixed(4)} in the mean, ${largest.toFixed(3)} at most`,
    );
    expect(sum / ours.points).toBeLessThan(0.03);
    expect(largest).toBeLessThan(0.25);
  });
});
