import { type Command, Option } from 'commander';
import type { DevicePreference } from '../../engine/compute/open.ts';
import { type AngleOptions, beamAngles, defaultBeams } from '../inputs/angles.ts';
import { numberListOption, numberOption, pointOption, wholeNumberOption } from '../inputs/numbers.ts';
import { addChoiceOptions, type ChoiceOptions, choiceOf, patientArgument } from '../inputs/patient-options.ts';
import { defaultBixelMm, defaultMachine } from '../planning/settings.ts';
import type { Session } from '../session.ts';

interface PlanOptions extends AngleOptions, ChoiceOptions {
  readonly aliases?: string;
  readonly beamDoses?: boolean;
  readonly protocol?: string;
  readonly bixel: number;
  readonly machine: string;
  readonly hlut?: string;
  readonly isocenter?: readonly [number, number, number];
  readonly doseGrid?: number;
  readonly device: DevicePreference;
  readonly maxIterations?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `isocenter plan`: from a CT to an optimised dose. */
export function registerPlan(program: Command, session: Session): void {
  const command = program
    .command('plan')
    .description('optimise the dose of one patient')
    .argument('<patient>', patientArgument)
    .option('--protocol <name|file>', 'prescriptions, objectives and goals (default: the one that fits the patient)')
    .option('--aliases <file>', 'YAML file with lines `their name: protocol name`')
    .option(
      '--beams <n>',
      `beams at equal steps from gantry 0 (default: ${defaultBeams})`,
      wholeNumberOption('beams', 1, 360),
    )
    .option('--gantry <deg,..>', 'gantry angles, IEC 61217', numberListOption('gantry', 'deg', 0, 360))
    .option('--couch <deg,..>', 'couch angles, one for all or one a beam', numberListOption('couch', 'deg', -180, 360))
    .option(
      '--collimator <deg,..>',
      'collimator angles, one for all or one a beam',
      numberListOption('collimator', 'deg', -180, 360),
    )
    .option('--bixel <mm>', 'side of a bixel at the isocentre', numberOption('bixel', 'mm', 1, 50), defaultBixelMm)
    .option('--machine <name|file>', 'beam model', defaultMachine)
    .option('--hlut <file>', 'HU to relative electron density, two columns')
    .option(
      '--isocenter <x,y,z>',
      'isocentre in mm, patient frame (default: centroid of all targets)',
      pointOption('isocenter'),
    )
    .option(
      '--dose-grid <mm>',
      "spacing of the dose grid (default: the CT's grid)",
      numberOption('dose-grid', 'mm', 0.5, 20),
    )
    .addOption(new Option('--device <kind>', 'where to compute').choices(['auto', 'wasm', 'webgpu']).default('auto'))
    .option(
      '--max-iterations <n>',
      'iterations of the optimiser at most',
      wholeNumberOption('max-iterations', 1, 1_000_000),
    )
    .option('--out <dir>', 'write plan.json, dose.csv, report.html and the dose as DICOM (dicom/) there')
    .option('--beam-doses', 'write the dose of each beam as DICOM too')
    .option('--json', 'print one JSON object instead of tables');
  addChoiceOptions(command).action(async (patient: string, options: PlanOptions) => {
    const { json, out, protocol, machine, hlut, device, maxIterations } = options;
    const settings = {
      patient,
      choice: choiceOf(options),
      aliases: options.aliases,
      beamDoses: options.beamDoses === true,
      protocol,
      machine,
      hlut,
      angles: beamAngles(options),
      bixelMm: options.bixel,
      isocenterMm: options.isocenter,
      doseGridMm: options.doseGrid,
      device,
      maxIterations,
      out,
    };
    const { runPlan } = await import('../planning/run.ts');
    const report = await runPlan(settings, session);
    if (json) {
      const { toJson } = await import('../../engine/core/json.ts');
      process.stdout.write(toJson(report));
    } else {
      const { planText } = await import('../planning/text.ts');
      process.stdout.write(planText(report, out));
    }
  });
}
