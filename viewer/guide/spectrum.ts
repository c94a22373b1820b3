/**
 * Amplitude of a signal at evenly spaced frequencies, by the discrete Fourier transform with a Hann window; the mean is taken off
 * first. A sine of amplitude 1 that lies on one of the frequencies gives 1 there.
 *
 * @param stepHz distance of the frequencies, from 0 on
 */
export function amplitudeSpectrum(signal: Float64Array, rateHz: number, stepHz: number, count: number): Float64Array {
  const n = signal.length;
  const out = new Float64Array(count);
  if (n < 2) return out;
  let mean = 0;
  for (const value of signal) mean += value / n;
  const windowed = signal.map((value, k) => (value - mean) * (1 - Math.cos((2 * Math.PI * k) / (n - 1))));
  for (let f = 0; f < count; f++) {
    // Rotated step by step: one sine and cosine a frequency.
    const turn = (2 * Math.PI * f * stepHz) / rateHz;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    let [re, im, x, y] = [0, 0, 1, 0];
    for (const value of windowed) {
      re += value * x;
      im += value * y;
      [x, y] = [x * c - y * s, x * s + y * c];
    }
    out[f] = (2 * Math.hypot(re, im)) / n;
  }
  return out;
}
