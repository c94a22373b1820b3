import type { Phantom } from './phantom.ts';
import { box } from './solid.ts';

/** A cube of water with side `sizeMm`, centred on the origin: the surface a beam from gantry 0 meets is y = -sizeMm/2. */
export function waterTank(sizeMm: number): Phantom {
  const half = sizeMm / 2;
  return {
    name: 'water-tank',
    summary: `Water cube, ${sizeMm / 10} cm`,
    halfExtentMm: [half, half, half],
    body: box(half, half, half),
    structures: [],
  };
}
