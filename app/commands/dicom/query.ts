import type { Command } from 'commander';
import type { Session } from '../../session.ts';
import { type ArchiveOptions, addArchiveOptions } from './archive-options.ts';

interface QueryOptions extends ArchiveOptions {
  readonly patient?: string;
  readonly date?: string;
  readonly modality?: string;
  readonly study?: string;
}

/** `isocenter dicom query`: what an archive has. */
export function registerDicomQuery(dicom: Command, session: Session): void {
  addArchiveOptions(dicom.command('query').description('list the studies of a DICOMweb archive, or the series of one'))
    .option('--patient <id>', 'studies of this patient ID; * stands for any text')
    .option('--date <date>', 'studies of this date (YYYYMMDD), or of a range of dates (YYYYMMDD-YYYYMMDD)')
    .option('--modality <name>', 'studies that have this modality, such as CT or RTSTRUCT')
    .option('--study <uid>', 'list the series of this study')
    .action(async ({ json, ...settings }: QueryOptions) => {
      const { queryText, runQuery } = await import('../../dicomweb/query.ts');
      const report = await runQuery(settings, session);
      if (json) {
        const { toJson } = await import('../../../engine/core/json.ts');
        process.stdout.write(toJson(report));
      } else process.stdout.write(queryText(report));
    });
}
