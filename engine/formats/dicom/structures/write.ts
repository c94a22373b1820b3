import type { Vec3 } from '../../../core/grid.ts';
import {
  type Equipment,
  equipment,
  frameOfReference,
  NOT_CLINICAL,
  patientAndStudy,
  type StudyInfo,
} from '../modules.ts';
import { SOP_CLASS } from '../uids.ts';
import { type DicomRecord, writeDicom } from '../write.ts';
import type { Contour, Roi } from './contour.ts';

export interface RtStructureSetToWrite {
  readonly study: StudyInfo;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly label: string;
  readonly equipment: Equipment;
  readonly rois: readonly Roi[];
  /** The images it lies on. */
  readonly image: {
    readonly seriesInstanceUid: string;
    readonly frameOfReferenceUid: string;
    readonly slices: readonly { readonly sopInstanceUid: string; readonly zMm: number }[];
  };
}

/** Contours and slices nearer than this belong together [mm]. */
const ON_SLICE_MM = 0.01;
/** Ten nanometres are enough; text grows with every digit. */
const DIGITS = 5;

/**
 * An RT Structure Set. Written in implicit VR: contours are text, of which an explicit length allows 64 KiB, some 2000
 * points.
 */
export function writeRtStructureSet(set: RtStructureSetToWrite): Uint8Array {
  const { image, rois } = set;
  const reference = (sopInstanceUid: string): DicomRecord => ({
    ReferencedSOPClassUID: SOP_CLASS.ctImage,
    ReferencedSOPInstanceUID: sopInstanceUid,
  });
  const contourItem = ({ zMm, points }: Contour): DicomRecord => {
    const slice = image.slices.find((one) => Math.abs(one.zMm - zMm) <= ON_SLICE_MM);
    return {
      ContourImageSequence: slice === undefined ? undefined : [reference(slice.sopInstanceUid)],
      ContourGeometricType: 'CLOSED_PLANAR',
      NumberOfContourPoints: points.length / 2,
      ContourData: contourData(points, zMm),
    };
  };
  return writeDicom(
    {
      SOPClassUID: SOP_CLASS.rtStructureSet,
      SOPInstanceUID: set.sopInstanceUid,
      ...patientAndStudy(set.study),
      ...equipment(set.equipment),
      ...frameOfReference(image.frameOfReferenceUid),
      Modality: 'RTSTRUCT',
      SeriesInstanceUID: set.seriesInstanceUid,
      SeriesNumber: 2,
      OperatorsName: [],
      StructureSetLabel: set.label.slice(0, 16),
      StructureSetDescription: NOT_CLINICAL,
      StructureSetDate: [],
      StructureSetTime: [],
      ReferencedFrameOfReferenceSequence: [
        {
          FrameOfReferenceUID: image.frameOfReferenceUid,
          RTReferencedStudySequence: [
            {
              ReferencedSOPClassUID: SOP_CLASS.detachedStudyManagement,
              ReferencedSOPInstanceUID: set.study.studyInstanceUid,
              RTReferencedSeriesSequence: [
                {
                  SeriesInstanceUID: image.seriesInstanceUid,
                  ContourImageSequence: image.slices.map(({ sopInstanceUid }) => reference(sopInstanceUid)),
                },
              ],
            },
          ],
        },
      ],
      StructureSetROISequence: rois.map(({ number, name }) => ({
        ROINumber: number,
        ReferencedFrameOfReferenceUID: image.frameOfReferenceUid,
        ROIName: name,
        ROIGenerationAlgorithm: [],
      })),
      ROIContourSequence: rois.map(({ number, color, contours }, n) => ({
        ReferencedROINumber: number,
        ROIDisplayColor: [...(color ?? roiColor(n))],
        ContourSequence: contours.length === 0 ? undefined : contours.map(contourItem),
      })),
      RTROIObservationsSequence: rois.map(({ number, name, type }) => ({
        ObservationNumber: number,
        ReferencedROINumber: number,
        RTROIInterpretedType: (type === '' ? roiType(name) : type) || [],
        ROIInterpreter: [],
      })),
      ApprovalStatus: 'UNAPPROVED',
    },
    true,
  );
}

/** The interpreted type that a name tells: targets, the outline of the body, else an organ. */
export function roiType(name: string): string {
  const target = /^(PTV|CTV|GTV)/i.exec(name);
  if (target !== null) return target[1].toUpperCase();
  if (/^(external|body|skin)$/i.test(name)) return 'EXTERNAL';
  return 'ORGAN';
}

/** Colours that stay apart, for those that draw regions in what a file says. */
export function roiColor(n: number): Vec3 {
  // Steps of the golden angle in hue.
  const hue = (n * 137.508) % 360;
  const channel = (offset: number): number => {
    const t = (((hue / 60 + offset) % 6) + 6) % 6;
    return Math.round(255 * (1 - 0.75 * Math.max(0, Math.min(1, Math.min(t, 4 - t)))));
  };
  return [channel(5), channel(3), channel(1)];
}

function contourData(points: Float64Array, zMm: number): string[] {
  const text = (mm: number): string => String(Number(mm.toFixed(DIGITS)));
  const z = text(zMm);
  const data: string[] = [];
  for (let n = 0; n < points.length; n += 2) data.push(text(points[n]), text(points[n + 1]), z);
  return data;
}
