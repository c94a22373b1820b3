import type { PatientPosition } from './frames.ts';
import type { Grid, Volume } from './grid.ts';

/** A named region: the flat indices of its voxels on the structure set's grid, ascending, without duplicates. */
export interface Structure {
  readonly name: string;
  readonly voxels: Uint32Array;
}

export interface StructureSet {
  readonly grid: Grid;
  readonly structures: readonly Structure[];
}

/** One patient (or phantom) as planning sees it: immutable, in the patient frame (DICOM LPS, mm). */
export interface Patient {
  readonly id: string;
  /** Hounsfield units on the CT grid. */
  readonly ct: Volume;
  /** On the CT grid. */
  readonly structureSet: StructureSet;
  /** Voxels of the CT grid on which dose is wanted (ascending); all of the body where a source gives none. */
  readonly doseVoxels: Uint32Array;
  /** How the patient lies under the beams; head first supine where it is left out. */
  readonly position?: PatientPosition;
  /** What a reader noticed and the user should know, one sentence each. */
  readonly warnings: readonly string[];
  /** SHA-256 of the files it was read from, or the recipe of a phantom; goes into the provenance. */
  readonly source: { readonly kind: string; readonly path: string; readonly sha256?: string };
}

/** A dose that came with a patient, to compare a plan with. */
export interface ReferenceDose {
  readonly name: string;
  /** Total dose [Gy], on the patient's grid. */
  readonly gy: Float32Array;
}
