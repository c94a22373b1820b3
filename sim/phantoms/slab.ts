import { type Phantom, tissueHu } from './phantom.ts';
import { box, common, layerY } from './solid.ts';

const body = box(150, 150, 150);
const bone = common(body, layerY(-120, -100));
const lung = common(body, layerY(-100, -30));
/** Relative electron density 0.26 in matRad's default table (tissueHu.lung would give 0.27). */
const lung026Hu = -751;

/**
 * A cube of 30 cm in layers across y, in the order in which a beam from gantry 0 meets them: 3 cm water, 2 cm bone, 7 cm
 * lung (relative electron density 0.26), 18 cm water. The depths are those of the ICCR 2000 slab (Rogers and Mohan),
 * with bone in the place of its aluminium. Structures `Bone`, `Lung`.
 */
export const slab: Phantom = {
  name: 'slab',
  summary: 'Layers of water, bone, lung and water, 30 cm cube',
  halfExtentMm: [150, 150, 150],
  body,
  structures: [
    { name: 'Bone', solid: bone, hu: tissueHu.bone },
    { name: 'Lung', solid: lung, hu: lung026Hu },
  ],
};
