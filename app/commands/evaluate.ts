import type { Command } from 'commander';
import { numberOption } from '../inputs/numbers.ts';
import type { Session } from '../session.ts';

interface EvaluateOptions {
  readonly dose: string;
  readonly protocol?: string;
  readonly doseGrid?: number;
  readonly json?: boolean;
}

/** `isocenter evaluate`: judges a dose from elsewhere as `plan` judges its own. */
export function registerEvaluate(program: Command, session: Session): void {
  program
    .command('evaluate')
    .description('judge a dose by the goals of a protocol')
    .argument('<patient>', 'OpenKBP folder (with ct.csv in it), or phantom:NAME')
    .requiredOption('--dose <file>', 'dose.csv in the form of OpenKBP, total dose in Gy')
    .option('--protocol <name|file>', 'prescriptions and goals (default: the one that fits the patient)')
    .option(
      '--dose-grid <mm>',
      "spacing of the dose's grid (default: the CT's grid)",
      numberOption('dose-grid', 'mm', 0.5, 20),
    )
    .option('--json', 'print one JSON object instead of tables')
    .action(async (patient: string, options: EvaluateOptions) => {
      const { dose, protocol, json, doseGrid: doseGridMm } = options;
      const { runEvaluation } = await import('../evaluation/run.ts');
      const report = await runEvaluation({ patient, dose, protocol, doseGridMm }, session);
      if (json) {
        const { toJson } = await import('../output/json.ts');
        process.stdout.write(toJson(report));
      } else {
        const { evaluationText, remarksText } = await import('../output/evaluation-text.ts');
        process.stdout.write(`Dose of ${report.patient}, judged by ${report.protocol}: ${dose}\n\n`);
        process.stdout.write(evaluationText(report.structures, report.goals));
        process.stdout.write(remarksText(report.warnings, report.notes));
      }
    });
}
