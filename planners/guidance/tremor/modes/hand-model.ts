/**
 * What the hand is taken to do; lengths in micrometres (rotations: at the lever of the settings).
 *
 * A reach is a polynomial of fifth degree (Flash and Hogan 1985); it begins with a step of its third derivative.
 */
export interface HandModel {
  /** Typical step of the third derivative where a reach begins [um/s^3]. */
  readonly onset: number;
  /** Noise that drives the fourth derivative of free motion [um/s^4 per sqrt(Hz)]; raising it follows quicker hands and takes out less tremor. */
  readonly free: number;
  /** How often a held hand sets out on a reach, a reach ends, either turns into free motion, and free motion ends [1/s]. */
  readonly rates: { readonly set: number; readonly end: number; readonly loosen: number; readonly settle: number };
  /** Noise of the sensor, root mean square [um]. */
  readonly noise: number;
  /** Half-power bandwidth of the tremor [Hz]. */
  readonly bandwidthHz: number;
}

export const defaultHand: HandModel = {
  onset: 300e3,
  free: 1e9,
  rates: { set: 0.5, end: 0.9, loosen: 0.02, settle: 0.3 },
  noise: 2,
  bandwidthHz: 1.3,
};

/**
 * Covariance of the third, fourth and fifth derivative where a minimum-jerk reach of unknown length and time begins: their
 * ratios for time 1 are 60 : -360 : 720; the diagonal is raised for the spread of times.
 */
export function onsetCovariance(step: number): Float64Array {
  const unit = step / 60;
  const typical = [60 * unit, -360 * unit, 720 * unit];
  const raise = [1.05, 1.1, 1.2];
  return Float64Array.from({ length: 9 }, (_, n) => {
    const [r, c] = [Math.floor(n / 3), n % 3];
    return typical[r] * typical[c] * (r === c ? raise[r] : 1);
  });
}
