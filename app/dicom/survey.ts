import { IsocenterError } from '../../engine/core/errors.ts';
import { readCtSeries } from '../../engine/formats/dicom/ct/read.ts';
import { ctSeriesAmong } from '../../engine/formats/dicom/ct/series.ts';
import { readRtDose } from '../../engine/formats/dicom/dose/read.ts';
import { readRtPlan } from '../../engine/formats/dicom/plan/read.ts';
import type { DicomFile } from '../../engine/formats/dicom/read.ts';
import { readSpatialRegistration } from '../../engine/formats/dicom/registration/read.ts';
import { readRtStructureSet } from '../../engine/formats/dicom/structures/read.ts';
import { danglingReferences, imagesMissing } from '../../engine/formats/dicom/study/references.ts';
import { SOP_CLASS } from '../../engine/formats/dicom/uids.ts';
import type { DicomFolder } from './folder.ts';

/** Something to know (`warning`) or that stands in the way of planning (`error`). */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly about: string;
  readonly message: string;
}

/** One object or series of a folder, with what is worth knowing of it. */
export interface SurveyItem {
  readonly kind: 'CT' | 'RTSTRUCT' | 'RTDOSE' | 'RTPLAN' | 'REG' | 'other';
  /** File, or the series' UID. */
  readonly name: string;
  readonly patientId: string;
  readonly studyInstanceUid: string;
  readonly uid: string;
  readonly files: number;
  readonly summary: string;
}

/** The object of `isocenter dicom info --json`. */
export interface Survey {
  readonly path: string;
  readonly items: readonly SurveyItem[];
  readonly findings: readonly Finding[];
  /** Files that are no DICOM files. */
  readonly others: number;
}

const CT_CLASSES: readonly string[] = [
  SOP_CLASS.ctImage,
  SOP_CLASS.enhancedCtImage,
  SOP_CLASS.legacyConvertedEnhancedCtImage,
];

/** Reads everything in a folder as planning would, and gathers what is there and what is wrong with it. */
export async function survey({ path, files, others, damaged }: DicomFolder): Promise<Survey> {
  const items: SurveyItem[] = [];
  const findings: Finding[] = damaged.map(({ name, message }) => ({ severity: 'error', about: name, message }));
  const patients = new Set(files.map(({ dataset }) => dataset.text('PatientID') ?? ''));
  if (patients.size > 1) {
    const ids = [...patients].map((id) => id || '(no id)').join(', ');
    findings.push({
      severity: 'warning',
      about: path,
      message: `there are files of ${patients.size} patients: ${ids}`,
    });
  }
  const about = async (name: string, read: () => Promise<SurveyItem> | SurveyItem): Promise<void> => {
    try {
      items.push(await read());
    } catch (error) {
      if (!(error instanceof IsocenterError)) throw error;
      findings.push({ severity: 'error', about: name, message: error.message });
    }
  };
  const frames = new Map<string, string>();
  const isCt = ({ sopClassUid }: DicomFile): boolean => CT_CLASSES.includes(sopClassUid);
  const images: DicomFile[] = [];
  for (const file of files.filter(isCt)) {
    const why =
      file.sopClassUid !== SOP_CLASS.ctImage
        ? `${file.name} is an Enhanced CT image, which is not read`
        : file.dataset.has('SeriesInstanceUID')
          ? undefined
          : `${file.name}: (0020,000E) SeriesInstanceUID is missing or empty`;
    if (why === undefined) images.push(file);
    else findings.push({ severity: 'error', about: file.name, message: why });
  }
  for (const series of ctSeriesAmong(images)) {
    await about(`CT ${series.seriesInstanceUid}`, async () => {
      const ct = await readCtSeries(series);
      frames.set(ct.frameOfReferenceUid, series.seriesInstanceUid);
      for (const message of ct.warnings) findings.push({ severity: 'warning', about: 'CT', message });
      const { size, spacingMm } = ct.volume.grid;
      const shape = `${size.join(' x ')} voxels of ${spacingMm.map((mm) => Number(mm.toFixed(4))).join(' x ')} mm`;
      return {
        kind: 'CT',
        name: series.seriesInstanceUid,
        patientId: series.patientId,
        studyInstanceUid: series.studyInstanceUid,
        uid: series.seriesInstanceUid,
        files: series.files.length,
        summary: `${shape}, ${ct.patientPosition || 'position not said'}${series.description === '' ? '' : `, ${series.description}`}`,
      };
    });
  }
  for (const file of files.filter((one) => !isCt(one))) await about(file.name, () => itemOf(file, frames, findings));
  for (const message of imagesMissing(files)) findings.push({ severity: 'error', about: 'CT', message });
  findings.push(...danglingReferences(files).map((found) => ({ severity: 'warning' as const, ...found })));
  return { path, items, findings, others: others.length };
}

