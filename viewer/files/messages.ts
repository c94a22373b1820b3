import type { Patient, ReferenceDose } from '../../engine/core/patient.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import type { Protocol } from '../../planners/radiation/protocol/protocol.ts';
import type { Fault, PatientView } from '../engine/messages.ts';
import type { SessionContent } from './session/content.ts';
import type { ExportForm } from './write/forms.ts';
import type { PlanAtRest } from './write/plan.ts';

/** What the page and the worker that reads and writes files say to each other: one worker a job. */

/** A file as the user gave it; read in the worker. */
export interface PickedFile {
  /** With the folders that it was picked with. */
  readonly path: string;
  readonly file: Blob;
}

export type PatientSource =
  | { readonly kind: 'phantom'; readonly name: string; readonly voxelMm: number }
  | { readonly kind: 'files'; readonly files: readonly PickedFile[] };

/** A patient that came in arrays, before any protocol; the worker takes them over. */
export interface ReceivedPatient {
  readonly patient: Patient;
  readonly referenceDoses: readonly ReferenceDose[];
  readonly inputs: readonly InputRecord[];
}

/** Which of several the user means. */
export interface Question {
  readonly text: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

export type FilesRequest =
  /** Files come some hundred at a time, so that a folder of many thousands does not hold the page up. */
  | { readonly kind: 'files'; readonly files: readonly PickedFile[] }
  | { readonly kind: 'phantom'; readonly name: string; readonly voxelMm: number }
  | { readonly kind: 'received'; readonly received: ReceivedPatient; readonly startedMs: number }
  | { readonly kind: 'open' }
  | { readonly kind: 'export'; readonly plan: PlanAtRest; readonly form: ExportForm }
  | { readonly kind: 'save'; readonly content: SessionContent }
  | { readonly kind: 'answer'; readonly value: string };

/** A robot of the user's files. */
export interface ReadRobot {
  /** Its visual meshes ready to be drawn. */
  readonly model: RobotModel;
  /** Links that may be its tip, the likeliest first. */
  readonly tips: readonly string[];
  /** [joints] where it stands at first [rad or m]. */
  readonly stand: Float64Array;
  /** What was done to it on the way, one sentence each. */
  readonly notes: readonly string[];
}

export interface FilesProgress {
  readonly doing: string;
  readonly done: number;
  /** undefined where nobody knows. */
  readonly total: number | undefined;
}

export type FilesEvent =
  | { readonly kind: 'progress'; readonly progress: FilesProgress }
  | { readonly kind: 'question'; readonly question: Question }
  | { readonly kind: 'opened'; readonly patient: PatientView }
  | { readonly kind: 'session'; readonly content: SessionContent }
  | { readonly kind: 'robot'; readonly robot: ReadRobot }
  | { readonly kind: 'protocol'; readonly protocol: Protocol; readonly input: InputRecord }
  | { readonly kind: 'written'; readonly name: string; readonly blob: Blob }
  | { readonly kind: 'fault'; readonly fault: Fault };
