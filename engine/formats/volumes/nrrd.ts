import { gzipSync } from 'fflate';
import { inputError } from '../../core/errors.ts';
import { type Vec3, type Volume, voxelCount } from '../../core/grid.ts';
import { inflate } from '../inflate.ts';
import { checkPlacement, placedVolume } from './placed.ts';
import { fits, readSamples, type SampleType } from './samples.ts';

const AREA = 'nrrd';
const LONGEST_HEADER = 2 ** 20;
const types: readonly (readonly [SampleType, RegExp])[] = [
  [{ kind: 'int', bits: 8 }, /^(signed char|int8|int8_t)$/],
  [{ kind: 'uint', bits: 8 }, /^(uchar|unsigned char|uint8|uint8_t)$/],
  [{ kind: 'int', bits: 16 }, /^(short|short int|signed short|signed short int|int16|int16_t)$/],
  [{ kind: 'uint', bits: 16 }, /^(ushort|unsigned short|unsigned short int|uint16|uint16_t)$/],
  [{ kind: 'int', bits: 32 }, /^(int|signed int|int32|int32_t)$/],
  [{ kind: 'uint', bits: 32 }, /^(uint|unsigned int|uint32|uint32_t)$/],
  [{ kind: 'int', bits: 64 }, /^(longlong|long long|long long int|signed long long|int64|int64_t)$/],
  [{ kind: 'uint', bits: 64 }, /^(ulonglong|unsigned long long|uint64|uint64_t)$/],
  [{ kind: 'float', bits: 32 }, /^float$/],
  [{ kind: 'float', bits: 64 }, /^double$/],
];

/** A volume, and the names that 3D Slicer's segmentations give to labels. */
export interface Nrrd {
  readonly volume: Volume;
  /** By label value. */
  readonly labels: ReadonlyMap<number, string>;
  readonly warnings: readonly string[];
}

export function looksLikeNrrd(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 4)) === 'NRRD';
}

/**
 * Reads an NRRD volume (Teem) with its data attached, raw or gzip. `space` says what its directions mean; without one they are
 * taken as LPS (a warning then).
 *
 * @throws IsocenterError `nrrd/...` naming file, field and value
 */
export function readNrrd(file: string, bytes: Uint8Array): Nrrd {
  const { fields, keys, start } = headerOf(file, bytes);
  const need = (name: string): string => {
    const value = fields.get(name);
    if (value !== undefined) return value;
    throw inputError('nrrd/header', `${file}: its header has no ${name}`, 'write it again with a whole header');
  };
  const data = fields.get('data file') ?? fields.get('datafile');
  if (data !== undefined) {
    throw inputError(
      'nrrd/detached',
      `${file}: its data lie in another file (${data.slice(0, 80)})`,
      'write them into one .nrrd file',
    );
  }
  const type = types.find(([, names]) => names.test(need('type').toLowerCase()))?.[0];
  if (type === undefined) {
    throw inputError(
      'nrrd/type',
      `${file}: type ${JSON.stringify(need('type'))} is not read`,
      'convert it to integers or floats',
    );
  }
  const sizes = numbers(file, 'sizes', need('sizes'));
  if (Number(need('dimension')) !== 3 || sizes.length !== 3) {
    throw inputError(
      'nrrd/dimensions',
      `${file}: it has dimensions ${sizes.join(' x ')}; volumes of three are read`,
      'write one volume a file; segmentations without overlap have three dimensions',
    );
  }
  const warnings: string[] = [];
  const counts = sizes as unknown as Vec3;
  const stack = checkPlacement(file, AREA, { counts, ...placeOf(file, fields, warnings) });
  const count = counts[0] * counts[1] * counts[2];
  const encoding = need('encoding').toLowerCase();
  const most = (count * type.bits) / 8;
  const raw = bytes.subarray(start);
  const isPacked = encoding === 'gzip' || encoding === 'gz';
  if (!isPacked && encoding !== 'raw') {
    throw inputError(
      'nrrd/encoding',
      `${file}: encoding ${encoding} is not read; raw and gzip are`,
      'write it raw or gzip',
    );
  }
  const own = isPacked ? inflate(file, raw, { kind: 'gzip', area: AREA, most: most + 1024 }) : raw;
  const little = (fields.get('endian') ?? 'little').toLowerCase() !== 'big';
  const samples = readSamples(file, AREA, own, count, type, little);
  return { volume: placedVolume(stack, counts, samples, keys.get('unit') ?? ''), labels: labelsOf(keys), warnings };
}

function headerOf(file: string, bytes: Uint8Array) {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, LONGEST_HEADER));
  const end = /\r?\n\r?\n/.exec(text);
  if (!/^NRRD000[1-5]\r?\n/.test(text) || end === null) {
    throw inputError('nrrd/header', `${file} is no NRRD file, or its header is not whole`, 'give a .nrrd file');
  }
  const fields = new Map<string, string>();
  const keys = new Map<string, string>();
  for (const line of text.slice(0, end.index).split(/\r?\n/).slice(1)) {
    if (line.startsWith('#')) continue;
    const key = /^([^:]+):=(.*)$/.exec(line);
    if (key !== null) {
      keys.set(key[1], key[2]);
      continue;
    }
    const field = /^([^:]+): ?(.*)$/.exec(line);
    if (field !== null) fields.set(field[1].trim().toLowerCase(), field[2].trim());
  }
  return { fields, keys, start: end.index + end[0].length };
}