async function itemOf(file: DicomFile, frames: ReadonlyMap<string, string>, findings: Finding[]): Promise<SurveyItem> {
  const { dataset, name } = file;
  const warn = (message: string): void => {
    findings.push({ severity: 'warning', about: name, message });
  };
  const item = (kind: SurveyItem['kind'], summary: string): SurveyItem => ({
    kind,
    name,
    patientId: dataset.text('PatientID') ?? '',
    studyInstanceUid: dataset.text('StudyInstanceUID') ?? '',
    uid: file.sopInstanceUid,
    files: 1,
    summary,
  });
  const onCt = (uid: string): void => {
    if (frames.size > 0 && uid !== '' && !frames.has(uid)) {
      findings.push({
        severity: 'error',
        about: name,
        message: `${name} lies in frame of reference ${uid}, which no CT here has`,
      });
    }
  };
  switch (file.sopClassUid) {
    case SOP_CLASS.rtStructureSet: {
      const set = readRtStructureSet(file);
      onCt(set.frameOfReferenceUid);
      for (const message of set.warnings) warn(message);
      const empty = set.rois.filter(({ contours }) => contours.length === 0).map((roi) => roi.name);
      if (empty.length > 0) warn(`${name}: without contours: ${empty.join(', ')}`);
      if (!set.rois.some(({ type }) => type === 'EXTERNAL')) warn(`${name}: no region is of type EXTERNAL`);
      return item('RTSTRUCT', `${set.label || 'no label'}: ${set.rois.map((roi) => roi.name).join(', ')}`);
    }
    case SOP_CLASS.rtDose: {
      const dose = await readRtDose(file);
      onCt(dose.frameOfReferenceUid);
      for (const message of dose.warnings) warn(message);
      const { grid, data } = dose.volume;
      const most = data.reduce((a, b) => Math.max(a, b), 0);
      if (most === 0) warn(`${name}: all doses are 0`);
      return item(
        'RTDOSE',
        `${dose.summationType || 'no type'}, ${grid.size.join(' x ')} voxels, at most ${most.toFixed(2)} Gy`,
      );
    }
    case SOP_CLASS.rtPlan: {
      const plan = readRtPlan(file);
      onCt(plan.frameOfReferenceUid);
      for (const message of plan.warnings) warn(message);
      const beams = plan.beams.map(
        (beam) => `${beam.name || beam.number} (${beam.controlPoints.length} control points)`,
      );
      return item('RTPLAN', `${plan.label}, ${plan.fractions ?? 'unknown'} fractions: ${beams.join(', ')}`);
    }
    case SOP_CLASS.spatialRegistration: {
      const found = readSpatialRegistration(file);
      return item(
        'REG',
        `${found.length} transform${found.length === 1 ? '' : 's'} to frame ${dataset.text('FrameOfReferenceUID')}`,
      );
    }
  }
  return item('other', `${dataset.text('Modality') ?? 'no modality'}, SOP class ${file.sopClassUid}`);
}
