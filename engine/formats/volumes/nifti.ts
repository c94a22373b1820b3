import { gzipSync } from 'fflate';
import { isNIFTI, type NIFTI1, type NIFTI2, readHeader } from 'nifti-reader-js';
import { inputError } from '../../core/errors.ts';
import { type Vec3, type Volume, voxelCount } from '../../core/grid.ts';
import { inflate } from '../inflate.ts';
import { checkPlacement, placedVolume } from './placed.ts';
import { fits, readSamples, type SampleType } from './samples.ts';

const AREA = 'nifti';
/** Enough for the header of either version. */
const HEAD = 544;
/** Bytes that may follow a volume. */
const SLACK = 65_536;
const types: Readonly<Record<number, SampleType | undefined>> = {
  2: { kind: 'uint', bits: 8 },
  4: { kind: 'int', bits: 16 },
  8: { kind: 'int', bits: 32 },
  16: { kind: 'float', bits: 32 },
  64: { kind: 'float', bits: 64 },
  256: { kind: 'int', bits: 8 },
  512: { kind: 'uint', bits: 16 },
  768: { kind: 'uint', bits: 32 },
  1024: { kind: 'int', bits: 64 },
  1280: { kind: 'uint', bits: 64 },
};
const mmPerUnit: Readonly<Record<number, number>> = { 0: 1, 1: 1000, 2: 1, 3: 1e-3 };

export function looksLikeNifti(bytes: Uint8Array): boolean {
  return isGzip(bytes) || (bytes.length >= 352 && isNIFTI(bufferOf(bytes.subarray(0, HEAD))));
}

/**
 * Reads a NIfTI-1 or NIfTI-2 volume (.nii, .nii.gz). Its place is that of the sform where there is one, else of the qform, else
 * its voxels' sizes alone (a warning then); RAS becomes LPS.
 *
 * @throws IsocenterError `nifti/...` naming file, value and limit
 */
export function readNifti(file: string, packed: Uint8Array): { volume: Volume; warnings: string[] } {
  const isPacked = isGzip(packed);
  const gzip = { kind: 'gzip', area: AREA } as const;
  const head = isPacked ? inflate(file, packed, { ...gzip, first: HEAD }) : packed;
  const header = headerOf(file, head);
  const type = types[header.datatypeCode];
  if (type === undefined) {
    const hint = 'convert it to integers or floats';
    throw inputError('nifti/type', `${file}: datatype ${header.datatypeCode} is not read`, hint);
  }
  const counts = countsOf(file, header);
  const warnings: string[] = [];
  const placement = { counts, ...placeOf(file, header, head, warnings) };
  const stack = checkPlacement(file, AREA, placement);
  const start = header.vox_offset;
  const count = counts[0] * counts[1] * counts[2];
  // The header says how much there is: what grows beyond it is no volume.
  const most = Math.max(0, Math.min(start, 2 ** 24)) + (count * type.bits) / 8 + SLACK;
  const bytes = isPacked ? inflate(file, packed, { ...gzip, most }) : packed;
  if (!(start >= 0 && start <= bytes.length)) {
    throw inputError(
      'nifti/offset',
      `${file}: its data begin at byte ${start} of ${bytes.length}`,
      'take a fresh copy',
    );
  }
  const samples = readSamples(file, AREA, bytes.subarray(start), count, type, header.littleEndian);
  const { scl_slope: slope, scl_inter: inter } = header;
  // A slope of 0 means that there is no scaling.
  if (Number.isFinite(slope) && slope !== 0 && (slope !== 1 || inter !== 0)) {
    for (let n = 0; n < samples.length; n++) samples[n] = slope * samples[n] + (Number.isFinite(inter) ? inter : 0);
  }
  return { volume: placedVolume(stack, counts, samples, ''), warnings };
}

function headerOf(file: string, bytes: Uint8Array): NIFTI1 | NIFTI2 {
  const head = bufferOf(bytes.subarray(0, HEAD));
  try {
    if (bytes.length >= 348 && isNIFTI(head)) return readHeader(head);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw inputError('nifti/header', `${file}: its header cannot be read: ${reason}`, 'take a fresh copy');
  }
  throw inputError('nifti/header', `${file} is no NIfTI file`, 'give a .nii or .nii.gz file');
}

function countsOf(file: string, { dims }: NIFTI1 | NIFTI2): Vec3 {
  const [rank, nx, ny = 1, nz = 1, ...more] = dims;
  const others = more.slice(0, Math.max(0, rank - 3)).filter((n) => n > 1);
  if (!(rank >= 2 && rank <= 7) || others.length > 0) {
    throw inputError(
      'nifti/dimensions',
      `${file}: it has dimensions ${dims.slice(1, rank + 1).join(' x ')}; volumes of three are read`,
      'write one volume a file',
    );
  }
  return [nx, ny, rank < 3 ? 1 : nz];
}

