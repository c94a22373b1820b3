import { IsocenterError, inputError } from '../../../core/errors.ts';
import { compose, inverse, type Transform } from '../../../core/frames.ts';
import type { DicomFile } from '../read.ts';
import { readSpatialRegistration } from '../registration/read.ts';
import type { Contour } from '../structures/contour.ts';
import type { RtStructureSet } from '../structures/read.ts';
import { SOP_CLASS } from '../uids.ts';

/** A rigid way from one frame of reference to another, over one or two registrations. */
interface Way {
  readonly T: Transform;
  readonly files: readonly string[];
}

interface Edge extends Way {
  readonly from: string;
  readonly to: string;
}

/** Transforms that agree to that many mm and direction cosines are the same. */
const SAME = 1e-3;
/** A slice tilted by less stays in its plane: 0.05 mm over 500 mm. */
const IN_PLANE = 5e-9;

/**
 * Structures in another frame of reference: as they are, or by registrations among the files that keep slices in their planes. Files
 * that are no rigid registrations of these frames stand in no way.
 *
 * @throws IsocenterError `dicom/frame-mismatch`, `dicom/registrations`
 */
export function structuresInFrame(
  wanted: string,
  set: RtStructureSet,
  files: readonly DicomFile[],
  warnings: string[],
): RtStructureSet {
  if (set.frameOfReferenceUid === wanted) return set;
  if (set.frameOfReferenceUid === '' || wanted === '') {
    const who = set.frameOfReferenceUid === '' ? set.file : 'The CT';
    warnings.push(`${who} names no frame of reference: the structures are taken to lie in that of the CT.`);
    return set;
  }
  const way = wayBetween(set.frameOfReferenceUid, wanted, files);
  if (way === undefined) {
    throw inputError(
      'dicom/frame-mismatch',
      `${set.file} lies in frame of reference ${set.frameOfReferenceUid}, the CT in ${wanted}`,
      'give the structure set drawn on this CT, or the registration (REG) between the two as well',
    );
  }
  const by = way.files.join(' and ');
  if (1 - way.T[10] > IN_PLANE) {
    throw inputError(
      'dicom/frame-mismatch',
      `${by} turns the slices of ${set.file} out of their planes`,
      'resample the structures onto this CT elsewhere',
    );
  }
  warnings.push(`${set.file} was brought to the CT's frame of reference by ${by}.`);
  const rois = set.rois.map((roi) => ({ ...roi, contours: roi.contours.map((contour) => moved(contour, way.T)) }));
  return { ...set, rois };
}

function wayBetween(from: string, to: string, files: readonly DicomFile[]): Way | undefined {
  const { edges, refused } = edgesAmong(files, from, to);
  const starts = edges.filter((edge) => edge.from === from);
  const direct = starts.filter((edge) => edge.to === to);
  // Some systems register both images to a frame of its own.
  const overOne = starts.flatMap((first) =>
    edges
      .filter((second) => second.from === first.to && second.to === to)
      .map((second) => ({ T: compose(second.T, first.T), files: [...new Set([...first.files, ...second.files])] })),
  );
  const [way, ...others] = direct.length > 0 ? direct : overOne;
  const different = others.find(({ T }) => T.some((value, n) => Math.abs(value - way.T[n]) > SAME));
  if (way === undefined && refused !== undefined) throw refused;
  if (different === undefined) return way;
  throw inputError(
    'dicom/registrations',
    `${way.files.join(' and ')} and ${different.files.join(' and ')} lead from frame of reference ${from} to ${to} in different ways`,
    'leave one of them in the folder',
  );
}

/** All ways of one registration, and why one between these frames could not be read. */
function edgesAmong(files: readonly DicomFile[], from: string, to: string) {
  const edges: Edge[] = [];
  let refused: IsocenterError | undefined;
  for (const file of files) {
    if (file.sopClassUid !== SOP_CLASS.spatialRegistration) continue;
    try {
      for (const { fromFrameUid, toFrameUid, T_to_from } of readSpatialRegistration(file)) {
        edges.push({ from: fromFrameUid, to: toFrameUid, T: T_to_from, files: [file.name] });
        edges.push({ from: toFrameUid, to: fromFrameUid, T: inverse(T_to_from), files: [file.name] });
      }
    } catch (error) {
      if (!(error instanceof IsocenterError)) throw error;
      if (concerns(file.dataset, from, to)) refused ??= error;
    }
  }
  return { edges, refused };
}

function concerns(dataset: DicomFile['dataset'], from: string, to: string): boolean {
  const named = dataset.items('RegistrationSequence').map((item) => item.text('FrameOfReferenceUID'));
  const frames = [dataset.text('FrameOfReferenceUID'), ...named];
  return frames.includes(from) && frames.includes(to);
}

function moved({ zMm, points }: Contour, T: Transform): Contour {
  const out = new Float64Array(points.length);
  for (let n = 0; n < points.length; n += 2) {
    out[n] = T[0] * points[n] + T[4] * points[n + 1] + T[8] * zMm + T[12];
    out[n + 1] = T[1] * points[n] + T[5] * points[n + 1] + T[9] * zMm + T[13];
  }
  return { zMm: T[10] * zMm + T[14], points: out };
}
