import type { DevicePreference } from '../../engine/compute/open.ts';
import type { BeamAngles } from '../../engine/core/frames.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { DicomChoice } from '../../engine/formats/dicom/study/choose.ts';

/** What `isocenter plan` was asked for. */
export interface PlanSettings {
  /** Folder of DICOM files, OpenKBP folder or `phantom:NAME`. */
  readonly patient: string;
  readonly choice?: DicomChoice | undefined;
  /** File of aliases of structure names. */
  readonly aliases?: string | undefined;
  /** Built-in name or file; the one that fits the patient where it is left out. */
  readonly protocol?: string | undefined;
  /** Built-in name or file. */
  readonly machine: string;
  /** File; the built-in table where it is left out. */
  readonly hlut?: string | undefined;
  readonly angles: readonly BeamAngles[];
  readonly bixelMm: number;
  /** [mm, patient frame]; the centroid of all targets where it is left out. */
  readonly isocenterMm?: Vec3 | undefined;
  /** [mm]; the CT's own grid where it is left out. */
  readonly doseGridMm?: number | undefined;
  readonly device: DevicePreference;
  readonly maxIterations?: number | undefined;
  /** Whether the doses of the single beams are written too. */
  readonly beamDoses?: boolean | undefined;
  /** Folder for plan.json, dose.csv, report.html and dicom/. */
  readonly out?: string | undefined;
}

export const defaultMachine = 'generic-6mv';
export const defaultBixelMm = 5;
