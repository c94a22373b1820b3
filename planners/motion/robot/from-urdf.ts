import { inputError } from '../../../engine/core/errors.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import type { JointLimitsFile } from '../../../engine/formats/joint-limits.ts';
import { applySrdf, type Srdf } from '../../../engine/formats/srdf.ts';
import { readUrdf, type UrdfOptions } from '../../../engine/formats/urdf/read.ts';
import { findIgnoredPairs } from './ignored-pairs.ts';
import { fitSpheres } from './spheres.ts';

export interface UrdfParts extends UrdfOptions {
  readonly text: string | Uint8Array;
  readonly limits?: JointLimitsFile;
  readonly srdf?: Srdf;
}

/**
 * A robot that motions can be planned for: spheres are fitted where the collision geometry is not spheres; pairs of links that need no check
 * come from the SRDF, or are found by sampling where there is none.
 *
 * @returns with what was done to it on the way, one sentence each
 * @throws IsocenterError `robot/mesh-missing`; as {@link readUrdf}, {@link fitSpheres} and {@link applySrdf}
 */
export function robotFromUrdf({ text, srdf, ...options }: UrdfParts): { model: RobotModel; notes: string[] } {
  const notes: string[] = [];
  const read = readUrdf(text, options);
  refuseMissing(read, options.path);
  const fitted = withSpheres(read, notes);
  if (srdf !== undefined) return { model: applySrdf(fitted, srdf), notes };
  const found = findIgnoredPairs(fitted);
  notes.push(`No SRDF: ${found.active.length} pairs of links are checked against each other, found by sampling.`);
  return { model: found.model, notes };
}

/** Motions cannot be checked with shapes that nobody knows. */
function refuseMissing({ links }: RobotModel, path: string): void {
  const shapes = links.flatMap(({ collision }) => collision.map(({ shape }) => shape));
  const missing = shapes.flatMap((shape) => (shape.kind === 'mesh' && shape.mesh === undefined ? [shape.uri] : []));
  if (missing.length === 0) return;
  const names = [...new Set(missing)];
  const some = names.slice(0, MOST_NAMED).join(', ');
  throw inputError(
    'robot/mesh-missing',
    `${path}: collision meshes were not found: ${some}${names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''}`,
    'keep the meshes where the URDF says, below a folder with the name of the package, and give that folder',
  );
}

/** Of the meshes that are missing, so many are named. */
const MOST_NAMED = 12;

function withSpheres(model: RobotModel, notes: string[]): RobotModel {
  if (model.links.every(({ collision }) => collision.every(({ shape }) => shape.kind === 'sphere'))) return model;
  const { model: fitted, report } = fitSpheres(model);
  const spheres = report.reduce((sum, fit) => sum + fit.spheres, 0);
  const worst = Math.max(...report.map((fit) => fit.meanOverestimateMm));
  notes.push(
    `${spheres} spheres were fitted to the links; they stand out ${worst.toFixed(1)} mm in the mean at the worst link.`,
  );
  return fitted;
}
