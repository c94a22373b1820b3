import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../engine/core/errors.ts';
import type { Volume } from '../../../engine/core/grid.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import { resample } from '../../../engine/core/resample.ts';
import { readMetaImage } from '../../../engine/formats/volumes/meta-image.ts';
import { readNifti, writeNifti } from '../../../engine/formats/volumes/nifti.ts';
import { readNrrd, writeNrrd } from '../../../engine/formats/volumes/nrrd.ts';
import { failsWith } from '../../support/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'isocenter-volumes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const grid = { size: [5, 4, 3], spacingMm: [2, 2.5, 3], originMm: [-10.5, 20.25, -7] } as const;
const random = seededRandom(620);
const dose: Volume = { grid, data: Float32Array.from({ length: 60 }, () => 70 * random()), unit: '' };
const labels: Volume = { grid, data: Float32Array.from({ length: 60 }, (_, n) => n % 4), unit: '' };

const readers = {
  nii: (bytes: Uint8Array) => readNifti('x.nii', bytes).volume,
  'nii.gz': (bytes: Uint8Array) => readNifti('x.nii.gz', bytes).volume,
  nrrd: (bytes: Uint8Array) => readNrrd('x.nrrd', bytes).volume,
  mha: (bytes: Uint8Array) => readMetaImage('x.mha', bytes).volume,
} as const;
type Form = keyof typeof readers;
const writers = {
  nii: (volume: Volume) => writeNifti(volume, false),
  'nii.gz': (volume: Volume) => writeNifti(volume, true),
  nrrd: writeNrrd,
} as const;

function expectSame(found: Volume, wanted: Volume): void {
  expect(found.grid.size).toEqual(wanted.grid.size);
  for (const key of ['spacingMm', 'originMm'] as const) {
    // NIfTI holds places as float32.
    found.grid[key].forEach((mm, a) => {
      expect(mm).toBeCloseTo(wanted.grid[key][a], 4);
    });
  }
  expect(found.data).toEqual(wanted.data);
}

/** A file written by ITK, through plastimatch, from one of ours. */
function throughPlastimatch(bytes: Uint8Array, from: Form, to: Form, ...options: string[]): Uint8Array {
  const [input, output] = [join(folder, `in.${from}`), join(folder, `out.${to}`)];
  writeFileSync(input, bytes);
  execFileSync('plastimatch', ['convert', '--input', input, '--output-img', output, ...options], { stdio: 'ignore' });
  return readFileSync(output);
}

describe('volumes', () => {
  it.each(['nii', 'nii.gz', 'nrrd'] as const)('%s: what is written is read, floats and labels', (form) => {
    for (const volume of [dose, labels]) expectSame(readers[form](writers[form](volume)), volume);
  });

  it.each(['nii', 'nii.gz', 'nrrd'] as const)('%s: plastimatch reads what we write, and we what it writes', (from) => {
    for (const to of ['nii', 'nii.gz', 'nrrd', 'mha'] as const) {
      const back = throughPlastimatch(writers[from](dose), from, to, '--output-type', 'float');
      expectSame(readers[to](back), dose);
    }
  });

  it.each(['1 0 0 0 -1 0 0 0 -1', '0 1 0 0 0 -1 -1 0 0'])(
    'axes of a file that lie %s are put in order, and its voxels stay where they are',
    (cosines) => {
      const turn = [
        '--direction-cosines',
        cosines,
        '--origin',
        '-6.5 24 -4',
        '--spacing',
        '0.8 0.7 0.6',
        '--dim',
        '4 3 2',
      ];
      for (const to of ['nrrd', 'mha', 'nii'] as const) {
        const bytes = throughPlastimatch(writeNrrd(dose), 'nrrd', to, '--output-type', 'float', ...turn);
        const found = readers[to](bytes);
        // What lies at a voxel is what our own interpolation finds there; both in float32, places in NIfTI too.
        const wanted = resample(dose, found.grid).data;
        expect(found.data).toHaveLength(24);
        found.data.forEach((value, n) => {
          expect(Math.abs(value - wanted[n])).toBeLessThan(1e-3);
        });
      }
    },
  );

  it.each([
    ['x', [1, 0, 0], [-18.5, 20.25, -13]],
    ['y', [0, 1, 0], [-10.5, 12.75, -13]],
  ] as const)(
    'NIfTI: the qform counts where there is no sform (half a turn about %s)',
    (_axis, quaternion, originMm) => {
      const bytes = writeNifti(dose, false);
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      view.setInt16(254, 0, true);
      for (const [n, part] of quaternion.entries()) view.setFloat32(256 + 4 * n, part, true);
      const { grid: found } = readNifti('x.nii', bytes).volume;
      expect(found.size).toEqual(grid.size);
      found.originMm.forEach((mm, a) => {
        expect(mm).toBeCloseTo(originMm[a], 4);
      });
    },
  );

  it('NRRD: spaces, endianness, types and names of segments', () => {
    const header = (fields: string): Uint8Array => new TextEncoder().encode(`NRRD0005\n${fields}\n\n`);
    const samples = new Uint8Array([0, 1, 0, 2, 255, 254, 0, 4]);
    const bytes = Uint8Array.from([
      ...header(
        'type: short\ndimension: 3\nspace: right-anterior-superior\nsizes: 2 2 1\nspace directions: (2,0,0) (0,-3,0) (0,0,4)\nspace origin: (5,6,7)\nendian: big\nencoding: raw\nSegment0_Name:=Liver\nSegment0_LabelValue:=2',
      ),
      ...samples,
    ]);
    const { volume, labels: names } = readNrrd('x.nrrd', bytes);
    // RAS x runs against LPS x, RAS -y along LPS y.
    expect(volume.grid).toEqual({ size: [2, 2, 1], spacingMm: [2, 3, 4], originMm: [-7, -6, 7] });
    expect([...volume.data]).toEqual([2, 1, 4, -2]);
    expect([...names]).toEqual([[2, 'Liver']]);
  });
});

