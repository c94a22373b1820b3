import type { RemoteEnd } from '../../engine/compute/remote/messages.ts';
import type { FaultOrigin } from '../../engine/core/errors.ts';
import type { BeamAngles, PatientPosition } from '../../engine/core/frames.ts';
import type { Grid } from '../../engine/core/grid.ts';
import type { Patient, ReferenceDose } from '../../engine/core/patient.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import type { DicomContext } from '../../engine/formats/dicom/objects.ts';
import type { DicomChoice } from '../../engine/formats/dicom/study/choose.ts';
import type { Beam } from '../../planners/radiation/beams/beam.ts';
import type { GoalResult } from '../../planners/radiation/evaluation/goals.ts';
import type { FluenceResult } from '../../planners/radiation/fluence/optimize.ts';
import type { NameMatch } from '../../planners/radiation/protocol/names.ts';
import type { Objective } from '../../planners/radiation/protocol/objectives.ts';
import type { Protocol } from '../../planners/radiation/protocol/protocol.ts';

/** What the page and its workers say to each other. Arrays lie in shared memory where the page is isolated, else they are copies. */

export interface StructureView {
  readonly name: string;
  readonly role: 'target' | 'organ' | 'external';
  readonly voxels: Uint32Array;
  readonly volumeCc: number;
}

/** A patient as the page shows it. */
export interface PatientView {
  readonly id: string;
  readonly grid: Grid;
  /** [HU], on the grid. */
  readonly hu: Float32Array;
  /** The same as half floats, for the texture. */
  readonly huHalf: Uint16Array;
  readonly structures: readonly StructureView[];
  /** Where dose is wanted. */
  readonly doseVoxels: Uint32Array;
  /** How the patient lies; head first supine where it is left out. */
  readonly position?: PatientPosition;
  readonly source: Patient['source'];
  readonly origin: PatientOrigin;
  /** What its files made notice. */
  readonly warnings: readonly string[];
  /** How it was matched with the protocol. */
  readonly notes: readonly string[];
  readonly protocol: Protocol;
  /** Total dose [Gy] on the grid, written by the planner; zero until there is one. */
  readonly dose: Float32Array;
  readonly doseHalf: Uint16Array;
  /** Doses that came with the patient, to compare a plan with. */
  readonly referenceDoses: readonly ReferenceDose[];
}

/** Where a patient comes from, for the provenance of what is written. */
export interface PatientOrigin {
  readonly inputs: readonly InputRecord[];
  /** undefined where there is no protocol. */
  readonly protocolInput?: InputRecord | undefined;
  readonly matches: readonly NameMatch[];
  /** What was asked of a folder of DICOM files. */
  readonly choice?: DicomChoice;
  /** What objects of the patient's own study share, where it comes from DICOM files. */
  readonly dicom?: DicomContext;
  /** [ms] */
  readonly readMs: number;
}

export interface PlanSetup {
  readonly angles: readonly BeamAngles[];
  /** Side of a bixel at the isocentre plane [mm]. */
  readonly bixelMm: number;
}

export interface DvhCurve {
  readonly structure: string;
  /** [percent of the volume] that receives at least n times {@link DoseReport.dvhStepGy}. */
  readonly volumePercent: Float32Array;
}

/** The state of the plan whose dose has just been written. */
export interface DoseReport {
  readonly iteration: number;
  readonly objective: number;
  /** Since the request [ms]. */
  readonly afterMs: number;
  readonly maxGy: number;
  readonly dvhStepGy: number;
  readonly dvh: readonly DvhCurve[];
  /** Judged less often than the dose is shown. */
  readonly goals?: readonly GoalResult[];
  /** [MU per fraction] of every bixel, beam after beam. */
  readonly weights: Float32Array;
  /** Whether the dose is also shown straight from the device that has it. */
  readonly isOnDevice?: boolean;
  /** Total dose [Gy] of each dose voxel, where the page and its workers share no memory. */
  readonly doseGy?: Float32Array;
}

