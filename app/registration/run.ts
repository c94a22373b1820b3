import { basename, dirname } from 'node:path';
import type { Transform } from '../../engine/core/frames.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import { toJsonFile } from '../../engine/core/json.ts';
import type { InputRecord, Provenance } from '../../engine/core/provenance.ts';
import { fixed, table } from '../../engine/core/text-table.ts';
import { type Fiducials, pairFiducials, parseFiducials } from '../../engine/formats/fiducials.ts';
import { registerPatient } from '../../planners/motion/registration/register.ts';
import { readTextInput } from '../inputs/files.ts';
import { remarksText } from '../output/evaluation-text.ts';
import { OutputFiles } from '../output/files.ts';
import { provenance } from '../provenance.ts';
import { checkpoint, type Session } from '../session.ts';

export interface RegistrationSettings {
  /** CSV of the fiducials in the robot's base frame [mm]. */
  readonly fixed: string;
  /** CSV of the fiducials in the patient frame [mm]. */
  readonly moving: string;
  /** [mm, patient frame] */
  readonly targetMm?: Vec3 | undefined;
  /** File to write. */
  readonly out: string;
}

/** The object of `isocenter register --json`, and of the file it writes. */
export interface RegistrationReport {
  /** From the patient frame (DICOM LPS, in metres) to the robot's base frame [m]: four rows of four. */
  readonly T_base_patient: readonly (readonly number[])[];
  readonly fiducialRegistrationErrorMm: number;
  readonly fiducialLocalisationErrorMm: number;
  readonly targetRegistrationErrorMm?: number;
  readonly fiducials: readonly { readonly name: string; readonly residualMm: number }[];
  readonly warnings: readonly string[];
  readonly provenance: Provenance;
}

/** Registers the patient to the robot and writes the result. */
export async function runRegistration(
  settings: RegistrationSettings,
  { signal }: Session,
): Promise<RegistrationReport> {
  const { out, targetMm } = settings;
  const output = OutputFiles.open(dirname(out), [basename(out)], 'out');
  try {
    const base = await readFiducials(settings.fixed, 'fixed fiducials');
    const patient = await readFiducials(settings.moving, 'moving fiducials');
    const pairs = pairFiducials(base.fiducials, patient.fiducials);
    const registration = registerPatient({ fixedMm: pairs.fixed, movingMm: pairs.moving, targetMm });
    const { T_base_patient, residualsMm, warnings, ...errors } = registration;
    const report: RegistrationReport = {
      T_base_patient: rowsOf(T_base_patient),
      ...errors,
      fiducials: pairs.names.map((name, n) => ({ name, residualMm: residualsMm[n] })),
      warnings,
      provenance: provenance({ settings, inputs: [base.record, patient.record] }),
    };
    await checkpoint(signal);
    output.write(basename(out), toJsonFile(report));
    output.commit();
    return report;
  } finally {
    output.discard();
  }
}

async function readFiducials(path: string, role: string): Promise<{ fiducials: Fiducials; record: InputRecord }> {
  const { text, record } = await readTextInput(path, role, 'give a CSV file with rows name,x,y,z in mm');
  return { fiducials: parseFiducials(text, path), record };
}

function rowsOf(t: Transform): number[][] {
  return [0, 1, 2, 3].map((r) => [0, 1, 2, 3].map((c) => t[4 * c + r]));
}

/** What the command prints for people. */
export function registrationText(report: RegistrationReport, out: string): string {
  const { fiducials, T_base_patient } = report;
  const lines: [string, number | undefined][] = [
    ['fiducial registration error (FRE)', report.fiducialRegistrationErrorMm],
    ['fiducial localisation error that explains it (FLE)', report.fiducialLocalisationErrorMm],
    ['expected error at the target (TRE)', report.targetRegistrationErrorMm],
  ];
  const figures = lines
    .filter(([, value]) => value !== undefined)
    .map(([text, value]) => [text, fixed(value, 3), 'mm']);
  return [
    `Registered ${fiducials.length} fiducials: patient (LPS) to robot base, written to ${out}\n\n`,
    table([{ title: 'root mean square', align: 'left' }, { title: 'value' }, { title: '', align: 'left' }], figures),
    '\n',
    table(
      [{ title: 'fiducial', align: 'left' }, { title: 'residual [mm]' }],
      fiducials.map(({ name, residualMm }) => [name, fixed(residualMm, 3)]),
    ),
    '\nT_base_patient [m]\n',
    table(
      ['', '', '', ''].map((title) => ({ title })),
      T_base_patient.map((row) => row.map((value) => fixed(value, 6))),
    ).replace(/^\s*\n/, ''),
    remarksText(report.warnings, []),
  ].join('');
}
