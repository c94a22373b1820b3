import type { Command } from 'commander';
import { numberOption } from '../inputs/numbers.ts';
import { addChoiceOptions, type ChoiceOptions, choiceOf, patientArgument } from '../inputs/patient-options.ts';
import type { Session } from '../session.ts';

interface EvaluateOptions extends ChoiceOptions {
  readonly dose?: string;
  readonly sumBeams?: boolean;
  readonly aliases?: string;
  readonly protocol?: string;
  readonly doseGrid?: number;
  readonly json?: boolean;
}

/** `isocenter evaluate`: judges a dose from elsewhere as `plan` judges its own. */
export function registerEvaluate(program: Command, session: Session): void {
  const command = program
    .command('evaluate')
    .description('judge a dose by the goals of a protocol')
    .argument('<patient>', patientArgument)
    .option(
      '--dose <file>',
      'RT Dose, or dose.csv in the form of OpenKBP, total dose in Gy (default: the RT Dose of a DICOM folder)',
    )
    .option('--sum-beams', 'add up the RT Doses of beams in a DICOM folder')
    .option('--protocol <name|file>', 'prescriptions and goals (default: the one that fits the patient)')
    .option(
      '--dose-grid <mm>',
      "spacing of the dose's grid (default: the CT's grid)",
      numberOption('dose-grid', 'mm', 0.5, 20),
    )
    .option('--aliases <file>', 'YAML file with lines `their name: protocol name`')
    .option('--json', 'print one JSON object instead of tables');
  addChoiceOptions(command).action(async (patient: string, options: EvaluateOptions) => {
    const { dose, sumBeams, protocol, json, aliases, doseGrid: doseGridMm } = options;
    const choice = choiceOf(options);
    const { runEvaluation } = await import('../evaluation/run.ts');
    const settings = { patient, choice, aliases, dose, sumBeams, protocol, doseGridMm };
    const report = await runEvaluation(settings, session);
    if (json) {
      const { toJson } = await import('../../engine/core/json.ts');
      process.stdout.write(toJson(report));
    } else {
      const { evaluationText, matchesText, remarksText } = await import('../output/evaluation-text.ts');
      const which = dose ?? (sumBeams ? 'the RT Doses of its beams' : 'the RT Dose of its folder');
      process.stdout.write(`Dose of ${report.patient}, judged by ${report.protocol}: ${which}\n\n`);
      process.stdout.write(matchesText(report.matches));
      process.stdout.write(evaluationText(report.structures, report.goals));
      process.stdout.write(remarksText(report.warnings, report.notes));
    }
  });
}
