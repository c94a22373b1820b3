import type { Phantom } from './phantom.ts';
import { cylinder, without } from './solid.ts';

const target = { radiusX: 20, radiusY: 20, halfLength: 20 };
const central = cylinder({ centre: [0, 0, 0], ...target });

/**
 * TG-119 multi-target (Ezzell 2009): three cylinders of 40 mm diameter and 40 mm length stacked along z, `PTVSuperior`
 * (head side), `PTVCentral` and `PTVInferior`, in a body of water: an elliptical cylinder with semi-axes 150 mm (x) and
 * 100 mm (y), 200 mm long (our choice). Voxels centred exactly on a joint belong to `PTVCentral`.
 */
export const multiTarget: Phantom = {
  name: 'multi-target',
  summary: 'TG-119 multi-target: three stacked cylinders at three dose levels',
  halfExtentMm: [150, 100, 100],
  body: cylinder({ centre: [0, 0, 0], radiusX: 150, radiusY: 100, halfLength: 100 }),
  structures: [
    { name: 'PTVSuperior', solid: without(cylinder({ centre: [0, 0, 40], ...target }), central) },
    { name: 'PTVCentral', solid: central },
    { name: 'PTVInferior', solid: without(cylinder({ centre: [0, 0, -40], ...target }), central) },
  ],
};
