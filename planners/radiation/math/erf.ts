const P_SMALL = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
] as const;
const Q_SMALL = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171] as const;
const P_MIDDLE = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
] as const;
const Q_MIDDLE = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
] as const;
const P_LARGE = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
] as const;
const Q_LARGE = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
] as const;

/**
 * The error function 2/sqrt(pi) * integral of exp(-t^2) from 0 to `x`, in float64; absolute error below 1e-15.
 *
 * Rational Chebyshev approximations of W. J. Cody, Math. Comp. 23 (1969) 631-637.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a <= 0.46875) return (x * polynomial(P_SMALL, a * a)) / polynomial(Q_SMALL, a * a);
  const tail = a > 6 ? 0 : complement(a);
  return x < 0 ? tail - 1 : 1 - tail;
}

/** 1 - erf(a) for a > 0.46875; NaN stays NaN. */
function complement(a: number): number {
  const gauss = Math.exp(-a * a);
  if (a <= 4) return (gauss * polynomial(P_MIDDLE, a)) / polynomial(Q_MIDDLE, a);
  const t = 1 / (a * a);
  return (gauss / a) * (1 / Math.sqrt(Math.PI) - (t * polynomial(P_LARGE, t)) / polynomial(Q_LARGE, t));
}

/** Coefficients from the highest power down. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const c of coefficients) sum = sum * x + c;
  return sum;
}
