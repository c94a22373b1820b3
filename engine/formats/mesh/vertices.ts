import { inputError } from '../../core/errors.ts';
import { decimal } from '../text.ts';

/** Three words as a point that float32 can hold; undefined where they are not that. */
export function floatPoint(words: readonly string[]): number[] | undefined {
  const point = words.map(decimal);
  return point.length === 3 && point.every((x) => Number.isFinite(Math.fround(x))) ? point : undefined;
}

/** A mesh without triangles would be an obstacle that nothing can touch. */
export function refuseEmpty(triangles: number, name: string): void {
  if (triangles > 0) return;
  throw inputError('mesh/empty', `${name}: the mesh has no triangle`, 'export the mesh with its faces');
}