export type PlannerRequest =
  /** Comes first, where the planner is to compute on the device that the page draws with. */
  | { readonly kind: 'share'; readonly end: RemoteEnd }
  | { readonly kind: 'open'; readonly patient: PatientView }
  | PrepareRequest
  | OptimizeRequest
  | { readonly kind: 'stop' };

export interface PrepareRequest {
  readonly kind: 'prepare';
  readonly setup: PlanSetup;
  /** As that of {@link OptimizeRequest}. */
  readonly run: number;
  /** Where the first run begins, if they fit the bixels. */
  readonly weights?: Float32Array;
}

export interface OptimizeRequest {
  readonly kind: 'optimize';
  readonly objectives: readonly Objective[];
  /** Counts the requests of the page: what an earlier one still says is old. */
  readonly run: number;
}

export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly origin: FaultOrigin;
}

export interface PreparedView {
  readonly beams: readonly Beam[];
  readonly notes: readonly string[];
  readonly device: { readonly kind: string; readonly name: string; readonly threads: number };
  readonly bixels: number;
  readonly ms: number;
}

/** How a run of the optimiser ended, for what is written of the plan. */
export interface PlanOutcome
  extends Pick<
    FluenceResult,
    'iteration' | 'value' | 'evaluations' | 'stop' | 'projectedGradientNorm' | 'initialProjectedGradientNorm'
  > {
  readonly optimizeMs: number;
}

/** `run` is that of the request. */
export type PlannerEvent =
  | { readonly kind: 'prepared'; readonly run: number; readonly prepared: PreparedView }
  | { readonly kind: 'dose'; readonly run: number; readonly report: DoseReport }
  | { readonly kind: 'finished'; readonly run: number; readonly outcome: PlanOutcome; readonly report: DoseReport }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Lines in one slice: each a closed or open run of points. */
export interface SliceLines {
  /** Which structure (its place in the list) or which level. */
  readonly of: number;
  /** x, y of all points, one run after the other [mm, along the two axes of the slice]. */
  readonly points: Float32Array;
  /** First point of each run, and one past the last. */
  readonly starts: Uint32Array;
}

export type SliceAxis = 0 | 1 | 2;

export interface Surface {
  /** x, y, z [mm, patient frame] */
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
}

export interface ShadedSurface extends Surface {
  /** x, y, z of each vertex, of length 1, outwards. */
  readonly normals: Float32Array;
}

/** What isolines are drawn of: the plan's dose, and what {@link ShapesRequest} `field` gave. */
export type ShapesField = 'plan' | 'other' | 'gamma';

export type ShapesRequest =
  | { readonly id: number; readonly kind: 'patient'; readonly patient: PatientView }
  | {
      readonly id: number;
      readonly kind: 'field';
      readonly field: ShapesField;
      readonly values: Float32Array | undefined;
    }
  | { readonly id: number; readonly kind: 'outlines'; readonly axis: SliceAxis; readonly index: number }
  | {
      readonly id: number;
      readonly kind: 'isolines';
      readonly field: ShapesField;
      readonly axis: SliceAxis;
      readonly index: number;
      readonly levelsGy: readonly number[];
    }
  | { readonly id: number; readonly kind: 'surface'; readonly structure: number }
  | { readonly id: number; readonly kind: 'isodose'; readonly levelGy: number };

export type ShapesAnswer =
  | { readonly id: number; readonly kind: 'done' }
  | { readonly id: number; readonly kind: 'lines'; readonly lines: readonly SliceLines[] }
  | { readonly id: number; readonly kind: 'surface'; readonly surface: ShadedSurface }
  | { readonly id: number; readonly kind: 'fault'; readonly message: string };

/** A plan that was kept: its dose, curves and goals, to be compared with. */
export interface NamedPlan {
  readonly name: string;
  readonly objectives: readonly Objective[];
  readonly report: DoseReport;
  readonly goals: readonly GoalResult[];
  /** Total dose [Gy], on the patient's grid. */
  readonly gy: Float32Array;
}
