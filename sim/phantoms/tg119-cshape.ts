import type { Phantom } from './phantom.ts';
import { cylinder, type Solid, without } from './solid.ts';

const centre = [0, 0, 0] as const;
/** Half the opening of the C, seen from its axis [rad]. */
const halfOpening = Math.PI / 4;

/** Points that the axis sees within 45 degrees of straight posterior. */
const opening: Solid = (x, y) => Math.atan2(Math.abs(x), y) < halfOpening;

/**
 * TG-119 C-shape (Ezzell 2009): a `PTV` between the radii 15 and 37 mm, 80 mm long, around `Core`, a cylinder of 10 mm
 * radius and 100 mm length, in a body of water: an elliptical cylinder with semi-axes 150 mm (x) and 100 mm (y), 200 mm
 * long. The C opens towards posterior over 90 degrees; the report's own opening and body were not at hand, these are
 * our choice.
 */
export const tg119CShape: Phantom = {
  name: 'tg119-cshape',
  summary: 'TG-119 C-shape: a target around a core to be spared',
  halfExtentMm: [150, 100, 100],
  body: cylinder({ centre, radiusX: 150, radiusY: 100, halfLength: 100 }),
  structures: [
    {
      name: 'PTV',
      solid: without(
        cylinder({ centre, radiusX: 37, radiusY: 37, halfLength: 40 }),
        cylinder({ centre, radiusX: 15, radiusY: 15, halfLength: 40 }),
        opening,
      ),
    },
    { name: 'Core', solid: cylinder({ centre, radiusX: 10, radiusY: 10, halfLength: 50 }) },
  ],
};
