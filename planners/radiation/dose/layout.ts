import type { Beam } from '../beams/beam.ts';
import type { BeamModel } from '../machine/model.ts';
import { type BandedMatrix, bandStride, blurredBixelSplines, coveredShares, packBands, transposed } from './maps.ts';

/** Depth table: 0.5 mm steps to 600 mm of water. */
export const DEPTH_STEP_MM = 0.5;
export const DEPTH_ROWS = 1201;

/** Fine maps: pitch at most this, and at most this share of the narrowest Gaussian and of a bixel. */
const FINE_PITCH_MM = 2;
/** Coarse maps: pitch as a share of the narrowest broad Gaussian, first choice and limit. */
const COARSE_SHARES = [0.5, 0.625] as const;
/** Map sizes that are tried with the first pitch before the pitch grows to its limit. */
const SMALL_MAP = 128;
const LARGEST_MAP = 512;
/** A periodic map repeats the field: images nearer than this many widths of the broadest Gaussian are not tolerated. */
const IMAGE_DISTANCE = 3;

/**
 * Where the maps of all beams lie. Every beam has the same arrangement relative to its own rectangle of bixels, so the
 * matrices that lead from bixels to maps are shared by the beams and by both axes.
 */
export interface MapLayout {
  readonly bixelColumns: number;
  readonly bixelRows: number;
  /** Floats from row to row of the dense bixel rectangle. */
  readonly denseStride: number;
  readonly finePitchMm: number;
  /** Node 0 lies this far before the outer edge of bixel 0. */
  readonly fineMarginMm: number;
  readonly fineStride: number;
  readonly fineRows: number;
  readonly coarsePitchMm: number;
  readonly coarseSize: number;
  readonly filledRows: number;
  readonly filledCols: number;
  /** Bixels -> spline coefficients of the fine map, and its transpose. */
  readonly fine: BandedMatrix;
  readonly fineTransposed: BandedMatrix;
  /** Bixels -> mean fluence of the coarse cells, and its transpose. */
  readonly raster: BandedMatrix;
  readonly rasterTransposed: BandedMatrix;
}

/**
 * @param extentMm largest distance along x or y, at the isocentre plane, from a dose point to an open bixel of its beam
 */
export function layOutMaps(model: BeamModel, beams: readonly Beam[], extentMm: number): MapLayout {
  const bixelMm = beams[0].bixels.sizeMm;
  const bixelColumns = Math.max(...beams.map((b) => b.bixels.columns));
  const bixelRows = Math.max(...beams.map((b) => b.bixels.rows));
  const bixels = Math.max(bixelColumns, bixelRows);

  const { sigmasMm, weights } = model.narrow;
  const finePitchMm = Math.min(FINE_PITCH_MM, 0.8 * Math.min(...sigmasMm), 0.5 * bixelMm);
  const fineMarginMm = 4 * Math.max(...sigmasMm) + 3 * finePitchMm;
  const nodesFor = (count: number): number => Math.ceil((count * bixelMm + 2 * fineMarginMm) / finePitchMm) + 1;
  const nodes = Math.ceil(nodesFor(bixels) / 4) * 4;
  const shapes = sigmasMm.map((sigmaMm) =>
    blurredBixelSplines({ nodes, pitchMm: finePitchMm, marginMm: fineMarginMm, bixels, bixelMm, sigmaMm }),
  );
  // A mixture weighs products of the two axes, so each axis carries the root of the weight.
  shapes.forEach((shape, s) => {
    shape.forEach((value, i) => {
      shape[i] = value * Math.sqrt(weights[s]);
    });
  });
  const fine = packBands(shapes, nodes, bixels);
  const fineTransposed = packBands(
    shapes.map((m) => transposed(m, nodes, bixels)),
    bixels,
    nodes,
  );

  const { coarsePitchMm, coarseSize } = chooseCoarseMap(model, extentMm);
  const shares = coveredShares(coarseSize, coarsePitchMm, bixels, bixelMm);
  const raster = packBands([shares], coarseSize, bixels);
  const rasterTransposed = packBands([transposed(shares, coarseSize, bixels)], bixels, coarseSize);
  return {
    bixelColumns,
    bixelRows,
    denseStride: bandStride(bixels, Math.max(fine.band, raster.band)),
    finePitchMm,
    fineMarginMm,
    fineStride: bandStride(nodes, fineTransposed.band),
    fineRows: nodesFor(bixelRows),
    coarsePitchMm,
    coarseSize,
    filledRows: Math.ceil((bixelRows * bixelMm) / coarsePitchMm),
    filledCols: Math.ceil((bixelColumns * bixelMm) / coarsePitchMm),
    fine,
    fineTransposed,
    raster,
    rasterTransposed,
  };
}

function chooseCoarseMap(model: BeamModel, extentMm: number): { coarsePitchMm: number; coarseSize: number } {
  const narrowest = Math.min(...model.broadSigmasMm);
  const needed = extentMm + IMAGE_DISTANCE * Math.max(...model.broadSigmasMm);
  const sizeFor = (pitch: number): number => {
    let size = 32;
    while (size * pitch < needed && size < LARGEST_MAP) size *= 2;
    return size;
  };
  let coarsePitchMm = COARSE_SHARES[0] * narrowest;
  let coarseSize = sizeFor(coarsePitchMm);
  if (coarseSize > SMALL_MAP && sizeFor(COARSE_SHARES[1] * narrowest) < coarseSize) {
    coarsePitchMm = COARSE_SHARES[1] * narrowest;
    coarseSize = sizeFor(coarsePitchMm);
  }
  return { coarsePitchMm, coarseSize };
}
