import type { Command } from 'commander';
import type { DicomChoice } from '../../engine/formats/dicom/study/choose.ts';

/** What the argument PATIENT may be. */
export const patientArgument =
  'folder of DICOM files, OpenKBP folder (ct.csv), folder of volumes (ct.nii.gz and masks), or phantom:NAME';

/** The options that pick one of several patients, series and structure sets of a DICOM folder. */
export function addChoiceOptions(command: Command): Command {
  return command
    .option('--patient-id <id>', 'which patient of a DICOM folder')
    .option('--series <uid>', 'which CT series of a DICOM folder: its UID or the end of it')
    .option('--structure-set <label|uid>', 'which structure set of a DICOM folder');
}

export type ChoiceOptions = DicomChoice;

export function choiceOf({ patientId, series, structureSet }: ChoiceOptions): DicomChoice {
  return { patientId, series, structureSet };
}
