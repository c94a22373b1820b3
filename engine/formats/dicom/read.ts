import dcmjs, { type Dict } from 'dcmjs';
import { IsocenterError, inputError } from '../../core/errors.ts';
import { inflate } from '../inflate.ts';
import { Dataset } from './dataset.ts';
import { bareEncoding, EXPLICIT_LITTLE, hasPreamble, IMPLICIT_LITTLE } from './recognise.ts';
import { TRANSFER_SYNTAX } from './uids.ts';
import { type ElementPlace, type Encoding, Walker } from './walk.ts';

/** Pixel data as they lie in the file. */
export interface StoredPixels {
  readonly vr: string;
  readonly little: boolean;
  /** One piece where they are native; the offset table and the fragments where they are encapsulated. */
  readonly pieces: readonly Uint8Array[];
  readonly isEncapsulated: boolean;
}

/** A DICOM file: its data set without the pixel data, which are decoded when they are asked for. */
export interface DicomFile {
  readonly name: string;
  readonly transferSyntaxUid: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly dataset: Dataset;
  readonly pixels: StoredPixels | undefined;
}

const PIXEL_DATA = '7FE00010';

/**
 * Reads a file of any transfer syntax; data sets without preamble too. Lengths, nesting and the size of what is inflated are
 * checked before anything is decoded.
 *
 * @param name for messages
 * @throws IsocenterError `dicom/...` naming the file and the tag or the byte
 */
export function readDicom(name: string, bytes: Uint8Array): DicomFile {
  // Node's Buffer slices without copying; what follows wants the manners of a plain array.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { transferSyntaxUid, encoding, body } = dataSetOf(name, plain);
  const places = new Walker(name, body).elements(0, body.length, encoding);
  const at = places.findIndex(({ tag }) => tag === PIXEL_DATA);
  const end = at < 0 ? body.length : places[at].start;
  const dict = decode(name, body.subarray(0, end), encoding, at < 0 ? places : places.slice(0, at));
  const dataset = new Dataset(name, dict);
  return {
    name,
    transferSyntaxUid,
    sopClassUid: dataset.needText('SOPClassUID'),
    sopInstanceUid: dataset.needText('SOPInstanceUID'),
    dataset,
    pixels: at < 0 ? undefined : storedPixels(body, places[at], encoding.little),
  };
}

function storedPixels(body: Uint8Array, place: ElementPlace, little: boolean): StoredPixels {
  const { vr, fragments, valueStart, valueEnd } = place;
  const pieces = fragments?.map(([start, end]) => body.subarray(start, end)) ?? [body.subarray(valueStart, valueEnd)];
  return { vr, little, pieces, isEncapsulated: fragments !== undefined };
}

export function dataSetOf(
  name: string,
  bytes: Uint8Array,
): { transferSyntaxUid: string; encoding: Encoding; body: Uint8Array } {
  let start = 132;
  if (!hasPreamble(bytes)) {
    const encoding = bareEncoding(bytes);
    if (encoding === undefined) {
      const what = bytes.length === 0 ? 'it is empty' : 'it does not begin as DICOM files do';
      throw inputError('dicom/not-dicom', `${name} is no DICOM file: ${what}`, 'give files that a DICOM system wrote');
    }
    if (bytes[0] === 8) {
      const { implicitLittle, explicitLittle } = TRANSFER_SYNTAX;
      return { transferSyntaxUid: encoding.explicit ? explicitLittle : implicitLittle, encoding, body: bytes };
    }
    start = 0;
  }
  const meta = new Walker(name, bytes).elements(start, bytes.length, EXPLICIT_LITTLE, (tag) => !tag.startsWith('0002'));
  const syntax = meta.find(({ tag }) => tag === '00020010');
  if (syntax === undefined) {
    throw inputError(
      'dicom/missing-tag',
      `${name}: (0002,0010) TransferSyntaxUID is missing`,
      'the file cannot be read without it: export it again',
    );
  }
  const text = new TextDecoder('latin1').decode(bytes.subarray(syntax.valueStart, syntax.valueEnd));
  const transferSyntaxUid = text.replace(/[\0 ]+$/, '');
  const body = bytes.subarray(meta[meta.length - 1].valueEnd);
  return { transferSyntaxUid, ...codedAs(name, transferSyntaxUid, body) };
}

function codedAs(name: string, syntax: string, body: Uint8Array): { encoding: Encoding; body: Uint8Array } {
  const { implicitLittle, explicitBig, deflated } = TRANSFER_SYNTAX;
  if (syntax === implicitLittle) return { encoding: IMPLICIT_LITTLE, body };
  if (syntax === explicitBig) return { encoding: { explicit: true, little: false }, body };
  if (syntax === deflated)
    return { encoding: EXPLICIT_LITTLE, body: inflate(name, body, { kind: 'raw', area: 'dicom' }) };
  if ((Object.values(TRANSFER_SYNTAX) as string[]).includes(syntax)) return { encoding: EXPLICIT_LITTLE, body };
  throw inputError(
    'dicom/transfer-syntax',
    `${name}: transfer syntax ${JSON.stringify(syntax.slice(0, 64))} is not one that is read`,
    'convert it, for example with gdcmconv --raw or dcmdjpeg, or export it uncompressed',
  );
}

/** Values of all elements before the pixel data. */
function decode(name: string, body: Uint8Array, { explicit, little }: Encoding, places: readonly ElementPlace[]): Dict {
  const { DicomMessage, ReadBufferStream } = dcmjs.data;
  const { implicitLittle, explicitLittle, explicitBig } = TRANSFER_SYNTAX;
  const syntax = !explicit ? implicitLittle : little ? explicitLittle : explicitBig;
  const buffer = body.slice().buffer;
  try {
    // Several or unknown character sets are read by the first, or as they come: no reason to refuse a file.
    const dict = DicomMessage._read(new ReadBufferStream(buffer, little), syntax, { ignoreErrors: true });
    const lost = places.find(({ tag }) => dict[tag] === undefined);
    if (lost === undefined) return dict;
    // With errors ignored the reader says no reason; without, it does.
    DicomMessage._read(new ReadBufferStream(buffer, little), syntax, { ignoreErrors: false });
    throw new Error(`the element at byte ${lost.start} cannot be read`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IsocenterError({
      code: 'dicom/malformed',
      message: `${name}: its data set cannot be decoded: ${reason.slice(0, 200)}`,
      hint: 'the file is damaged: take a fresh copy, or export it again',
      cause,
    });
  }
}
