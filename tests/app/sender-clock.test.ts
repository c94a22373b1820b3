import { expect, it } from 'vitest';
import { SenderClock } from '../../app/guide/sender-clock.ts';
import { seededRandom } from '../../engine/core/random.ts';

it('what was measured evenly is even again, however late messages come (seed 5)', () => {
  const random = seededRandom(5);
  const clock = new SenderClock();
  const offset = 1.7e9;
  for (let k = 0; k < 20_000; k++) {
    const measured = k / 1000;
    const arrived = measured + 2e-4 + 3e-3 * random() ** 3;
    const ours = clock.toOurs(offset + measured, arrived);
    // 1.7e9 s leave 2.4e-7 s of a double.
    expect(ours).toBeLessThanOrEqual(arrived + 5e-7);
    // The least delay counts as none.
    if (k > 100) expect(Math.abs(ours - measured - 2e-4)).toBeLessThan(2e-5);
  }
});

it('a clock that drifts by 50 ppm is followed', () => {
  const clock = new SenderClock();
  for (let k = 0; k < 200_000; k++) {
    const measured = k / 1000;
    const ours = clock.toOurs(measured * (1 - 5e-5), measured);
    expect(Math.abs(ours - measured)).toBeLessThan(1e-6);
  }
});

it('a sender that starts anew, and one without stamps', () => {
  const clock = new SenderClock();
  clock.toOurs(100, 5);
  expect(clock.toOurs(100.001, 5.001)).toBeCloseTo(5.001, 12);
  expect(clock.toOurs(3, 6)).toBe(6);
  expect(clock.toOurs(3.5, 6.5)).toBeCloseTo(6.5, 12);
  expect(clock.toOurs(undefined, 7)).toBe(7);
  expect(clock.toOurs(Number.NaN, 8)).toBe(8);
});
