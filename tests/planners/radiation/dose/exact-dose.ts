import { inverse } from '../../../../engine/core/frames.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import { waterLengthReference } from '../../../../kernels/radiological-depth/reference.ts';
import type { Beam } from '../../../../planners/radiation/beams/beam.ts';
import { bixelX, bixelY } from '../../../../planners/radiation/beams/bixels.ts';
import type { DoseSetup } from '../../../../planners/radiation/dose/operator.ts';
import { type BeamPoint, type BixelGrid, pencilBeamDose, slab } from '../../../../planners/radiation/dose/reference.ts';
import {
  type BeamModel,
  COMPONENTS,
  depthComponents,
  kernelsAtSsd,
  primaryFluence,
} from '../../../../planners/radiation/machine/model.ts';

// The dose operator's matrix in float64, from the geometry on: rays by Siddon's sums, Gaussians in closed form. Nothing of
// the operator's maps, launches or tables is used.

/** Where a dose point lies in a beam. */
export function beamPoint(setup: DoseSetup, beam: Beam, point: number): BeamPoint {
  const p = setup.positions.subarray(4 * point, 4 * point + 3);
  const t = inverse(beam.transform);
  const [x, y, z] = [0, 1, 2].map((r) => t[r] * p[0] + t[4 + r] * p[1] + t[8 + r] * p[2] + t[12 + r]);
  const { grid, data } = setup.density;
  return {
    x: (x * beam.sadMm) / (beam.sadMm - z),
    y: (y * beam.sadMm) / (beam.sadMm - z),
    depthMm: waterLengthReference(grid, data, beam.sourceMm, p),
    axialDistanceMm: beam.sadMm - z,
  };
}

export function bixelGrid(beam: Beam): BixelGrid {
  const { bixels } = beam;
  const of = (at: (b: typeof bixels, i: number) => number): Float64Array =>
    Float64Array.from(bixels.cells, (_, i) => at(bixels, i));
  return { xMm: of(bixelX), yMm: of(bixelY), sizeMm: bixels.sizeMm };
}

/** Dose [Gy, total] at the given dose points; `weights` are MU per fraction, of all beams' bixels. */
export function exactDose(setup: DoseSetup, weights: ArrayLike<number>, points: ArrayLike<number>): Float64Array {
  let first = 0;
  const beams = setup.beams.map((beam) => {
    const { xMm, yMm, sizeMm } = bixelGrid(beam);
    const open = Array.from(xMm, (_, i) => i).filter((i) => weights[first + i] !== 0);
    const openWeights = open.map((i) => weights[first + i]);
    first += xMm.length;
    const grid: BixelGrid = { xMm: open.map((i) => xMm[i]), yMm: open.map((i) => yMm[i]), sizeMm };
    return { beam, grid, openWeights, kernels: kernelsAtSsd(setup.model, beam.ssdMm) };
  });
  return Float64Array.from(points, (point) => {
    let dose = 0;
    for (const { beam, grid, openWeights, kernels } of beams) {
      if (openWeights.length === 0) continue;
      dose += pencilBeamDose(setup.model, kernels, grid, openWeights, beamPoint(setup, beam, point));
    }
    return setup.fractions * dose;
  });
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** `count` different dose points, chosen by the seed among `candidates`; all of them where there are fewer. */
export function sample(candidates: ArrayLike<number>, count: number, seed: number): number[] {
  if (candidates.length <= count) return Array.from(candidates);
  const random = seededRandom(seed);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(candidates[Math.floor(candidates.length * random())]);
  return [...chosen];
}

/**
 * The whole matrix in float64, [points][bixels of all beams] row by row, Gy (total) per MU (per fraction). A Gaussian on a
 * square is a product of its two sides, so the sides are computed once for each column and row of bixels.
 */
export function exactMatrix(setup: DoseSetup): { readonly matrix: Float64Array; readonly bixels: number } {
  const { model, positions, fractions } = setup;
  const points = positions.length / 4;
  const bixels = setup.beams.reduce((sum, beam) => sum + beam.bixels.cells.length, 0);
  const matrix = new Float64Array(points * bixels);
  const sigmas = [...model.narrow.sigmasMm, ...model.broadSigmasMm];
  const component = new Float64Array(COMPONENTS);
  let first = 0;
  for (const beam of setup.beams) {
    const { columns, rows, sizeMm, firstXMm, firstYMm, cells } = beam.bixels;
    const { narrow, broad } = kernelsAtSsd(model, beam.ssdMm);
    const fluence = Float64Array.from(cells, (_, i) =>
      primaryFluence(model, Math.hypot(bixelX(beam.bixels, i), bixelY(beam.bixels, i))),
    );
    const column = Uint32Array.from(cells, (cell) => cell % columns);
    const row = Uint32Array.from(cells, (cell) => Math.floor(cell / columns));
    for (let p = 0; p < points; p++) {
      const { x, y, depthMm, axialDistanceMm } = beamPoint(setup, beam, p);
      depthComponents(model, depthMm, component);
      const scale = fractions * (beam.sadMm / axialDistanceMm) ** 2;
      const out = matrix.subarray(p * bixels + first, p * bixels + first + cells.length);
      sigmas.forEach((sigma, s) => {
        const k = s - narrowCount(model);
        const of = (i: number): number =>
          k < 0 ? narrow[i] * model.narrow.weights[s] : broad[i * model.broadSigmasMm.length + k];
        const strength = scale * component.reduce((sum, a, i) => sum + a * of(i), 0);
        const across = Float64Array.from({ length: columns }, (_, c) =>
          slab(x - firstXMm - c * sizeMm, sizeMm / 2, sigma),
        );
        const along = Float64Array.from(
          { length: rows },
          (_, r) => strength * slab(y - firstYMm - r * sizeMm, sizeMm / 2, sigma),
        );
        for (let i = 0; i < out.length; i++) out[i] += fluence[i] * across[column[i]] * along[row[i]];
      });
    }
    first += cells.length;
  }
  return { matrix, bixels };
}

function narrowCount(model: BeamModel): number {
  return model.narrow.sigmasMm.length;
}
