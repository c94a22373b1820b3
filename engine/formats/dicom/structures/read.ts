import { inputError } from '../../../core/errors.ts';
import type { Grid, Vec3 } from '../../../core/grid.ts';
import type { Structure, StructureSet } from '../../../core/patient.ts';
import type { Dataset } from '../dataset.ts';
import type { StudyInfo } from '../modules.ts';
import type { DicomFile } from '../read.ts';
import { studyInfoOf } from '../study.ts';
import type { Contour, Roi } from './contour.ts';
import { rasterise } from './rasterise.ts';

/** An RT Structure Set as it was drawn. */
export interface RtStructureSet {
  readonly file: string;
  readonly label: string;
  readonly study: StudyInfo;
  readonly sopInstanceUid: string;
  readonly frameOfReferenceUid: string;
  /** The series it was drawn on; empty where it does not say. */
  readonly seriesInstanceUid: string;
  readonly rois: readonly Roi[];
  readonly warnings: readonly string[];
}

/** Points of a contour farther apart along z than this are not in one axial plane [mm]. */
const PLANAR_MM = 0.05;
const MOST_POINTS = 50_000_000;

/** @throws IsocenterError `dicom/...` naming file, tag, region and contour */
export function readRtStructureSet(file: DicomFile): RtStructureSet {
  const { dataset, name } = file;
  const warnings: string[] = [];
  const frames = new Set<string>();
  const contoursOf = new Map<number, Dataset>();
  for (const item of dataset.items('ROIContourSequence')) contoursOf.set(item.needNumber('ReferencedROINumber'), item);
  const typeOf = new Map<number, string>();
  for (const item of dataset.items('RTROIObservationsSequence')) {
    typeOf.set(item.needNumber('ReferencedROINumber'), item.text('RTROIInterpretedType') ?? '');
  }
  const budget = { points: MOST_POINTS };
  const rois = dataset.needItems('StructureSetROISequence').map((item): Roi => {
    const number = item.needNumber('ROINumber');
    const frame = item.text('ReferencedFrameOfReferenceUID');
    if (frame !== undefined) frames.add(frame);
    const drawn = contoursOf.get(number);
    const roiName = item.text('ROIName') ?? '';
    if (roiName === '') warnings.push(`${name}: region ${number} has no name; it is called ROI ${number}.`);
    const shown = roiName === '' ? `ROI ${number}` : roiName;
    const contours = drawn === undefined ? [] : readContours(name, shown, drawn, warnings, budget);
    const color = drawn?.numbers('ROIDisplayColor') ?? [];
    return {
      number,
      name: shown,
      type: typeOf.get(number) ?? '',
      color: color.length === 3 ? ([...color] as unknown as Vec3) : undefined,
      contours,
    };
  });
  const [referenced] = dataset.items('ReferencedFrameOfReferenceSequence');
  const declared = dataset.text('FrameOfReferenceUID') ?? referenced?.text('FrameOfReferenceUID');
  if (declared !== undefined && frames.size === 0) frames.add(declared);
  if (frames.size > 1) {
    throw inputError(
      'dicom/frames-of-reference',
      `${name}: its regions refer to ${frames.size} frames of reference (${[...frames].join(', ')})`,
      'export one structure set for each image',
    );
  }
  const [series] = referenced?.items('RTReferencedStudySequence')[0]?.items('RTReferencedSeriesSequence') ?? [];
  return {
    file: name,
    label: dataset.text('StructureSetLabel') ?? '',
    study: studyInfoOf(dataset),
    sopInstanceUid: file.sopInstanceUid,
    frameOfReferenceUid: [...frames][0] ?? '',
    seriesInstanceUid: series?.text('SeriesInstanceUID') ?? '',
    rois,
    warnings,
  };
}

function readContours(
  file: string,
  roi: string,
  drawn: Dataset,
  warnings: string[],
  budget: { points: number },
): Contour[] {
  const contours: Contour[] = [];
  const ignored = new Map<string, number>();
  for (const [n, item] of drawn.items('ContourSequence').entries()) {
    const where = `contour ${n + 1} of ${roi}`;
    const data = item.numbers('ContourData');
    const type = item.text('ContourGeometricType') ?? 'CLOSED_PLANAR';
    const wanted = item.number('NumberOfContourPoints');
    if (data.length % 3 !== 0 || (wanted !== undefined && 3 * wanted !== data.length)) {
      throw item.bad('ContourData', `${where} has ${data.length} numbers for ${wanted ?? 'some'} points of three`);
    }
    budget.points -= data.length / 3;
    if (budget.points < 0) {
      const hint = 'simplify its contours';
      throw inputError('dicom/too-large', `${file}: there are more than ${MOST_POINTS} contour points`, hint);
    }
    const isPolygon = type === 'CLOSED_PLANAR' || type === 'CLOSEDPLANAR_XOR';
    if (!isPolygon || data.length < 9) {
      const what = isPolygon ? 'fewer than three points' : type;
      ignored.set(what, (ignored.get(what) ?? 0) + 1);
      continue;
    }
    const points = new Float64Array((2 * data.length) / 3);
    let [low, high] = [data[2], data[2]];
    for (let p = 0; p < data.length / 3; p++) {
      points[2 * p] = data[3 * p];
      points[2 * p + 1] = data[3 * p + 1];
      low = Math.min(low, data[3 * p + 2]);
      high = Math.max(high, data[3 * p + 2]);
    }
    if (high - low > PLANAR_MM) {
      throw item.bad('ContourData', `${where} reaches from z = ${low} to ${high} mm: only axial contours are read`);
    }
    contours.push({ zMm: (low + high) / 2, points });
  }
  for (const [what, count] of ignored) {
    warnings.push(`${file}: ${count} contour${count === 1 ? '' : 's'} of ${roi} ignored: ${what}.`);
  }
  return contours;
}

/** Regions as voxels of a grid; names that occur twice are told apart by a number. */
export function structureSetOn(rtss: RtStructureSet, grid: Grid): { structureSet: StructureSet; warnings: string[] } {
  const warnings = [...rtss.warnings];
  const taken = new Set<string>();
  const structures = rtss.rois.map((roi): Structure => {
    let name = roi.name;
    for (let n = 2; taken.has(name); n++) name = `${roi.name} (${n})`;
    if (name !== roi.name)
      warnings.push(`${rtss.file}: the name ${roi.name} occurs more than once: one is called ${name}.`);
    taken.add(name);
    const coverage = rasterise(name, roi.contours, grid, { fractions: false });
    warnings.push(...coverage.warnings.map((warning) => `${rtss.file}: ${warning}`));
    if (roi.contours.length === 0) warnings.push(`${rtss.file}: ${name} has no contours.`);
    return { name, voxels: coverage.voxels };
  });
  return { structureSet: { grid, structures }, warnings };
}