function numbers(file: string, name: string, text: string): number[] {
  const values = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(Number);
  if (values.length > 0 && values.every(Number.isFinite)) return values;
  throw inputError(
    'nrrd/header',
    `${file}: ${name} ${JSON.stringify(text.slice(0, 60))} are no numbers`,
    'write it again',
  );
}

function vectors(file: string, name: string, text: string): Vec3[] {
  const found = [...text.matchAll(/\(([^)]*)\)/g)].map(([, inner]) => numbers(file, name, inner));
  if (found.length > 0 && found.every((v) => v.length === 3)) return found as unknown as Vec3[];
  throw inputError(
    'nrrd/header',
    `${file}: ${name} ${JSON.stringify(text.slice(0, 60))} are no vectors of three`,
    'write it again',
  );
}

function placeOf(file: string, fields: ReadonlyMap<string, string>, warnings: string[]) {
  const space = fields.get('space')?.toLowerCase();
  const signs = spaceSigns(file, space);
  if (space === undefined) warnings.push(`${file} does not say what its directions mean: they are taken as LPS.`);
  const toLps = (v: Vec3): Vec3 => [signs[0] * v[0], signs[1] * v[1], v[2]];
  const directions = fields.get('space directions');
  const spacings = fields.get('spacings');
  const steps =
    directions !== undefined
      ? vectors(file, 'space directions', directions)
      : axesOf(spacings === undefined ? [1, 1, 1] : numbers(file, 'spacings', spacings));
  if (steps.length !== 3) {
    throw inputError('nrrd/header', `${file}: ${steps.length} space directions instead of 3`, 'write it again');
  }
  const origin = fields.get('space origin');
  const [first] = origin === undefined ? [[0, 0, 0] as Vec3] : vectors(file, 'space origin', origin);
  return { firstMm: toLps(first), steps: steps.map(toLps) as unknown as readonly [Vec3, Vec3, Vec3] };
}

function axesOf([dx, dy = 1, dz = 1]: readonly number[]): Vec3[] {
  return [
    [dx, 0, 0],
    [0, dy, 0],
    [0, 0, dz],
  ];
}

/** What x and y of the file's space are times to be LPS. */
function spaceSigns(file: string, space: string | undefined): readonly [number, number] {
  switch (space) {
    case undefined:
    case 'left-posterior-superior':
    case 'lps':
      return [1, 1];
    case 'right-anterior-superior':
    case 'ras':
      return [-1, -1];
    case 'left-anterior-superior':
    case 'las':
      return [1, -1];
  }
  throw inputError(
    'nrrd/space',
    `${file}: space ${JSON.stringify(space)} is not read`,
    'write it as left-posterior-superior',
  );
}

/** 3D Slicer: Segment0_Name, Segment0_LabelValue. */
function labelsOf(keys: ReadonlyMap<string, string>): Map<number, string> {
  const labels = new Map<number, string>();
  for (const [key, name] of keys) {
    const segment = /^Segment(\d+)_Name$/.exec(key);
    if (segment === null) continue;
    const value = Number(keys.get(`Segment${segment[1]}_LabelValue`) ?? Number(segment[1]) + 1);
    if (Number.isInteger(value)) labels.set(value, name);
  }
  return labels;
}

/** A volume as NRRD, gzip: 8 or 16 bits where its values are whole and fit, else float32. */
export function writeNrrd({ grid, data, unit }: Volume): Uint8Array {
  const { size, spacingMm, originMm } = grid;
  const width = fits(data, 0, 255) ? 1 : fits(data, -32768, 32767) ? 2 : 4;
  const samples = new Uint8Array(voxelCount(grid) * width);
  const v = new DataView(samples.buffer);
  for (let n = 0; n < data.length; n++) {
    if (width === 1) samples[n] = data[n];
    else if (width === 2) v.setInt16(2 * n, data[n], true);
    else v.setFloat32(4 * n, data[n], true);
  }
  const [dx, dy, dz] = spacingMm;
  const header = [
    'NRRD0004',
    `type: ${width === 1 ? 'uint8' : width === 2 ? 'int16' : 'float'}`,
    'dimension: 3',
    'space: left-posterior-superior',
    `sizes: ${size.join(' ')}`,
    `space directions: (${dx},0,0) (0,${dy},0) (0,0,${dz})`,
    'kinds: domain domain domain',
    'endian: little',
    'encoding: gzip',
    `space origin: (${originMm.join(',')})`,
    ...(unit === '' ? [] : [`unit:=${unit}`]),
    '',
    '',
  ];
  const head = new TextEncoder().encode(header.join('\n'));
  const packed = gzipSync(samples, { mtime: 0 });
  const out = new Uint8Array(head.length + packed.length);
  out.set(head);
  out.set(packed, head.length);
  return out;
}
