import type { Grid } from '../../engine/core/grid.ts';
import { outlines } from '../../planners/radiation/report/isolines.ts';
import { faultOf } from '../engine/fault.ts';
import type { Fault } from '../engine/messages.ts';
import { type BeamEye, drr, eyeRaster, silhouette } from './drr.ts';

export interface BeamImageRequest {
  readonly id: number;
  readonly grid: Grid;
  /** [HU] */
  readonly hu: Float32Array;
  readonly eye: BeamEye;
  /** Voxels of each structure whose outline is wanted. */
  readonly structures: readonly Uint32Array[];
}

export interface BeamImage {
  readonly eye: BeamEye;
  /** Water-equivalent length of each pixel [mm], as {@link drr}. */
  readonly lengthsMm: Float32Array;
  /** Lines around each structure: x, y, x, y, .. [mm, isocentre plane]. */
  readonly outlines: readonly (readonly Float64Array[])[];
}

export type BeamImageAnswer = { readonly id: number } & ({ readonly image: BeamImage } | { readonly fault: Fault });

addEventListener('message', ({ data }: MessageEvent<BeamImageRequest>) => {
  const { id, grid, hu, eye, structures } = data;
  try {
    const image: BeamImage = {
      eye,
      lengthsMm: drr(grid, hu, eye),
      outlines: structures.map((voxels) =>
        outlines(eyeRaster(eye, silhouette(grid, voxels, eye))).map(({ points }) => points),
      ),
    };
    postMessage({ id, image } satisfies BeamImageAnswer);
  } catch (error) {
    postMessage({ id, fault: faultOf(error) } satisfies BeamImageAnswer);
  }
});
