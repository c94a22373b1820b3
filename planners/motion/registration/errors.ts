import type { Vec3 } from '../../../engine/core/grid.ts';
import { principalAxes } from './point-set.ts';

/**
 * Fiducial localisation error (root mean square distance) that explains a fiducial registration error of n fiducials:
 * FLE^2 = FRE^2 / (1 - 2 / n), as <FRE^2> = (1 - 2 / n) <FLE^2> (R. Sibson, J. R. Statist. Soc. B 41 (1979) 217). Errors of
 * both sets of points together, as seen in one of them.
 */
export function localisationError(registrationError: number, fiducials: number): number {
  return registrationError / Math.sqrt(1 - 2 / fiducials);
}

/**
 * Expected target registration error (root mean square distance) at a point, to first order in the localisation error:
 * TRE^2 = FLE^2 / n (1 + 1/3 sum over the principal axes k of d_k^2 / f_k^2), with d_k the target's distance from axis k and
 * f_k the root mean square of the fiducials' (J. M. Fitzpatrick, J. B. West, C. R. Maurer, IEEE Trans. Med. Imaging 17
 * (1998) 694). Isotropic errors, alike and independent at all fiducials.
 *
 * @param fiducials at least three, not on one line
 * @param target in the same frame and unit
 */
export function targetError(fiducials: readonly Vec3[], target: Vec3, fle: number): number {
  const { centroid, axes, variances } = principalAxes(fiducials);
  const along = axes.map((axis) => axis.reduce((sum, c, i) => sum + c * (target[i] - centroid[i]), 0));
  let sum = 0;
  for (let k = 0; k < 3; k++) {
    const [a, b] = [(k + 1) % 3, (k + 2) % 3];
    sum += (along[a] ** 2 + along[b] ** 2) / (variances[a] + variances[b]);
  }
  return fle * Math.sqrt((1 + sum / 3) / fiducials.length);
}
