import { inputError } from '../../core/errors.ts';
import { nativePixels, type PixelLayout, type PixelValues, pixelLayout, valuesOf } from './pixels.ts';
import type { DicomFile } from './read.ts';
import { TRANSFER_SYNTAX } from './uids.ts';

type Codecs = typeof import('dcmjs-codecs');

let loading: Promise<Codecs> | undefined;

/**
 * Loads the decoders of compressed pixel data, once. Node finds their module by itself; a page names where it is served.
 *
 * @param wasmUrl address of dcmjs-native-codecs.wasm
 */
export function loadCodecs(wasmUrl?: string): Promise<Codecs> {
  loading ??= (async () => {
    const loaded = await import('dcmjs-codecs');
    // Node wraps what is no ES module; bundlers may not.
    const codecs = (loaded as { default?: Codecs }).default ?? loaded;
    const where = wasmUrl === undefined ? {} : { webAssemblyModulePathOrUrl: wasmUrl };
    await codecs.NativeCodecs.initializeAsync({ ...where, logCodecsInfo: false, logCodecsTrace: false });
    return codecs;
  })();
  return loading;
}

/**
 * The stored values of an image, whatever its transfer syntax.
 *
 * @throws IsocenterError `dicom/...` for a layout that is not read, too few bytes or frames, or pixels that cannot be decoded
 */
export async function decodePixels(file: DicomFile): Promise<PixelValues> {
  if (file.pixels?.isEncapsulated !== true) return nativePixels(file);
  const layout = pixelLayout(file);
  const frames = framesOf(file, layout);
  const codecs = await loadCodecs();
  const frameValues = layout.rows * layout.columns;
  const bytes = new Uint8Array(frameValues * layout.frames * (layout.bitsAllocated / 8));
  for (const [n, encoded] of frames.entries()) {
    const decoded = decodeFrame(codecs, file, layout, encoded, n);
    bytes.set(decoded, n * frameValues * (layout.bitsAllocated / 8));
  }
  return valuesOf(file, bytes, layout, true);
}

function decodeFrame(codecs: Codecs, file: DicomFile, layout: PixelLayout, encoded: Uint8Array, n: number): Uint8Array {
  const { rows, columns, bitsAllocated, bitsStored, isSigned } = layout;
  const { Context, NativeCodecs } = codecs;
  const expected = rows * columns * (bitsAllocated / 8);
  try {
    const context = new Context({
      width: columns,
      height: rows,
      bitsAllocated,
      bitsStored,
      samplesPerPixel: 1,
      pixelRepresentation: isSigned ? 1 : 0,
      planarConfiguration: 0,
      photometricInterpretation: 'MONOCHROME2',
      encodedBuffer: encoded,
    });
    const decoded = decoderOf(NativeCodecs, file)(context).getDecodedBuffer();
    if (decoded === undefined || decoded.length < expected) {
      throw new Error(`${decoded?.length ?? 0} bytes came out instead of ${expected}`);
    }
    return decoded.subarray(0, expected);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw inputError(
      'dicom/pixels',
      `${file.name}: frame ${n + 1} of (7FE0,0010) PixelData cannot be decoded: ${reason.slice(0, 160)}`,
      'the file is damaged: take a fresh copy, or export it uncompressed',
    );
  }
}

type Context = InstanceType<Codecs['Context']>;

function decoderOf(native: Codecs['NativeCodecs'], { name, transferSyntaxUid }: DicomFile): (c: Context) => Context {
  const s = TRANSFER_SYNTAX;
  switch (transferSyntaxUid) {
    case s.rle:
      return (c) => native.decodeRle(c);
    case s.jpegBaseline:
    case s.jpegExtended:
    case s.jpegLossless:
    case s.jpegLosslessFirstOrder:
      return (c) => native.decodeJpeg(c);
    case s.jpegLsLossless:
    case s.jpegLsNearLossless:
      return (c) => native.decodeJpegLs(c);
    case s.jpeg2000Lossless:
    case s.jpeg2000:
      return (c) => native.decodeJpeg2000(c);
  }
  throw inputError(
    'dicom/transfer-syntax',
    `${name}: pixels in fragments, but transfer syntax ${transferSyntaxUid} has none`,
    'the file is damaged: export it again',
  );
}

/** The encoded bytes of each frame: one fragment each, all of them where there is one frame, or by the offset table. */
function framesOf({ name, pixels }: DicomFile, { frames }: PixelLayout): Uint8Array[] {
  const [table = new Uint8Array(), ...fragments] = pixels?.pieces ?? [];
  if (frames === 1) return [joined(fragments)];
  if (fragments.length === frames) return fragments;
  const offsets = table.length === 4 * frames ? new DataView(table.buffer, table.byteOffset, table.length) : undefined;
  if (offsets === undefined) {
    throw inputError(
      'dicom/pixels',
      `${name}: (7FE0,0010) PixelData has ${fragments.length} fragments for ${frames} frames, and no table of where they begin`,
      'export the file again, uncompressed',
    );
  }
  const groups: Uint8Array[][] = Array.from({ length: frames }, () => []);
  let at = 0;
  let frame = 0;
  for (const fragment of fragments) {
    while (frame + 1 < frames && at >= offsets.getUint32(4 * (frame + 1), true)) frame++;
    groups[frame].push(fragment);
    at += 8 + fragment.length;
  }
  return groups.map(joined);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
