import { inputError } from '../../../core/errors.ts';
import { compose, identity, isRigid, type Transform } from '../../../core/frames.ts';
import type { DicomFile } from '../read.ts';

/** A rigid transform between two frames of reference [mm, LPS]. */
export interface SpatialRegistration {
  readonly file: string;
  /** What the transform leads to: that of the registration object itself. */
  readonly toFrameUid: string;
  readonly fromFrameUid: string;
  /** From points of `fromFrameUid` to points of `toFrameUid`. */
  readonly T_to_from: Transform;
}

/**
 * Reads a Spatial Registration. Frames that it maps onto themselves are left out.
 *
 * @throws IsocenterError `dicom/...`; `dicom/not-rigid` for a matrix that scales, shears or mirrors
 */
export function readSpatialRegistration(file: DicomFile): SpatialRegistration[] {
  const { dataset, name } = file;
  const toFrameUid = dataset.needText('FrameOfReferenceUID');
  return dataset.needItems('RegistrationSequence').flatMap((item) => {
    const fromFrameUid = item.text('FrameOfReferenceUID') ?? '';
    let total = identity();
    for (const registration of item.items('MatrixRegistrationSequence')) {
      for (const matrix of registration.items('MatrixSequence')) {
        const type = matrix.text('FrameOfReferenceTransformationMatrixType') ?? 'RIGID';
        const rows = matrix.needNumbers('FrameOfReferenceTransformationMatrix', 16);
        // Row by row in the file, column by column here.
        const T = Float64Array.from({ length: 16 }, (_, n) => rows[4 * (n % 4) + Math.floor(n / 4)]);
        if (type !== 'RIGID' || !isRigid(T)) {
          throw inputError(
            'dicom/not-rigid',
            `${name}: (3006,00C6) FrameOfReferenceTransformationMatrix of type ${type} is no rigid transform`,
            'only rotations and translations are applied; resample the image elsewhere',
          );
        }
        total = compose(T, total);
      }
    }
    if (fromFrameUid === '' || fromFrameUid === toFrameUid) return [];
    return [{ file: name, toFrameUid, fromFrameUid, T_to_from: total }];
  });
}
