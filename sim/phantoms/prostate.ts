import type { Phantom } from './phantom.ts';
import { cylinder, ellipsoid } from './solid.ts';

const centre = [0, 0, 0] as const;

/**
 * TG-119 prostate (Ezzell 2009): `Prostate`, an ellipsoid of 40 (x), 26 (y) and 65 mm (z); `PTV`, the ellipsoid with all
 * semi-axes 6 mm longer; `Rectum`, a cylinder of 15 mm diameter behind it, a third of its section inside the PTV on the
 * widest slice; `Bladder`, an ellipsoid of 50, 40 and 50 mm above and in front, overlapping the PTV slightly. All water, in an
 * elliptical cylinder with semi-axes 160 mm (x) and 110 mm (y), 200 mm long. The report's prostate is indented where it
 * meets the rectum; this one ends in front of it.
 */
export const prostate: Phantom = {
  name: 'prostate',
  summary: 'TG-119 prostate: rectum behind, bladder above',
  halfExtentMm: [160, 110, 100],
  body: cylinder({ centre, radiusX: 160, radiusY: 110, halfLength: 100 }),
  structures: [
    { name: 'PTV', solid: ellipsoid(centre, [26, 19, 38.5]) },
    { name: 'Prostate', solid: ellipsoid(centre, [20, 13, 32.5]) },
    {
      name: 'Rectum',
      solid: cylinder({ centre: [0, 20.75, 0], radiusX: 7.5, radiusY: 7.5, halfLength: 50 }),
    },
    { name: 'Bladder', solid: ellipsoid([0, -8, 57], [25, 20, 25]) },
  ],
};
