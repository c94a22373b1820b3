import { IsocenterError } from '../../core/errors.ts';
import { dataSetOf } from './read.ts';
import { TRANSFER_SYNTAX } from './uids.ts';
import { type ElementPlace, Walker } from './walk.ts';

/** What tells the objects of a folder apart before they are read. */
export interface DicomHead {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly patientId: string;
  readonly seriesInstanceUid: string;
}

const TAGS = {
  sopClassUid: '00080016',
  sopInstanceUid: '00080018',
  patientId: '00100020',
  seriesInstanceUid: '0020000E',
} as const;

/**
 * Reads the head of a DICOM file from its first bytes.
 *
 * @param bytes some kilobytes from the front
 * @returns undefined where these do not reach far enough, the file is deflated, or its text is not plain: then it has to be read whole
 */
export function readDicomHead(name: string, bytes: Uint8Array): DicomHead | undefined {
  try {
    const { transferSyntaxUid, encoding, body } = dataSetOf(name, bytes);
    if (transferSyntaxUid === TRANSFER_SYNTAX.deflated) return undefined;
    const isBehind = (tag: string): boolean => tag > TAGS.seriesInstanceUid;
    const places = new Walker(name, body).elements(0, body.length, encoding, isBehind);
    const text = (tag: string): string =>
      textAt(
        body,
        places.find((place) => place.tag === tag),
      );
    return {
      sopClassUid: text(TAGS.sopClassUid),
      sopInstanceUid: text(TAGS.sopInstanceUid),
      patientId: text(TAGS.patientId),
      seriesInstanceUid: text(TAGS.seriesInstanceUid),
    };
  } catch (error) {
    // What is cut off here is whole in the file; what is damaged is told when it is read.
    if (error instanceof IsocenterError) return undefined;
    throw error;
  }
}

function textAt(body: Uint8Array, place: ElementPlace | undefined): string {
  if (place === undefined) return '';
  const bytes = body.subarray(place.valueStart, place.valueEnd);
  return new TextDecoder('latin1').decode(bytes).replace(/^ +|[\0 ]+$/g, '');
}
