import { inputError } from '../../../engine/core/errors.ts';
import { type DicomFile, readDicom } from '../../../engine/formats/dicom/read.ts';
import { type DicomChoice, openQuestion } from '../../../engine/formats/dicom/study/choose.ts';
import { dosesOfStudy } from '../../../engine/formats/dicom/study/doses.ts';
import { patientOfFiles } from '../../../engine/formats/dicom/study/patient.ts';
import { SOP_CLASS } from '../../../engine/formats/dicom/uids.ts';
import { digest, hashOfInputs } from '../digest.ts';
import { MOST_BYTES } from '../limits.ts';
import type { Ask } from './ask.ts';
import { bytesOf } from './bytes.ts';
import type { ReadPatient } from './patient.ts';
import type { SurveyedFile, Tell } from './survey.ts';

/** Files of one patient that are held in memory together [bytes]. */
/** What a patient is made of; images of other kinds are left where they are. */
const WANTED: readonly string[] = [
  SOP_CLASS.ctImage,
  SOP_CLASS.enhancedCtImage,
  SOP_CLASS.legacyConvertedEnhancedCtImage,
  SOP_CLASS.rtStructureSet,
  SOP_CLASS.rtDose,
  SOP_CLASS.spatialRegistration,
];
const QUESTIONS = {
  patientId: 'Which patient?',
  series: 'Which CT series?',
  structureSet: 'Which structure set?',
} as const;

/** CT, structures and doses of one patient; asks where the files leave it open which. */
export async function readDicomPatient(files: readonly SurveyedFile[], ask: Ask, tell: Tell): Promise<ReadPatient> {
  const path = commonFolder(files);
  const { own, choice: patientChoice } = await filesOfOnePatient(files, ask);
  const bytes = own.reduce((sum, { file }) => sum + file.size, 0);
  if (bytes > MOST_BYTES) {
    throw inputError(
      'files/too-large',
      `the DICOM files of the patient have ${(bytes / 1e9).toFixed(1)} GB; ${(MOST_BYTES / 1e9).toFixed(1)} GB are read at most`,
      'give the folder of one CT series with its structure set',
    );
  }
  const { read, inputs } = await readAll(own, path, tell);
  let choice = patientChoice;
  for (;;) {
    const question = openQuestion(read, choice);
    if (question === undefined) break;
    choice = { ...choice, [question.field]: await ask({ text: QUESTIONS[question.field], options: question.options }) };
  }
  tell({ doing: 'Decoding', done: 0, total: undefined });
  // In the order in which the command line hashes a folder.
  const line = (input: (typeof inputs)[number]): string => `${input.sha256}  ${input.name}`;
  const sha256 = await hashOfInputs(inputs.toSorted((a, b) => (line(a) < line(b) ? -1 : 1)));
  const name = path.split('/').at(-1) || 'patient';
  const study = await patientOfFiles(read, choice, { name, path: path || name, sha256 });
  const { doses, warnings } = await dosesOfStudy(study, read);
  return {
    patient: { ...study.patient, warnings: [...study.patient.warnings, ...warnings] },
    referenceDoses: doses,
    inputs: [{ role: 'patient', name: path || name, sha256 }],
    choice,
    study,
  };
}

async function readAll(files: readonly SurveyedFile[], root: string, tell: Tell) {
  const read: DicomFile[] = [];
  const inputs: { name: string; sha256: string }[] = [];
  for (const [n, { path, file }] of files.entries()) {
    tell({ doing: 'Reading DICOM files', done: n, total: files.length });
    const bytes = await bytesOf(path, file);
    const name = path.slice(root === '' ? 0 : root.length + 1);
    read.push(readDicom(name, bytes));
    inputs.push({ name, sha256: await digest(bytes) });
  }
  return { read, inputs };
}

/** Those that are wanted, of the one patient that is; files whose heads say too little count as wanted. */
async function filesOfOnePatient(
  files: readonly SurveyedFile[],
  ask: Ask,
): Promise<{ own: readonly SurveyedFile[]; choice: DicomChoice }> {
  const wanted = files.filter(({ head }) => head === undefined || WANTED.includes(head.sopClassUid));
  if (wanted.length === 0) {
    const hint = 'give the folder with the CT images as well';
    throw inputError('dicom/no-ct', `there is no CT among the ${files.length} DICOM files`, hint);
  }
  const counts = new Map<string, number>();
  for (const { head } of wanted)
    if (head !== undefined) counts.set(head.patientId, (counts.get(head.patientId) ?? 0) + 1);
  if (counts.size < 2) return { own: wanted, choice: {} };
  const options = [...counts].map(([value, count]) => ({
    value,
    label: `${value === '' ? '(no id)' : value} (${count} files)`,
  }));
  const patientId = await ask({ text: QUESTIONS.patientId, options });
  const own = wanted.filter(({ head }) => head === undefined || head.patientId === patientId);
  return { own, choice: { patientId } };
}

function commonFolder(files: readonly SurveyedFile[]): string {
  const [first, ...rest] = files.map(({ folder }) => (folder === '' ? [] : folder.split('/')));
  const differs = first.findIndex((part, n) => rest.some((parts) => parts[n] !== part));
  return (differs < 0 ? first : first.slice(0, differs)).join('/');
}
