import type { Command } from 'commander';
import type { Session } from '../../session.ts';
import { type ArchiveOptions, addArchiveOptions } from './archive-options.ts';

/** `isocenter dicom push`: files into an archive. */
export function registerDicomPush(dicom: Command, session: Session): void {
  addArchiveOptions(dicom.command('push').description('store files in a DICOMweb archive; goes on where it stopped'))
    .argument('<paths...>', 'DICOM files, or folders of them')
    .action(async (paths: string[], { json, ...settings }: ArchiveOptions) => {
      const { pushText, requireStored, runPush } = await import('../../dicomweb/push.ts');
      const report = await runPush({ ...settings, paths }, session);
      if (json) {
        const { toJson } = await import('../../../engine/core/json.ts');
        process.stdout.write(toJson(report));
      } else process.stdout.write(pushText(report));
      requireStored(report);
    });
}
