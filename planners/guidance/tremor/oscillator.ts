/**
 * Tremor as a noise-driven resonance, x_k = a1 x_{k-1} + a2 x_{k-2} + e_k: centre frequency, half-power bandwidth B, and
 * innovation that gives it a root mean square of 1. Poles at exp((-pi B +- 2 pi i f) dt).
 */
export function resonanceA1(centreHz: number, bandwidthHz: number, periodSec: number): number {
  return 2 * Math.exp(-Math.PI * bandwidthHz * periodSec) * Math.cos(2 * Math.PI * centreHz * periodSec);
}

export function resonanceA2(bandwidthHz: number, periodSec: number): number {
  return -Math.exp(-2 * Math.PI * bandwidthHz * periodSec);
}

/** Variance of the innovation for unit variance of the process (stationary AR(2)). */
export function unitInnovation(a1: number, a2: number): number {
  return ((1 + a2) * ((1 - a2) * (1 - a2) - a1 * a1)) / (1 - a2);
}
