import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync as gunzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRtDose } from '../../../../engine/formats/dicom/dose/read.ts';
import { readDicom } from '../../../../engine/formats/dicom/read.ts';
import { readRtStructureSet, structureSetOn } from '../../../../engine/formats/dicom/structures/read.ts';
import { derivedUid } from '../../../../engine/formats/dicom/uids.ts';
import { buildPhantom } from '../../../../sim/phantoms/registry.ts';
import { ownFigures } from './dose-volumes.ts';
import { exported, smoothDose } from './rt-fixture.ts';
import { python, scratch, tool, verifierErrors, writeAll } from './tools.ts';

const folder = scratch();
const patient = buildPhantom('prostate', { voxelMm: 4 });
const { grid } = patient.ct;
const files = exported(patient);
const ct = writeAll(join(folder, 'ct'), files.ct);
writeAll(folder, [files.structures, files.dose]);
const rs = join(folder, 'RS.dcm');
const rd = join(folder, 'RD.dcm');

describe('a structure set that we write', () => {
  it('comes back voxel by voxel', () => {
    const rtss = readRtStructureSet(readDicom('RS', files.structures.bytes));
    expect(rtss.frameOfReferenceUid).toBe(derivedUid('prostate', 'frame'));
    expect(rtss.seriesInstanceUid).toBe(derivedUid('prostate', 'ct'));
    expect(rtss.rois.find(({ name }) => name === 'External')?.type).toBe('EXTERNAL');
    const { structureSet, warnings } = structureSetOn(rtss, grid);
    expect(structureSet.structures).toEqual(patient.structureSet.structures);
    expect(warnings).toEqual([]);
  });

  it('has no error for dciodvfy', () => {
    expect(verifierErrors(rs)).toEqual([]);
  });

  it('has the same regions in pydicom, dcmdump and gdcm', () => {
    const program = `
import sys, json, pydicom
d = pydicom.dcmread(sys.argv[1])
print(json.dumps([[r.ROIName, len(c.ContourSequence)] for r, c in zip(d.StructureSetROISequence, d.ROIContourSequence)]))`;
    const rois = readRtStructureSet(readDicom('RS', files.structures.bytes)).rois;
    expect(JSON.parse(python(program, rs))).toEqual(rois.map(({ name, contours }) => [name, contours.length]));
    expect(tool('dcmdump', '+P', 'StructureSetLabel', rs)).toContain('test');
    expect(tool('gdcmdump', rs)).toContain('External');
  });

  it('covers the same voxels for plastimatch', () => {
    const prefix = join(folder, 'masks');
    tool(
      'plastimatch',
      'convert',
      '--input',
      rs,
      '--referenced-ct',
      ct,
      '--output-prefix',
      prefix,
      '--prefix-format',
      'nrrd',
    );
    for (const { name, voxels } of patient.structureSet.structures) {
      const bytes = readFileSync(join(prefix, `${name}.nrrd`));
      const start = bytes.indexOf('\n\n') + 2;
      const header = bytes.subarray(0, start).toString('latin1');
      expect(header).toContain(`sizes: ${grid.size.join(' ')}`);
      const mask =
        /encoding: (raw|gzip)/.exec(header)?.[1] === 'gzip' ? gunzip(bytes.subarray(start)) : bytes.subarray(start);
      let common = 0;
      for (const voxel of voxels) common += mask[voxel] > 0 ? 1 : 0;
      const total = mask.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
      // It asks whether the centre of a pixel lies inside, and lines run halfway between centres.
      expect((2 * common) / (voxels.length + total), name).toBeGreaterThan(0.999);
    }
  });
});

describe('a dose that we write', () => {
  it.each([16, 32] as const)('of %d bits comes back', async (bits) => {
    const dose = await readRtDose(readDicom('RD', exported(patient, bits).dose.bytes));
    expect(dose.volume.grid).toEqual(grid);
    expect(dose.structureSetUid).toBe(files.structures.sopInstanceUid);
    expect(dose.summationType).toBe('PLAN');
    const { data } = smoothDose(patient);
    // Half a level of 16 bits; of 32 bits half a float32 of the largest dose.
    const slack = bits === 16 ? 70 / 65535 : 70 * 2 ** -24;
    for (let v = 0; v < data.length; v += 7) expect(Math.abs(dose.volume.data[v] - data[v])).toBeLessThanOrEqual(slack);
  });

  it('has no error for dciodvfy', () => {
    expect(verifierErrors(rd)).toEqual([]);
  });

  it('has the same values for pydicom and plastimatch', () => {
    const program = `
import sys, json, pydicom
d = pydicom.dcmread(sys.argv[1])
a = d.pixel_array * float(d.DoseGridScaling)
print(json.dumps({"shape": a.shape, "max": float(a.max()), "sum": float(a.sum()), "pointer": hex(d.FrameIncrementPointer)}))`;
    const { data } = smoothDose(patient);
    const found = JSON.parse(python(program, rd));
    expect(found.shape).toEqual([grid.size[2], grid.size[1], grid.size[0]]);
    expect(found.pointer).toBe('0x3004000c');
    expect(found.max).toBeCloseTo(
      data.reduce((a, b) => Math.max(a, b), 0),
      5,
    );
    expect(found.sum / data.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    const out = join(folder, 'dose.nrrd');
    tool('plastimatch', 'convert', '--input-dose-img', rd, '--output-dose-img', out);
    const bytes = readFileSync(out);
    expect(bytes.subarray(0, bytes.indexOf('\n\n')).toString('latin1')).toContain(
      `space origin: (${grid.originMm.join(',')})`,
    );
  });
});

it('dicompyler-core finds the same doses in structures above 5 cc', () => {
  const script = join(import.meta.dirname, 'dvh.py');
  const found = JSON.parse(execFileSync('/usr/bin/python3', ['-W', 'ignore', script, rs, rd], { encoding: 'utf8' }));
  let compared = 0;
  for (const { name, voxels } of patient.structureSet.structures) {
    if ((voxels.length * 64) / 1000 < 5) continue;
    const ours = ownFigures(voxels, smoothDose(patient));
    for (const [metric, gy] of Object.entries(ours)) {
      // 0.5 % of 70 Gy. It bins by 0.01 Gy and counts pixel centres, as we do.
      expect(Math.abs(found[name][metric] - gy), `${metric} of ${name}`).toBeLessThan(0.35);
    }
    compared++;
  }
  expect(compared).toBeGreaterThan(3);
});
