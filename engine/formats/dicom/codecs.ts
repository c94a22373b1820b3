import { IsocenterError, inputError } from '../../core/errors.ts';
import { jpeg2000Headers, jpegHeaders } from './codestream.ts';
import { nativePixels, type PixelLayout, type PixelValues, pixelLayout, valuesOf } from './pixels.ts';
import type { DicomFile } from './read.ts';
import { TRANSFER_SYNTAX } from './uids.ts';

type Codecs = typeof import('dcmjs-codecs');

let loading: Promise<Codecs> | undefined;
let servedAt: string | undefined;

/**
 * Loads the decoders of compressed pixel data, once. Node finds their module by itself; a page names where it is served.
 *
 * @param wasmUrl address of dcmjs-native-codecs.wasm; left out, that of an earlier call
 * @throws IsocenterError `dicom/codecs` where the module cannot be loaded; the next call tries again
 */
export function loadCodecs(wasmUrl?: string): Promise<Codecs> {
  servedAt = wasmUrl ?? servedAt;
  loading ??= instantiate(servedAt).catch((cause) => {
    loading = undefined;
    throw new IsocenterError({
      code: 'dicom/codecs',
      message: `the decoders of compressed images cannot be loaded: ${reasonOf(cause)}`,
      hint: 'install again (dcmjs-codecs holds them), or name where dcmjs-native-codecs.wasm is served',
      origin: 'internal',
      cause,
    });
  });
  return loading;
}

async function instantiate(wasmUrl: string | undefined): Promise<Codecs> {
  const loaded = await import('dcmjs-codecs');
  // Node wraps what is no ES module; bundlers may not.
  const codecs = (loaded as { default?: Codecs }).default ?? loaded;
  const where = wasmUrl === undefined ? {} : { webAssemblyModulePathOrUrl: wasmUrl };
  await codecs.NativeCodecs.initializeAsync({ ...where, logCodecsInfo: false, logCodecsTrace: false });
  return codecs;
}

/**
 * An instance on which no decoding has failed. One that has failed may have left its memory in any state: sound images were seen
 * refused after it.
 */
async function withSoundCodecs<T>(run: (codecs: Codecs) => T): Promise<T> {
  for (;;) {
    const mine = loadCodecs();
    const codecs = await mine;
    // Another image may have failed since.
    if (mine !== loading) continue;
    try {
      return run(codecs);
    } catch (error) {
      loading = undefined;
      throw error;
    }
  }
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
  for (const [n, frame] of frames.entries()) checkHeaders(file, layout, frame, n);
  const frameBytes = layout.rows * layout.columns * (layout.bitsAllocated / 8);
  const bytes = new Uint8Array(frameBytes * layout.frames);
  await withSoundCodecs((codecs) => {
    for (const [n, frame] of frames.entries()) bytes.set(decodeFrame(codecs, file, layout, frame, n), n * frameBytes);
  });
  return valuesOf(file, bytes, layout, true);
}

const MOST_TILES = 4096;

/** A decoder takes the memory that the image's own header asks for: it must be that of the data set. */
function checkHeaders(file: DicomFile, { rows, columns }: PixelLayout, encoded: Uint8Array, n: number): void {
  const s = TRANSFER_SYNTAX;
  if (file.transferSyntaxUid === s.rle) return;
  const is2000 = file.transferSyntaxUid === s.jpeg2000Lossless || file.transferSyntaxUid === s.jpeg2000;
  const headers = is2000 ? jpeg2000Headers(encoded) : jpegHeaders(encoded);
  if (headers.length === 0) throw badFrame(file, n, `it has no header of ${is2000 ? 'JPEG 2000' : 'JPEG'}`);
  for (const header of headers) {
    if (header.rows === rows && header.columns === columns && header.components === 1 && header.tiles <= MOST_TILES) {
      continue;
    }
    const { components, tiles } = header;
    throw badFrame(
      file,
      n,
      `its header says ${header.columns} x ${header.rows} pixels of ${components} components in ${tiles} tiles; the data set has ${columns} x ${rows} of 1`,
    );
  }
}

function badFrame({ name }: DicomFile, n: number, reason: string): IsocenterError {
  return inputError(
    'dicom/pixels',
    `${name}: frame ${n + 1} of (7FE0,0010) PixelData cannot be decoded: ${reason}`,
    'the file is damaged: take a fresh copy, or export it uncompressed',
  );
}

function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).trim().slice(0, 160);
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
    throw badFrame(file, n, reasonOf(cause));
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
