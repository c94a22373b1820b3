import { readFileSync } from 'node:fs';
import { squareFieldDose } from '../../../../planners/radiation/machine/commission.ts';
import { type BeamModel, parseBeamModel } from '../../../../planners/radiation/machine/model.ts';

export const BUILT_IN = ['generic-6mv', 'artiste-6mv'] as const;

/** A built-in beam model, from its file in the source tree. */
export function builtIn(name: (typeof BUILT_IN)[number]): BeamModel {
  const url = new URL(`../../../../planners/radiation/machine/builtin/${name}.json`, import.meta.url);
  return parseBeamModel(readFileSync(url, 'utf8'), `${name}.json`);
}

/** Percentage depth dose of a square field, relative to its own maximum (sought in steps of 0.5 mm). */
export function percentDepthDose(model: BeamModel, fieldMm: number, depthMm: number, ssdMm = 1000): number {
  let maximum = 0;
  for (let d = 5; d <= 35; d += 0.5) maximum = Math.max(maximum, squareFieldDose(model, fieldMm, d, ssdMm));
  return (100 * squareFieldDose(model, fieldMm, depthMm, ssdMm)) / maximum;
}

/** Tissue-phantom ratio relative to a reference depth, detector at the isocentre. */
export function tissuePhantomRatio(model: BeamModel, fieldMm: number, depthMm: number, referenceMm: number): number {
  const at = (d: number): number => squareFieldDose(model, fieldMm, d, model.sadMm - d);
  return at(depthMm) / at(referenceMm);
}

/** Output factor under the machine's own reference conditions, relative to 100 mm. */
export function outputFactor(model: BeamModel, fieldMm: number): number {
  const { outputFactorSsdMm: ssd, outputFactorDepthMm: depth } = model.referenceConditions;
  return squareFieldDose(model, fieldMm, depth, ssd) / squareFieldDose(model, 100, depth, ssd);
}
