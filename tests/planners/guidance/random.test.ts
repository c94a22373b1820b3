import { describe, expect, it } from 'vitest';
import { GUIDED, randomRun } from './support/random-guidance.ts';

const RUNS = 10;
const CYCLES = 3000;

describe('random hands among random fixtures', () => {
  it.each(GUIDED)('%s: no limit, margin or trocar is broken, whatever comes', (name) => {
    let ran = 0;
    for (let seed = 0; seed < RUNS; seed++) {
      const run = randomRun(name, seed, CYCLES, true);
      if (run === undefined) continue;
      ran++;
      const { worst } = run;
      const where = `${name}, seed ${seed}`;
      expect(worst.notFinite, where).toBe(0);
      expect(worst.beyond, where).toBeLessThanOrEqual(0);
      // Differences of float64 set-points of a few radians lose 1e-15 / T, / T^2 and / T^3 of the limits.
      expect(worst.velocity, where).toBeLessThanOrEqual(1 + 1e-9);
      expect(worst.acceleration, where).toBeLessThanOrEqual(1 + 1e-6);
      expect(worst.jerk, where).toBeLessThanOrEqual(1 + 1e-3);
      expect(worst.fixtureM, where).toBeGreaterThanOrEqual(-5e-5);
      expect(worst.trocarM, where).toBeLessThanOrEqual(1e-4);
    }
    expect(ran).toBeGreaterThan(RUNS / 2);
  });

  it.each(GUIDED)('%s: a sound hand is followed, stops are rare', (name) => {
    let cycles = 0;
    let away = 0;
    for (let seed = 100; seed < 100 + RUNS; seed++) {
      const run = randomRun(name, seed, CYCLES, false);
      if (run === undefined) continue;
      cycles += run.guidance.servo.counts.cycles;
      away += run.guidance.servo.counts.stopping;
    }
    expect(away / cycles).toBeLessThan(0.005);
  });
});
