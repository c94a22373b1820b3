import { gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type Grid, type Volume, voxelCentreMm, voxelCount } from '../../../engine/core/grid.ts';
import { maskOf, structuresOf } from '../../../engine/formats/volumes/labels.ts';
import { readNifti, writeNifti } from '../../../engine/formats/volumes/nifti.ts';
import { readNrrd } from '../../../engine/formats/volumes/nrrd.ts';
import { failsWith } from '../../support/errors.ts';

const grid: Grid = { size: [7, 5, 4], spacingMm: [1.5, 2, 3], originMm: [-10.5, 22, -7] };

function volumeOf(value: (x: number, y: number, z: number) => number, on = grid): Volume {
  const data = new Float32Array(voxelCount(on));
  const p = [0, 0, 0];
  for (let v = 0; v < data.length; v++) {
    voxelCentreMm(on, v, p);
    data[v] = value(p[0], p[1], p[2]);
  }
  return { grid: on, data, unit: '' };
}

const floats = volumeOf((x, y, z) => 0.1 * x - 0.37 * y + 0.01 * z);
const whole = volumeOf((x, y, z) => Math.round(2 * x - 7 * y + z));
const mask = volumeOf((x) => (x > -6 ? 1 : 0));

describe('NRRD', () => {
  const header = (more: string, sizes = '2 2 2') =>
    `NRRD0005\n# a comment\ntype: uint8\ndimension: 3\nsizes: ${sizes}\nencoding: raw\n${more}\n\n`;
  const file = (more: string, sizes?: string) =>
    Uint8Array.from([...new TextEncoder().encode(header(more, sizes)), 1, 2, 3, 4, 5, 6, 7, 8]);

  it('in RAS, flipped and turned comes back to the axes of the patient', () => {
    const text = 'space: right-anterior-superior\nspace directions: (0,2,0) (0,0,-3) (1,0,0)\nspace origin: (10,20,30)';
    const { volume } = readNrrd('r', file(text));
    // In LPS: the first axis runs to -y, the second to -z, the third to -x.
    expect(volume.grid).toEqual({ size: [2, 2, 2], spacingMm: [1, 2, 3], originMm: [-11, -22, 27] });
    expect([...volume.data]).toEqual([8, 4, 7, 3, 6, 2, 5, 1]);
  });

  it('of a segmentation has names for its labels', () => {
    const text = 'space: LPS\nSegment0_Name:=Cord\nSegment0_LabelValue:=2\nSegment1_Name:=PTV\nSegment1_LabelValue:=5';
    const { labels, volume } = readNrrd('s', file(text));
    const { structures } = structuresOf(volume, 'seg', labels);
    expect(structures.filter(({ name }) => /^[CP]/.test(name))).toEqual([
      { name: 'Cord', voxels: Uint32Array.of(1) },
      { name: 'PTV', voxels: Uint32Array.of(4) },
    ]);
    expect(structures[0].name).toBe('seg 1');
  });

  it.each([
    ['space: scanner-xyz', undefined, 'nrrd/space'],
    ['space: LPS\nspace directions: (1,0.5,0) (-0.5,1,0) (0,0,1)', undefined, 'nrrd/oblique'],
    ['space: LPS\nspace directions: (1,0,0) (2,0,0) (0,0,1)', undefined, 'nrrd/orientation'],
    ['space: LPS\ndata file: other.raw', undefined, 'nrrd/detached'],
    ['space: LPS', '2 2 99', 'nrrd/truncated'],
    ['space: LPS', '99999 99999 9999', 'nrrd/size'],
    ['space: LPS', '2 x 2', 'nrrd/header'],
    ['space: LPS', '2 2 2 2', 'nrrd/dimensions'],
  ])('with %j and sizes %s is refused', (more, sizes, code) => {
    failsWith(() => readNrrd('bad.nrrd', file(more, sizes)), code, 'bad.nrrd');
  });
});

describe('NIfTI', () => {
  const edited = (edit: (view: DataView) => void): Uint8Array => {
    const bytes = writeNifti(whole, false);
    edit(new DataView(bytes.buffer));
    return bytes;
  };

  it('is placed by its sform first, then by its qform, else not at all', () => {
    const sform = readNifti(
      's',
      edited((v) => v.setInt16(252, 0, true)),
    ).volume;
    const qform = readNifti(
      'q',
      edited((v) => v.setInt16(254, 0, true)),
    ).volume;
    expect(sform.grid.originMm).toEqual(grid.originMm);
    expect(qform.grid.originMm).toEqual(grid.originMm);
    expect(qform.data).toEqual(whole.data);
    // Both, and the qform's code is the larger one: the sform still counts.
    const both = readNifti(
      'b',
      edited((v) => {
        v.setInt16(252, 4, true);
        v.setFloat32(268, 99, true);
      }),
    ).volume;
    expect(both.grid.originMm).toEqual(grid.originMm);
    const neither = readNifti(
      'n',
      edited((v) => {
        v.setInt16(252, 0, true);
        v.setInt16(254, 0, true);
      }),
    );
    expect(neither.warnings.join()).toMatch(/does not say where/);
  });

  it('is scaled by its slope', () => {
    const { volume } = readNifti(
      's',
      edited((v) => {
        v.setFloat32(112, 0.5, true);
        v.setFloat32(116, 10, true);
      }),
    );
    expect(volume.data[3]).toBeCloseTo(0.5 * whole.data[3] + 10, 5);
  });

  it.each([
    ['nifti/dimensions', (v: DataView) => [v.setInt16(40, 4, true), v.setInt16(48, 3, true)]],
    ['nifti/type', (v: DataView) => v.setInt16(70, 128, true)],
    ['nifti/size', (v: DataView) => v.setInt16(42, 0, true)],
    ['nifti/truncated', (v: DataView) => v.setInt16(46, 400, true)],
    ['nifti/oblique', (v: DataView) => v.setFloat32(284, 0.4, true)],
  ])('%s names the file', (code, edit) => {
    failsWith(() => readNifti('bad.nii', edited(edit)), code, 'bad.nii');
  });

  it('is unpacked only as far as its header says', () => {
    const bomb = new Uint8Array(2e6);
    bomb.set(writeNifti(whole, false));
    expect(readNifti('bomb.nii.gz', gzipSync(bomb)).volume.data).toEqual(whole.data);
  });
});

it('masks are structures, and structures masks', () => {
  const { structures } = structuresOf(mask, 'Cord');
  expect(structures.map(({ name }) => name)).toEqual(['Cord']);
  expect(maskOf(grid, structures[0].voxels).data).toEqual(mask.data);
  expect(structuresOf(floats, 'Odd').warnings.join()).toMatch(/Odd: \d+ voxels hold no label/);
});
