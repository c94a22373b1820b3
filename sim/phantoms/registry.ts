import { inputError } from '../../engine/core/errors.ts';
import type { Patient } from '../../engine/core/patient.ts';
import { headAndNeck } from './head-and-neck.ts';
import { multiTarget } from './multi-target.ts';
import { type Phantom, voxelise } from './phantom.ts';
import { prostate } from './prostate.ts';
import { slab } from './slab.ts';
import { tg119CShape } from './tg119-cshape.ts';
import { waterTank } from './water-tank.ts';

/** How a phantom is cut into voxels. */
export interface PhantomOptions {
  /** Side of a voxel [mm], 0.5 to 20; default 3. Halving it makes eight times as many voxels. */
  readonly voxelMm?: number;
  /** Side of the water tank [mm], 50 to 600; default 300. Only `water-tank` takes it. */
  readonly sizeMm?: number;
}

const defaultVoxelMm = 3;
const defaultTankMm = 300;
const tankLimitsMm = [50, 600] as const;
const bodies: readonly Phantom[] = [slab, tg119CShape, prostate, headAndNeck, multiTarget];

/** Names that {@link buildPhantom} knows. */
export const phantomNames: readonly string[] = ['water-tank', ...bodies.map(({ name }) => name)];

/** The protocol a phantom was made for. */
export const phantomProtocols: Readonly<Record<string, string | undefined>> = {
  'tg119-cshape': 'tg119-cshape',
  prostate: 'tg119-prostate',
  'head-and-neck': 'tg119-head-neck',
  'multi-target': 'tg119-multi-target',
};

/**
 * Builds a phantom as a patient: CT, structures (with the body as `External`) and the body as dose voxels.
 *
 * @throws IsocenterError `phantom/...` for an unknown name or a size outside its limits
 */
export function buildPhantom(name: string, options: PhantomOptions = {}): Patient {
  const { voxelMm = defaultVoxelMm, sizeMm = defaultTankMm } = options;
  const isTank = name === 'water-tank';
  if (isTank && !(sizeMm >= tankLimitsMm[0] && sizeMm <= tankLimitsMm[1])) {
    const limits = `${tankLimitsMm[0]} to ${tankLimitsMm[1]} mm`;
    throw inputError(
      'phantom/size',
      `A water tank of ${sizeMm} mm is outside ${limits}.`,
      `Choose a side of ${limits}.`,
    );
  }
  const phantom = isTank ? waterTank(sizeMm) : bodies.find((body) => body.name === name);
  if (phantom === undefined) {
    throw inputError(
      'phantom/unknown',
      `There is no phantom ${JSON.stringify(name)}.`,
      `Known phantoms: ${phantomNames.join(', ')}.`,
    );
  }
  return voxelise(phantom, voxelMm, `${name}?voxelMm=${voxelMm}${isTank ? `&sizeMm=${sizeMm}` : ''}`);
}
