import { type Command, Option } from 'commander';
import type { DevicePreference } from '../../engine/compute/open.ts';
import { numberOption } from '../inputs/numbers.ts';
import type { Session } from '../session.ts';

interface GammaOptions {
  readonly dosePercent: number;
  readonly distanceMm: number;
  readonly local?: boolean;
  readonly threshold: number;
  readonly maxGamma: number;
  readonly normalisation?: number;
  readonly device: DevicePreference;
  readonly out?: string;
  readonly json?: boolean;
}

/** `isocenter gamma`: how far one dose agrees with another. */
export function registerGamma(program: Command, session: Session): void {
  program
    .command('gamma')
    .description('compare two doses by the gamma index')
    .argument('<reference>', 'dose in Gy: RT Dose, .nii, .nii.gz, .nrrd or .mha')
    .argument('<evaluated>', 'dose in Gy that is compared with it')
    .option('--dose-percent <percent>', 'dose difference', numberOption('dose-percent', '%', 0.01, 100), 3)
    .option('--distance-mm <mm>', 'distance to agreement', numberOption('distance-mm', 'mm', 0.01, 100), 3)
    .option('--local', 'percent of the reference dose at each point, not of its largest')
    .option('--threshold <percent>', 'do not judge points below', numberOption('threshold', '%', 0, 100), 10)
    .option('--max-gamma <number>', 'follow gamma no further', numberOption('max-gamma', '', 1, 100), 2)
    .option(
      '--normalisation <gy>',
      'dose that percentages are of (default: the largest reference dose)',
      numberOption('normalisation', 'Gy', 1e-6, 1e6),
    )
    .addOption(new Option('--device <kind>', 'where to compute').choices(['auto', 'wasm', 'webgpu']).default('auto'))
    .option('--out <file>', 'write the map of gamma there (.nrrd, .nii, .nii.gz)')
    .option('--json', 'print one JSON object instead of tables')
    .action(async (reference: string, evaluated: string, options: GammaOptions) => {
      const { json, threshold: thresholdPercent, normalisation: normalisationGy, ...others } = options;
      const { runGamma } = await import('../gamma/run.ts');
      const report = await runGamma({ reference, evaluated, ...others, thresholdPercent, normalisationGy }, session);
      if (json) {
        const { toJson } = await import('../../engine/core/json.ts');
        process.stdout.write(toJson(report));
      } else {
        const { gammaText } = await import('../gamma/text.ts');
        const { remarksText } = await import('../output/evaluation-text.ts');
        process.stdout.write(gammaText(report));
        process.stdout.write(remarksText(report.warnings, []));
      }
    });
}
