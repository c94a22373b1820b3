import type { Command } from 'commander';
import { addChoiceOptions, type ChoiceOptions, choiceOf } from '../inputs/patient-options.ts';
import type { Session } from '../session.ts';

interface ConvertOptions extends ChoiceOptions {
  readonly structure?: string;
  readonly json?: boolean;
}

/** `isocenter convert`: volumes and masks between formats. */
export function registerConvert(program: Command, session: Session): void {
  const command = program
    .command('convert')
    .description('write a volume, or a structure as a mask, as NIfTI or NRRD')
    .argument('<in>', 'NIfTI, NRRD, MetaImage, RT Dose or a folder with a CT; with --structure a patient')
    .argument('<out>', 'file that ends with .nii, .nii.gz or .nrrd')
    .option('--structure <name>', 'write this structure of the patient as a mask of 0 and 1')
    .option('--json', 'print one JSON object');
  addChoiceOptions(command).action(async (from: string, to: string, options: ConvertOptions) => {
    const { convertVolume } = await import('../volumes/convert.ts');
    const report = await convertVolume({ from, to, structure: options.structure, choice: choiceOf(options) }, session);
    if (options.json === true) {
      const { toJson } = await import('../../engine/core/json.ts');
      process.stdout.write(toJson(report));
      return;
    }
    const { size, spacingMm, least, most, warnings } = report;
    const spacing = spacingMm.map((mm) => Number(mm.toFixed(4))).join(' x ');
    process.stdout.write(`${to}: ${size.join(' x ')} voxels of ${spacing} mm, values ${least} to ${most}\n`);
    for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`);
  });
}