describe('what cannot be read is refused by name', () => {
  const patched = (patch: (view: DataView) => void): Uint8Array => {
    const bytes = writeNifti(dose, false);
    patch(new DataView(bytes.buffer, bytes.byteOffset));
    return bytes;
  };
  it.each([
    ['oblique', 'nifti/oblique', patched((v) => v.setFloat32(284, 0.5, true)), 'deg'],
    ['a time series', 'nifti/dimensions', patched((v) => [v.setInt16(40, 4, true), v.setInt16(48, 9, true)]), 'x 9'],
    ['complex', 'nifti/type', patched((v) => v.setInt16(70, 32, true)), 'datatype 32'],
    [
      'gigabytes',
      'nifti/size',
      patched((v) => [42, 44, 46].map((at) => v.setInt16(at, 30000, true))),
      '30000 x 30000 x 30000',
    ],
    ['cut off', 'nifti/truncated', writeNifti(dose, false).subarray(0, 400), 'x.nii'],
  ])('%s', (_name, code, bytes, part) => {
    failsWith(() => readNifti('x.nii', bytes as Uint8Array), code as string, part as string);
  });

  it('a gzip bomb takes no more than its header asks for', () => {
    // A gigabyte of zeros behind the volume, as 256 members of one stream.
    const first = gzipSync(writeNifti(dose, false));
    const zeros = gzipSync(new Uint8Array(2 ** 22));
    const packed = new Uint8Array(first.length + 256 * zeros.length);
    packed.set(first);
    for (let n = 0; n < 256; n++) packed.set(zeros, first.length + n * zeros.length);
    const before = process.memoryUsage().arrayBuffers;
    expectSame(readNifti('x.nii.gz', packed).volume, dose);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 27);
  });

  it.each(['nii', 'nii.gz', 'nrrd', 'mha'] as const)('%s: 1,000 mutations are read or refused', (form) => {
    const seed = 1000 + form.length * 7 + form.charCodeAt(1);
    console.log(`${form}: seed ${seed}`);
    const next = seededRandom(seed);
    const whole = form === 'mha' ? throughPlastimatch(writeNrrd(dose), 'nrrd', 'mha') : writers[form](dose);
    let refused = 0;
    for (let n = 0; n < 1000; n++) {
      const bytes = next() < 0.2 ? whole.slice(0, Math.floor(next() * whole.length)) : whole.slice();
      for (let change = 0; change < 1 + 4 * next() && bytes.length > 0; change++) {
        const reach = next() < 0.7 ? Math.min(400, bytes.length) : bytes.length;
        bytes[Math.floor(next() * reach)] = Math.floor(next() * 256);
      }
      try {
        readers[form](bytes);
      } catch (error) {
        expect(error, `mutation ${n} of seed ${seed}`).toBeInstanceOf(IsocenterError);
        expect((error as IsocenterError).message).toContain(`x.${form}`);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });
});
