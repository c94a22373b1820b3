import { isBodyName } from '../../../core/body.ts';
import { fromHue, HUE_STEP } from '../../../core/color.ts';
import { NOT_CLINICAL, type RtObjectIds, rtObject } from '../modules.ts';
import { SOP_CLASS } from '../uids.ts';
import { type DicomRecord, writeDicom } from '../write.ts';
import type { Contour, Roi } from './contour.ts';

export interface RtStructureSetToWrite extends RtObjectIds {
  readonly label: string;
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
      ...rtObject(set, SOP_CLASS.rtStructureSet, 'RTSTRUCT', image.frameOfReferenceUid),
      SeriesNumber: 2,
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
        ROIDisplayColor: [...(color ?? fromHue(HUE_STEP * n, 0.75))],
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
  if (isBodyName(name)) return 'EXTERNAL';
  return 'ORGAN';
}

function contourData(points: Float64Array, zMm: number): string[] {
  const text = (mm: number): string => String(Number(mm.toFixed(DIGITS)));
  const z = text(zMm);
  const data: string[] = [];
  for (let n = 0; n < points.length; n += 2) data.push(text(points[n]), text(points[n + 1]), z);
  return data;
}
