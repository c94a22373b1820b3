import { inputError } from '../../../core/errors.ts';
import { type CtFiles, ctSeriesAmong } from '../ct/series.ts';
import type { DicomFile } from '../read.ts';
import { type RtStructureSet, readRtStructureSet } from '../structures/read.ts';
import { SOP_CLASS } from '../uids.ts';

/** What picks one of several patients, series and structure sets. */
export interface DicomChoice {
  readonly patientId?: string | undefined;
  /** SeriesInstanceUID of the CT, or the end of it. */
  readonly series?: string | undefined;
  /** SOPInstanceUID of the structure set, the end of it, or its label. */
  readonly structureSet?: string | undefined;
}

/** What has to be chosen, and between what. */
export interface DicomQuestion {
  readonly field: keyof DicomChoice;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** The files of each patient, by PatientID ('' where there is none). */
function filesById(files: readonly DicomFile[]): Map<string, DicomFile[]> {
  const byId = new Map<string, DicomFile[]>();
  for (const file of files) {
    const id = file.dataset.text('PatientID') ?? '';
    const known = byId.get(id);
    if (known === undefined) byId.set(id, [file]);
    else known.push(file);
  }
  return byId;
}

/** The files of one patient. @throws IsocenterError `dicom/patients` where there are several and none is chosen */
export function filesOfPatient(files: readonly DicomFile[], { patientId }: DicomChoice): readonly DicomFile[] {
  const byId = filesById(files);
  if (patientId !== undefined) {
    const own = byId.get(patientId);
    if (own !== undefined) return own;
    throw inputError(
      'dicom/patients',
      `there is no patient ${patientId}; there are: ${patients(byId)}`,
      'give --patient-id',
    );
  }
  if (byId.size === 1) return files;
  throw inputError(
    'dicom/patients',
    `the folder holds ${byId.size} patients: ${patients(byId)}`,
    'give --patient-id with one of them',
  );
}

function sorted(byId: ReadonlyMap<string, readonly DicomFile[]>) {
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1));
}

function patientLabel(id: string, own: readonly DicomFile[]): string {
  return `${id === '' ? '(no id)' : id} (${own.length} files)`;
}

function patients(byId: ReadonlyMap<string, readonly DicomFile[]>): string {
  return sorted(byId)
    .map(([id, own]) => patientLabel(id, own))
    .join(', ');
}

/** Files without those that hold an object again which an earlier one holds. */
export function withoutRepeats(files: readonly DicomFile[]): readonly DicomFile[] {
  const uids = new Set<string>();
  return files.filter(({ sopInstanceUid }) => {
    const isNew = !uids.has(sopInstanceUid);
    uids.add(sopInstanceUid);
    return isNew;
  });
}

/**
 * The CT to plan on, and the structures drawn on it. Where there are several of one and what is known of the other tells which is
 * meant, a note says so.
 *
 * @throws IsocenterError `dicom/no-ct`, `dicom/series`, `dicom/structure-sets`
 */
export function chooseImage(
  files: readonly DicomFile[],
  choice: DicomChoice,
): { readonly ct: CtFiles; readonly structures: RtStructureSet | undefined; readonly notes: readonly string[] } {
  const series = seriesAmong(files);
  const sets = setsAmong(files);
  const notes: string[] = [];
  const wantedSet = chosenSet(sets, choice);
  const ct = chosenSeries(series, choice) ?? seriesOf(wantedSet, series, notes);
  if (ct === undefined) {
    throw inputError(
      'dicom/series',
      `there are ${series.length} CT series: ${listedSeries(series)}`,
      'give --series with the UID of one',
    );
  }
  const set = wantedSet ?? setOn(ct, sets, notes);
  if (set === undefined && sets.length > 0) {
    throw inputError(
      'dicom/structure-sets',
      `there are ${sets.length} structure sets: ${listedSets(sets)}`,
      'give --structure-set with one',
    );
  }
  if (set !== undefined && set.seriesUid !== '' && set.seriesUid !== ct.seriesInstanceUid) {
    notes.push(`${set.file.name} was drawn on series ${set.seriesUid}, not on that of the CT.`);
  }
  return { ct, structures: set === undefined ? undefined : readRtStructureSet(set.file), notes };
}

/**
 * What {@link filesOfPatient} and {@link chooseImage} would refuse because there are several: for who can ask.
 *
 * @returns undefined where the choice leaves nothing open
 */
export function openQuestion(files: readonly DicomFile[], choice: DicomChoice): DicomQuestion | undefined {
  const byId = filesById(files);
  if (choice.patientId === undefined && byId.size > 1) {
    const options = sorted(byId).map(([value, own]) => ({ value, label: patientLabel(value, own) }));
    return { field: 'patientId', options };
  }
  const own = filesOfPatient(files, choice);
  const series = seriesAmong(own);
  const sets = setsAmong(own);
  const wantedSet = chosenSet(sets, choice);
  const ct = chosenSeries(series, choice) ?? seriesOf(wantedSet, series, []);
  if (ct === undefined) {
    return { field: 'series', options: series.map((s) => ({ value: s.seriesInstanceUid, label: seriesLabel(s) })) };
  }
  if (wantedSet !== undefined || sets.length === 0 || setOn(ct, sets, []) !== undefined) return undefined;
  const options = sets.map((set) => ({ value: set.file.sopInstanceUid, label: setLabel(set) }));
  return { field: 'structureSet', options };
}

