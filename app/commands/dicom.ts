import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { registerDicomPull } from './dicom/pull.ts';
import { registerDicomPush } from './dicom/push.ts';
import { registerDicomQuery } from './dicom/query.ts';

/** `isocenter dicom ...`: each subcommand registers itself from its own file. */
export function registerDicom(program: Command, session: Session): void {
  const dicom = program.command('dicom').description('DICOM files and archives');
  registerDicomQuery(dicom, session);
  registerDicomPull(dicom, session);
  registerDicomPush(dicom, session);
}
