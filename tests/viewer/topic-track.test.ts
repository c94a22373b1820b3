import { describe, expect, it } from 'vitest';
import type { TopicMessage } from '../../engine/link/topics.ts';
import { numberAt, PLOT_SEC, TopicTrack } from '../../viewer/topics/topic-track.ts';

const at = (timeSec: number, x: unknown, count?: number): TopicMessage => ({
  topic: '/t',
  type: 'std_msgs/msg/Float64',
  timeSec,
  message: { data: { x: [x] } },
  ...(count === undefined ? {} : { count }),
});

describe('what is known of a topic', () => {
  it('tells how often messages come, those that were left out on the way among them', () => {
    const track = new TopicTrack();
    track.take(at(100, 1, 7));
    expect(track.rateHz).toBeUndefined();
    for (let n = 1; n <= 100; n++) track.take(at(100 + n / 10, 1, 7 + 50 * n));
    expect(track.rateHz).toBeCloseTo(500, 6);
    const plain = new TopicTrack();
    for (let n = 0; n <= 100; n++) plain.take(at(n / 10, 1));
    expect(plain.rateHz).toBeCloseTo(10, 6);
  });

  it('keeps the past of a field, no longer and no finer than it is drawn, and begins anew when time goes back', () => {
    const track = new TopicTrack();
    const path = ['data', 'x', 0];
    track.take(at(0, -1));
    track.keep(path);
    for (let n = 1; n <= 40_000; n++) track.take(at(n / 1000, n));
    const { timesSec, values } = track.seriesOf(path);
    expect(timesSec.length).toBeLessThan(PLOT_SEC * 51);
    expect(timesSec[0]).toBeGreaterThanOrEqual(40 - PLOT_SEC - 0.05);
    expect(timesSec.every((t, n) => Math.abs(values[n] - 1000 * t) < 1e-6)).toBe(true);
    track.take(at(3, 5));
    expect(track.seriesOf(path)).toMatchObject({ timesSec: [3], values: [5] });
    track.leave(path);
    expect(track.seriesOf(path).timesSec).toEqual([]);
  });

  it.each([
    [{ a: { b: [3] } }, ['a', 'b', 0], 3],
    [{ on: true }, ['on'], 1],
    [{ a: Number.NaN }, ['a'], undefined],
    [{ a: 'text' }, ['a'], undefined],
    [{ a: null }, ['a', 'b'], undefined],
    [{ a: {} }, ['a', 'constructor'], undefined],
    [undefined, ['a'], undefined],
  ])('of %j at %j the number is %s', (message, path, number) => {
    expect(numberAt(message, path)).toBe(number);
  });
});
