import { expect, it } from 'vitest';
import { MOST_SHOWN, shortened } from '../../../../engine/ros2/messages/shortened.ts';

it('long arrays of any kind lose their ends, wherever they stand; all else stays', () => {
  const message = {
    header: { stamp: { sec: 1, nanosec: 2n }, frame_id: 'a' },
    data: new Uint8Array(3_000_000).fill(7),
    names: Array.from({ length: 2000 }, (_, n) => `joint${n}`),
    points: Array.from({ length: 1500 }, (_, n) => ({ x: n, ranges: new Float32Array(5000) })),
    none: [],
  };
  const short = shortened(message);
  expect(short.header).toEqual(message.header);
  expect(short.data).toEqual(new Uint8Array(MOST_SHOWN).fill(7));
  expect(short.names).toEqual(message.names.slice(0, MOST_SHOWN));
  expect(short.points).toHaveLength(MOST_SHOWN);
  expect(short.points[7]).toEqual({ x: 7, ranges: new Float32Array(MOST_SHOWN) });
  expect(short.none).toEqual([]);
});
