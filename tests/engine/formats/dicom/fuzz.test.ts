import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { fuzzSeeds } from './fuzz-seeds.ts';
import { scratch } from './tools.ts';

// The validation makes ten times as many: npm run validate -- dicom.
const seeds = fuzzSeeds(scratch());

it.each(Object.keys(seeds))('%s: 1,000 damaged files are read or refused by name (seed 606)', async (kind) => {
  const { read, refused, slowestMs, faults } = await fuzz(seeds[kind], 1000, 606);
  expect(faults).toEqual([]);
  expect(read + refused).toBe(1000);
  expect(refused).toBeGreaterThan(50);
  // A hang, not a benchmark.
  expect(slowestMs).toBeLessThan(5000);
});