function placeOf(file: string, header: NIFTI1 | NIFTI2, bytes: Uint8Array, warnings: string[]) {
  const scale = mmPerUnit[header.xyzt_units & 7] ?? 1;
  const rows = header.sform_code > 0 ? sform(header, bytes) : header.qform_code > 0 ? qform(header) : undefined;
  const [, dx, dy, dz] = header.pixDims;
  if (rows === undefined)
    warnings.push(`${file} does not say where its volume lies: its first voxel is put at the origin.`);
  const m = rows ?? [
    [dx, 0, 0, 0],
    [0, dy, 0, 0],
    [0, 0, dz || 1, 0],
  ];
  // RAS to LPS: x and y change their signs.
  const column = (n: number): Vec3 => [-scale * m[0][n], -scale * m[1][n], scale * m[2][n]];
  return { firstMm: column(3), steps: [column(0), column(1), column(2)] as const };
}

/** The three rows as they stand in the file, which the library replaces by the qform's where that code is larger. */
function sform({ littleEndian }: NIFTI1 | NIFTI2, bytes: Uint8Array): number[][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isSecond = view.getInt32(0, littleEndian) === 540;
  const at = (n: number): number =>
    isSecond ? view.getFloat64(400 + 8 * n, littleEndian) : view.getFloat32(280 + 4 * n, littleEndian);
  return [0, 4, 8].map((row) => [0, 1, 2, 3].map((n) => at(row + n)));
}

/** From the quaternion (nifti1.h, method 2). */
function qform(header: NIFTI1 | NIFTI2): number[][] {
  const { quatern_b: b, quatern_c: c, quatern_d: d, pixDims } = header;
  const a = Math.sqrt(Math.max(0, 1 - (b * b + c * c + d * d)));
  const [q, dx, dy, dz] = pixDims;
  const k = (q < 0 ? -1 : 1) * dz;
  const x = header.qoffset_x;
  const y = header.qoffset_y;
  const z = header.qoffset_z;
  return [
    [(a * a + b * b - c * c - d * d) * dx, 2 * (b * c - a * d) * dy, 2 * (b * d + a * c) * k, x],
    [2 * (b * c + a * d) * dx, (a * a + c * c - b * b - d * d) * dy, 2 * (c * d - a * b) * k, y],
    [2 * (b * d - a * c) * dx, 2 * (c * d + a * b) * dy, (a * a + d * d - c * c - b * b) * k, z],
  ];
}

/**
 * A volume as NIfTI-1: 8 or 16 bits where its values are whole and fit, else float32; its place as sform and qform.
 *
 * @param packs compresses (.nii.gz)
 */
export function writeNifti({ grid, data }: Volume, packs: boolean): Uint8Array {
  const { size, spacingMm, originMm } = grid;
  const code = fits(data, 0, 255) ? 2 : fits(data, -32768, 32767) ? 4 : 16;
  const width = code === 2 ? 1 : code === 4 ? 2 : 4;
  const out = new Uint8Array(352 + voxelCount(grid) * width);
  const v = new DataView(out.buffer);
  v.setInt32(0, 348, true);
  for (const [n, value] of [3, ...size, 1, 1, 1, 1].entries()) v.setInt16(40 + 2 * n, value, true);
  v.setInt16(70, code, true);
  v.setInt16(72, 8 * width, true);
  // LPS to RAS: the first two axes are turned round z by half a turn (quaternion d = 1), which keeps the voxels' order.
  for (const [n, value] of [1, ...spacingMm].entries()) v.setFloat32(76 + 4 * n, value, true);
  v.setFloat32(108, 352, true);
  v.setFloat32(112, 1, true);
  out[123] = 2;
  v.setInt16(252, 1, true);
  v.setInt16(254, 1, true);
  v.setFloat32(264, 1, true);
  const origin = [-originMm[0], -originMm[1], originMm[2]];
  for (let a = 0; a < 3; a++) {
    v.setFloat32(268 + 4 * a, origin[a], true);
    v.setFloat32(280 + 16 * a + 4 * a, a < 2 ? -spacingMm[a] : spacingMm[a], true);
    v.setFloat32(280 + 16 * a + 12, origin[a], true);
  }
  out.set([0x6e, 0x2b, 0x31, 0], 344);
  for (let n = 0, at = 352; n < data.length; n++, at += width) {
    if (code === 2) out[at] = data[n];
    else if (code === 4) v.setInt16(at, data[n], true);
    else v.setFloat32(at, data[n], true);
  }
  return packs ? gzipSync(out, { mtime: 0 }) : out;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
