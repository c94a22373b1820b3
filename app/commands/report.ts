import { type Command, Option } from 'commander';
import { numberOption } from '../inputs/numbers.ts';
import { addChoiceOptions, type ChoiceOptions, choiceOf, patientArgument } from '../inputs/patient-options.ts';
import type { Session } from '../session.ts';

interface ReportOptions extends ChoiceOptions {
  readonly plan?: string;
  readonly dose?: string;
  readonly protocol?: string;
  readonly aliases?: string;
  readonly doseGrid?: number;
  readonly out?: string;
}

/** `isocenter report`: a dose on paper. */
export function registerReport(program: Command, session: Session): void {
  const command = program
    .command('report')
    .description('write the report of a plan, or of a dose from elsewhere, as one HTML file')
    .argument('<patient>', patientArgument)
    .addOption(
      new Option(
        '--plan <dir|file>',
        'what `isocenter plan --out` wrote; it says protocol, aliases and grid',
      ).conflicts(['dose', 'protocol', 'aliases', 'doseGrid']),
    )
    .option('--dose <file>', 'RT Dose, or dose.csv, total dose in Gy (default: the RT Dose of a DICOM folder)')
    .option('--protocol <name|file>', 'prescriptions and goals (default: the one that fits the patient)')
    .option('--aliases <file>', 'YAML file with lines `their name: protocol name`')
    .option(
      '--dose-grid <mm>',
      "spacing of the dose's grid (default: the CT's grid)",
      numberOption('dose-grid', 'mm', 0.5, 20),
    )
    .option('--out <file>', 'the report (default: report.html beside the plan)');
  addChoiceOptions(command).action(async (patient: string, options: ReportOptions) => {
    const { plan, dose, protocol, aliases, doseGrid: doseGridMm, out } = options;
    const choice = choiceOf(options);
    const { runReport } = await import('../report/run.ts');
    const path = await runReport({ patient, choice, plan, dose, protocol, aliases, doseGridMm, out }, session);
    process.stdout.write(`Report written: ${path}\n`);
  });
}
