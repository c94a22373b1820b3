import { inputError } from '../../core/errors.ts';
import type { Vec3, Volume } from '../../core/grid.ts';
import { inflate } from '../inflate.ts';
import { checkPlacement, placedVolume } from './placed.ts';
import { readSamples, type SampleType } from './samples.ts';

const AREA = 'mha';
const types: Readonly<Record<string, SampleType | undefined>> = {
  MET_CHAR: { kind: 'int', bits: 8 },
  MET_UCHAR: { kind: 'uint', bits: 8 },
  MET_SHORT: { kind: 'int', bits: 16 },
  MET_USHORT: { kind: 'uint', bits: 16 },
  MET_INT: { kind: 'int', bits: 32 },
  MET_UINT: { kind: 'uint', bits: 32 },
  MET_FLOAT: { kind: 'float', bits: 32 },
  MET_DOUBLE: { kind: 'float', bits: 64 },
};

export function looksLikeMetaImage(bytes: Uint8Array): boolean {
  return /^(ObjectType|NDims) *=/.test(new TextDecoder('latin1').decode(bytes.subarray(0, 32)));
}

/**
 * Reads a MetaImage with its data attached (.mha), as plastimatch and ITK write them; its frame is LPS.
 *
 * @throws IsocenterError `mha/...` naming file, field and value
 */
export function readMetaImage(file: string, bytes: Uint8Array): { volume: Volume } {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 65536));
  const last = /^ElementDataFile *= *(\S+)[^\S\n]*\r?\n/m.exec(text);
  if (last === null) throw inputError('mha/header', `${file} is no whole MetaImage`, 'give an .mha file');
  if (last[1] !== 'LOCAL') {
    throw inputError(
      'mha/detached',
      `${file}: its data lie in another file (${last[1].slice(0, 80)})`,
      'write them into one .mha file',
    );
  }
  const fields = new Map(
    [...text.slice(0, last.index).matchAll(/^(\w+) *= *(.*?)\r?$/gm)].map(([, name, value]) => [name, value] as const),
  );
  const numbers = (names: readonly string[], count: number, fallback?: readonly number[]): readonly number[] => {
    const value = names.map((name) => fields.get(name)).find((one) => one !== undefined);
    const found = value === undefined ? fallback : value.trim().split(/\s+/).map(Number);
    if (found?.length === count && found.every(Number.isFinite)) return found;
    throw inputError(
      'mha/header',
      `${file}: ${names[0]} = ${value ?? 'nothing'} instead of ${count} numbers`,
      'write it again',
    );
  };
  const type = types[fields.get('ElementType') ?? ''];
  if (numbers(['NDims'], 1)[0] !== 3 || type === undefined) {
    const what = `${fields.get('NDims')} dimensions of type ${fields.get('ElementType')}`;
    throw inputError('mha/type', `${file}: ${what} are not read`, 'write a volume of integers or floats');
  }
  const counts = numbers(['DimSize'], 3) as unknown as Vec3;
  const spacing = numbers(['ElementSpacing', 'ElementSize'], 3, [1, 1, 1]);
  const m = numbers(['TransformMatrix', 'Rotation', 'Orientation'], 9, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const step = (n: number): Vec3 => [spacing[n] * m[3 * n], spacing[n] * m[3 * n + 1], spacing[n] * m[3 * n + 2]];
  const firstMm = numbers(['Offset', 'Position', 'Origin'], 3, [0, 0, 0]) as unknown as Vec3;
  const stack = checkPlacement(file, AREA, { counts, firstMm, steps: [step(0), step(1), step(2)] });
  const count = counts[0] * counts[1] * counts[2];
  const raw = bytes.subarray(last.index + last[0].length);
  const isTrue = (name: string): boolean => fields.get(name)?.toLowerCase() === 'true';
  const most = (count * type.bits) / 8 + 1024;
  const own = isTrue('CompressedData') ? inflate(file, raw, { kind: 'zlib', area: AREA, most }) : raw;
  const little = !isTrue('BinaryDataByteOrderMSB') && !isTrue('ElementByteOrderMSB');
  const samples = readSamples(file, AREA, own, count, type, little);
  return { volume: placedVolume(stack, counts, samples, '') };
}
