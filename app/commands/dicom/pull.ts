import type { Command } from 'commander';
import type { Session } from '../../session.ts';
import { type ArchiveOptions, addArchiveOptions } from './archive-options.ts';

interface PullOptions extends ArchiveOptions {
  readonly study: string;
  readonly series?: string;
  readonly out: string;
}

/** `isocenter dicom pull`: a study from an archive into a folder. */
export function registerDicomPull(dicom: Command, session: Session): void {
  addArchiveOptions(
    dicom.command('pull').description('fetch a study from a DICOMweb archive; goes on where it stopped'),
  )
    .requiredOption('--study <uid>', 'study to fetch')
    .option('--series <uid>', 'fetch only this series of it')
    .requiredOption('--out <folder>', 'where the files go: SERIES/OBJECT.dcm')
    .action(async ({ json, ...settings }: PullOptions) => {
      const { pullText, runPull } = await import('../../dicomweb/pull.ts');
      const report = await runPull(settings, session);
      if (json) {
        const { toJson } = await import('../../../engine/core/json.ts');
        process.stdout.write(toJson(report));
      } else process.stdout.write(pullText(report));
    });
}
