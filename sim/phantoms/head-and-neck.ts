import type { Phantom } from './phantom.ts';
import { cylinder, ellipsoid, type Solid, without } from './solid.ts';

const cordY = 20;
const cordRadius = 7.5;
const cordGap = 15;

const behindCord: Solid = (_x, y) => y > cordY;

/**
 * Head and neck after TG-119 (Ezzell 2009): a neck of water, an elliptical cylinder with semi-axes 60 mm (x) and 65 mm
 * (y), 200 mm long. `PTV`: everything 6 mm below the skin and in front of the plane of the cord (y <= 20 mm), 100 mm
 * long, without the 15 mm around the cord. `SpinalCord`: a cylinder of 7.5 mm radius along the whole neck at y = 20 mm.
 * `LeftParotid` (+x) and `RightParotid`: ellipsoids with semi-axes 9, 11 and 20 mm behind the arms of the PTV, 2 mm
 * from it, in its upper half. The report gives the gap, the depth below the skin and the arrangement; sizes are ours.
 */
export const headAndNeck: Phantom = {
  name: 'head-and-neck',
  summary: 'TG-119 head and neck: target in front of the cord, parotids beside it',
  halfExtentMm: [60, 65, 100],
  body: cylinder({ centre: [0, 0, 0], radiusX: 60, radiusY: 65, halfLength: 100 }),
  structures: [
    {
      name: 'PTV',
      solid: without(
        cylinder({ centre: [0, 0, 0], radiusX: 54, radiusY: 59, halfLength: 50 }),
        behindCord,
        cylinder({
          centre: [0, cordY, 0],
          radiusX: cordRadius + cordGap,
          radiusY: cordRadius + cordGap,
          halfLength: 50,
        }),
      ),
    },
    {
      name: 'SpinalCord',
      solid: cylinder({ centre: [0, cordY, 0], radiusX: cordRadius, radiusY: cordRadius, halfLength: 100 }),
    },
    { name: 'LeftParotid', solid: ellipsoid([36, 33, 25], [9, 11, 20]) },
    { name: 'RightParotid', solid: ellipsoid([-36, 33, 25], [9, 11, 20]) },
  ],
};
