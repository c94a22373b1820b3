import { sortDoses } from '../../planners/radiation/evaluation/dose-volume.ts';
import { cumulativeDvh, differentialDvh } from '../../planners/radiation/evaluation/dvh.ts';
import { faultOf } from '../engine/fault.ts';
import type { Fault } from '../engine/messages.ts';

export type DvhKind = 'cumulative' | 'differential';

export interface DvhRequest {
  readonly id: number;
  readonly kind: DvhKind;
  readonly binWidthGy: number;
  /** Voxels of each structure. */
  readonly structures: readonly Uint32Array[];
  /** Doses on the patient's grid [Gy]. */
  readonly doses: readonly Float32Array[];
}

/** Of each dose, of each structure: [percent of the volume] by bins from 0 Gy. */
export type DvhAnswer = { readonly id: number } & (
  | { readonly curves: readonly (readonly Float64Array[])[] }
  | { readonly fault: Fault }
);

function curve(kind: DvhKind, binWidthGy: number, voxels: Uint32Array, gy: Float32Array): Float64Array {
  // A dose that was resampled may lie a hair below zero.
  const doses = sortDoses(Float32Array.from(voxels, (voxel) => Math.max(0, gy[voxel])));
  return (kind === 'cumulative' ? cumulativeDvh : differentialDvh)(doses, binWidthGy).volumePercent;
}

addEventListener('message', ({ data }: MessageEvent<DvhRequest>) => {
  const { id, kind, binWidthGy, structures, doses } = data;
  try {
    const curves = doses.map((gy) => structures.map((voxels) => curve(kind, binWidthGy, voxels, gy)));
    postMessage({ id, curves } satisfies DvhAnswer);
  } catch (error) {
    postMessage({ id, fault: faultOf(error) } satisfies DvhAnswer);
  }
});
