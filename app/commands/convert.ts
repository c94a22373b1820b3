import type { Command } from 'commander';
import type { Session } from '../session.ts';

/** `isocenter convert`: a volume in another form. */
export function registerConvert(program: Command, session: Session): void {
  program
    .command('convert')
    .description('write a volume in another form')
    .argument('<in>', 'RT Dose, folder with one CT series, .nii, .nii.gz, .nrrd or .mha')
    .argument('<out>', 'file .nrrd, .nii or .nii.gz')
    .action(async (from: string, to: string) => {
      const { loadVolume } = await import('../inputs/volume.ts');
      const { openVolumeOutput } = await import('../output/volume.ts');
      const output = openVolumeOutput(to, 'OUT');
      try {
        const { volume, warnings } = await loadVolume(from, 'volume', session);
        output.save(volume);
        for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`);
        const { size, spacingMm } = volume.grid;
        process.stdout.write(`${to}: ${size.join(' x ')} voxels of ${spacingMm.join(' x ')} mm\n`);
      } finally {
        output.discard();
      }
    });
}