function seriesAmong(files: readonly DicomFile[]): readonly CtFiles[] {
  const series = ctSeriesAmong(files);
  if (series.length > 0) return series;
  throw inputError('dicom/no-ct', 'there is no CT among the files', 'give the folder with the CT images as well');
}

function setsAmong(files: readonly DicomFile[]): readonly SetCandidate[] {
  return withoutRepeats(files.filter(({ sopClassUid }) => sopClassUid === SOP_CLASS.rtStructureSet)).map(candidate);
}

/** What tells structure sets apart; their contours are read once one is chosen. */
interface SetCandidate {
  readonly file: DicomFile;
  readonly label: string;
  readonly frameUid: string;
  readonly seriesUid: string;
}

function candidate(file: DicomFile): SetCandidate {
  const { dataset } = file;
  const [frame] = dataset.items('ReferencedFrameOfReferenceSequence');
  const [drawnOn] = frame?.items('RTReferencedStudySequence')[0]?.items('RTReferencedSeriesSequence') ?? [];
  const ofRoi = dataset.items('StructureSetROISequence')[0]?.text('ReferencedFrameOfReferenceUID');
  return {
    file,
    label: dataset.text('StructureSetLabel') ?? '',
    frameUid: ofRoi ?? frame?.text('FrameOfReferenceUID') ?? dataset.text('FrameOfReferenceUID') ?? '',
    seriesUid: drawnOn?.text('SeriesInstanceUID') ?? '',
  };
}

function seriesLabel({ seriesInstanceUid, files, description }: CtFiles): string {
  return `${seriesInstanceUid} (${files.length} images, ${description || 'no description'})`;
}

function setLabel({ label, file }: SetCandidate): string {
  return `${label || file.name} (${file.sopInstanceUid})`;
}

function listedSeries(series: readonly CtFiles[]): string {
  return series.map(seriesLabel).join('; ');
}

function listedSets(sets: readonly SetCandidate[]): string {
  return sets.map(setLabel).join('; ') || 'none';
}

function chosenSeries(all: readonly CtFiles[], { series: wanted }: DicomChoice): CtFiles | undefined {
  if (wanted === undefined) return all.length === 1 ? all[0] : undefined;
  const found = all.filter(({ seriesInstanceUid }) => seriesInstanceUid.endsWith(wanted));
  if (found.length === 1) return found[0];
  throw inputError(
    'dicom/series',
    `--series ${wanted} is that of ${found.length} series; there are: ${listedSeries(all)}`,
    'give all of its UID',
  );
}

function chosenSet(sets: readonly SetCandidate[], { structureSet: wanted }: DicomChoice): SetCandidate | undefined {
  if (wanted === undefined) return sets.length === 1 ? sets[0] : undefined;
  const found = sets.filter(({ label, file }) => label === wanted || file.sopInstanceUid.endsWith(wanted));
  if (found.length === 1) return found[0];
  throw inputError(
    'dicom/structure-sets',
    `--structure-set ${wanted} is that of ${found.length} structure sets; there are: ${listedSets(sets)}`,
    'give its label, or all of its UID',
  );
}

const frameOf = ({ files }: CtFiles): string => files[0].dataset.text('FrameOfReferenceUID') ?? '';

/** The one series that a structure set was drawn on, or that lies in its frame of reference; undefined where none or several do. */
function seriesOf(set: SetCandidate | undefined, all: readonly CtFiles[], notes: string[]): CtFiles | undefined {
  const drawnOn = all.filter(({ seriesInstanceUid }) => seriesInstanceUid === set?.seriesUid);
  const found =
    drawnOn.length > 0 ? drawnOn : all.filter((one) => frameOf(one) !== '' && frameOf(one) === set?.frameUid);
  if (found.length !== 1) return undefined;
  const why = drawnOn.length > 0 ? 'on which the structures were drawn' : "in the structures' frame of reference";
  notes.push(`Of ${all.length} CT series the one is used ${why}: ${listedSeries(found)}.`);
  return found[0];
}

/** The one structure set that was drawn on a series, or lies in its frame of reference; undefined where none or several do. */
function setOn(ct: CtFiles, sets: readonly SetCandidate[], notes: string[]): SetCandidate | undefined {
  const drawnOn = sets.filter(({ seriesUid }) => seriesUid === ct.seriesInstanceUid);
  const found =
    drawnOn.length > 0 ? drawnOn : sets.filter(({ frameUid }) => frameUid !== '' && frameUid === frameOf(ct));
  if (found.length !== 1) return undefined;
  notes.push(`Of ${sets.length} structure sets the one that belongs to the CT is used: ${listedSets(found)}.`);
  return found[0];
}
