import { createRcmConstraint } from '../rcm/constraint.ts';
import { RCM_TOLERANCE } from '../rcm/ik.ts';
import type { Shaft } from '../rcm/shaft.ts';
import { createWalk, projectOnto } from '../rcm/walk.ts';
import type { Seed } from './seeds.ts';

/**
 * The seeds with their control points brought onto the trocar, each by the least change of the joints: bends and straight lines
 * then begin near motions that are allowed. A point that finds no way there stays as near as it came.
 */
export function seedsThroughTrocar(shaft: Shaft, joints: number, seeds: readonly Seed[]): Seed[] {
  const { columns } = shaft.chain;
  const walk = createWalk(createRcmConstraint(shaft, 'trocar', { ...RCM_TOLERANCE, insertionM: 0 }));
  const x = new Float64Array(columns.length);
  return seeds.map(({ control, segmentSec }) => {
    const moved = control.slice();
    const points = control.length / joints;
    for (let i = 3; i < points - 3; i++) {
      for (let k = 0; k < x.length; k++) x[k] = control[i * joints + columns[k]];
      projectOnto(walk, x);
      for (let k = 0; k < x.length; k++) moved[i * joints + columns[k]] = x[k];
    }
    return { control: moved, segmentSec };
  });
}
