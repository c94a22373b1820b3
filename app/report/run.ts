import { basename, dirname, join } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import type { DicomChoice } from '../../engine/formats/dicom/study/choose.ts';
import type { EvaluationReport } from '../../planners/radiation/report/evaluation-report.ts';
import { reportHtml } from '../../planners/radiation/report/html.ts';
import type { ReportSource } from '../../planners/radiation/report/model.ts';
import { planFacts } from '../../planners/radiation/report/plan-source.ts';
import { judgeDose } from '../evaluation/run.ts';
import { OutputFiles } from '../output/files.ts';
import { checkpoint, type Session } from '../session.ts';
import { version } from '../version.ts';
import { type PlanFile, readPlanFile } from './plan-file.ts';

export interface ReportSettings {
  /** Folder of DICOM files, OpenKBP folder or `phantom:NAME`. */
  readonly patient: string;
  readonly choice: DicomChoice;
  /** Folder or plan.json of `isocenter plan --out`. */
  readonly plan?: string | undefined;
  /** RT Dose or csv; the dose of a DICOM folder where there is no plan either. */
  readonly dose?: string | undefined;
  readonly protocol?: string | undefined;
  readonly aliases?: string | undefined;
  /** [mm] */
  readonly doseGridMm?: number | undefined;
  /** File to write; report.html beside the plan where it is left out. */
  readonly out?: string | undefined;
}

/**
 * Writes the report of a plan, or of a dose from elsewhere.
 *
 * @returns the file
 * @throws IsocenterError for bad input; nothing is written then
 */
export async function runReport(settings: ReportSettings, session: Session): Promise<string> {
  const plan = settings.plan === undefined ? undefined : await readPlanFile(settings.plan);
  const path = settings.out ?? (plan === undefined ? undefined : join(plan.folder, 'report.html'));
  if (path === undefined) {
    throw inputError('report/no-output', 'no place for the report was given', 'give --out FILE.html');
  }
  const output = OutputFiles.open(dirname(path), [basename(path)], 'out');
  try {
    const source =
      plan === undefined ? await sourceOfDose(settings, session) : await sourceOfFile(settings, plan, session);
    await checkpoint(session.signal);
    output.write(basename(path), reportHtml(source, version()));
    output.commit();
    return path;
  } finally {
    output.discard();
    session.progress.clear();
  }
}

async function sourceOfDose(settings: ReportSettings, session: Session): Promise<ReportSource> {
  const { report, patient, protocol, dose } = await judgeDose(settings, session);
  return { patient, protocol, dose, judged: report };
}

/** The dose is judged again: a report never shows numbers that its own pictures do not have. */
async function sourceOfFile(settings: ReportSettings, plan: PlanFile, session: Session): Promise<ReportSource> {
  const { protocol, aliases, doseGridMm, choice } = plan.settings;
  const dose = join(plan.folder, 'dose.csv');
  const chosen = Object.values(settings.choice).some((value) => value !== undefined) ? settings.choice : (choice ?? {});
  const found = await judgeDose(
    { patient: settings.patient, choice: chosen, dose, protocol, aliases, doseGridMm },
    session,
  );
  refuseOtherInputs(plan, found.report.provenance.inputs);
  refuseOtherDose(plan, found.report);
  return {
    patient: found.patient,
    protocol: found.protocol,
    dose: found.dose,
    judged: plan.report,
    plan: planFacts(plan.report, plan.weights),
  };
}

function refuseOtherInputs({ path, report }: PlanFile, inputs: readonly InputRecord[]): void {
  for (const role of ['patient', 'protocol', 'aliases']) {
    const hashes = (records: readonly InputRecord[]): string =>
      records
        .filter((record) => record.role === role)
        .map(({ name, sha256 }) => sha256 ?? name)
        .sort()
        .join();
    if (hashes(inputs) === hashes(report.provenance.inputs)) continue;
    throw inputError(
      'report/other-input',
      `${path} was made from another ${role}: the SHA-256 of its files differ`,
      `give the ${role} that the plan was made from; plan.json names it under provenance.inputs`,
    );
  }
}

/** dose.csv has four decimals, so a mean or a percentile moves by 1e-4 Gy at most; ten times that is another dose. */
const sameDoseGy = 1e-3;

function refuseOtherDose({ path, folder, report }: PlanFile, found: EvaluationReport): void {
  const again = new Map(found.structures.map((structure) => [structure.name, structure]));
  for (const { name, meanGy, maxGy, d50Gy } of report.structures) {
    const other = again.get(name);
    const pairs = [
      [meanGy, other?.meanGy ?? null],
      [maxGy, other?.maxGy ?? null],
      [d50Gy, other?.d50Gy ?? null],
    ];
    for (const [planned, stored] of pairs) {
      if (planned === stored || Math.abs((planned ?? Number.NaN) - (stored ?? Number.NaN)) <= sameDoseGy) continue;
      throw inputError(
        'report/other-dose',
        `${join(folder, 'dose.csv')} gives ${name} ${stored} Gy where ${path} says ${planned} Gy`,
        'plan.json and dose.csv must be of one plan: plan again with --out, or report the dose alone with --dose',
      );
    }
  }
}
