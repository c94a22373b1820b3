import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Volume } from '../../../../engine/core/grid.ts';
import type { Patient } from '../../../../engine/core/patient.ts';
import { readRtDose } from '../../../../engine/formats/dicom/dose/read.ts';
import { doseFiles, imageFiles, newContext } from '../../../../engine/formats/dicom/objects.ts';
import { readDicom } from '../../../../engine/formats/dicom/read.ts';
import type { Contour } from '../../../../engine/formats/dicom/structures/contour.ts';
import { readRtStructureSet, structureSetOn } from '../../../../engine/formats/dicom/structures/read.ts';
import { doseAtVolumePercent, meanDose, sortDoses } from '../../../../planners/radiation/evaluation/dose-volume.ts';
import { tool, writeAll } from './tools.ts';

/** Doses of one structure [Gy]. */
export interface Figures {
  readonly mean: number;
  readonly D98: number;
  readonly D50: number;
  readonly D2: number;
}

export const metrics = ['mean', 'D98', 'D50', 'D2'] as const;

/** A patient with a dose, as files in a folder: ct/, RS.dcm, RD.dcm. */
export function writeStudy(folder: string, patient: Patient, volume: Volume): string {
  const context = newContext(patient, '0');
  const images = imageFiles(patient, context);
  const dose = doseFiles([{ name: 'RD.dcm', volume, summationType: 'PLAN', comment: 'dose' }], context, 'peers');
  writeAll(folder, [...images.filter(({ name }) => name === 'RS.dcm'), ...dose]);
  writeAll(
    join(folder, 'ct'),
    images.filter(({ name }) => name !== 'RS.dcm'),
  );
  return folder;
}

/** What isocenter reads in a folder of {@link writeStudy}. */
export async function readStudy(folder: string) {
  const rtss = readRtStructureSet(readDicom('RS.dcm', readFileSync(join(folder, 'RS.dcm'))));
  const { volume } = await readRtDose(readDicom('RD.dcm', readFileSync(join(folder, 'RD.dcm'))));
  const { structureSet, warnings } = structureSetOn(rtss, volume.grid);
  return { rois: rtss.rois, dose: volume, structureSet, warnings };
}

/** Our convention: the dose at the centre of every voxel of which at least half is covered, read off the curve. */
export function ownFigures(voxels: Uint32Array, { data }: Volume): Figures {
  const doses = sortDoses(Float32Array.from(voxels, (voxel) => data[voxel]));
  const at = (percent: number): number => doseAtVolumePercent(doses, percent, 'curve');
  return { mean: meanDose(doses), D98: at(98), D50: at(50), D2: at(2) };
}

/** By dicompyler-core, for each structure that it finds a volume of. */
export function dicompylerFigures(script: string, folder: string): Map<string, Figures> {
  const files = [join(folder, 'RS.dcm'), join(folder, 'RD.dcm')];
  return new Map(Object.entries(JSON.parse(tool('/usr/bin/python3', '-W', 'ignore', script, ...files))));
}

/** Of plastimatch's histogram [Gy]; its bins are centred on whole multiples. */
const BIN_GY = 0.02;

/** By `plastimatch dvh`. */
export function plastimatchFigures(folder: string, mostGy: number): Map<string, Figures> {
  const [image, list, csv] = ['ss.nrrd', 'ss.txt', 'dvh.csv'].map((name) => join(folder, name));
  const from = ['--input', join(folder, 'RS.dcm'), '--referenced-ct', join(folder, 'ct')];
  tool('plastimatch', 'convert', ...from, '--output-ss-img', image, '--output-ss-list', list);
  const bins = ['--bin-width', String(BIN_GY), '--num-bins', String(Math.ceil(mostGy / BIN_GY) + 2)];
  const of = ['--input-ss-img', image, '--input-ss-list', list, '--input-dose', join(folder, 'RD.dcm')];
  tool('plastimatch', 'dvh', ...of, ...bins, '--output-csv', csv);
  const [head, ...lines] = readFileSync(csv, 'utf8').trim().split('\n');
  const table = lines.map((line) => line.split(',').map(Number));
  const names = head.split(',').slice(1);
  return new Map(names.map((name, n) => [name, ofCurve(Float64Array.from(table, (row) => row[n + 1]))]));
}

/** Figures of a cumulative curve; `share[b]` of the volume has at least (b - 1/2) bins. */
function ofCurve(share: Float64Array): Figures {
  const at = (part: number): number => {
    let b = 0;
    while (b + 1 < share.length && share[b + 1] >= part) b++;
    const fall = share[b] - (share[b + 1] ?? 0);
    return Math.max(0, (b - 0.5 + (fall > 0 ? (share[b] - part) / fall : 0)) * BIN_GY);
  };
  const mean = share.subarray(1).reduce((a, b) => a + b, 0) * BIN_GY;
  return { mean, D98: at(0.98), D50: at(0.5), D2: at(0.02) };
}

/** Voxels of a structure by `plastimatch convert`, which asks whether centres lie inside. */
export function plastimatchMasks(folder: string): (name: string) => Uint8Array {
  const prefix = join(folder, 'masks');
  const from = ['--input', join(folder, 'RS.dcm'), '--referenced-ct', join(folder, 'ct')];
  tool('plastimatch', 'convert', ...from, '--output-prefix', prefix, '--prefix-format', 'nrrd');
  return (name) => {
    const bytes = readFileSync(join(prefix, `${name}.nrrd`));
    const start = bytes.indexOf('\n\n') + 2;
    const isPacked = /encoding: gzip/.test(bytes.subarray(0, start).toString('latin1'));
    return isPacked ? gunzipSync(bytes.subarray(start)) : bytes.subarray(start);
  };
}

/**
 * Brute force, which decides where tools differ: points in every voxel, inside or not by the polygons themselves (even-odd), each plane
 * reaching half a slice up and down. D_x% is the largest dose that at least x percent of the points have. Shares no code with the reader.
 *
 * @param points along each axis of a voxel; 1 is its centre, as in our convention and that of the tools
 * @param between how the dose runs between the centres of voxels: not at all, so that every point has the dose of its voxel, again as in
 *     our convention and that of the tools; or trilinear, which is another quantity
 */
export function pointFigures(
  contours: readonly Contour[],
  volume: Volume,
  points = 1,
  between: 'voxel' | 'trilinear' = 'voxel',
): Figures {
  const { grid, data } = volume;
  const { size, spacingMm, originMm } = grid;
  const doses: number[] = [];
  const planes = new Map<number, Contour[]>();
  for (const contour of contours) {
    const k = Math.round((contour.zMm - originMm[2]) / spacingMm[2]);
    planes.set(k, [...(planes.get(k) ?? []), contour]);
  }
  for (const [k, polygons] of planes) {
    for (let line = 0; line < size[1] * points; line++) {
      const y = (line + 0.5) / points - 0.5;
      const xs = crossingsAt(polygons, originMm[1] + y * spacingMm[1]).map((x) => (x - originMm[0]) / spacingMm[0]);
      for (let n = 0; n + 1 < xs.length; n += 2) {
        const first = Math.ceil((xs[n] + 0.5) * points - 0.5);
        for (let point = first; (point + 0.5) / points - 0.5 < xs[n + 1]; point++) {
          const x = (point + 0.5) / points - 0.5;
          for (let layer = 0; layer < points; layer++) {
            const z = k + (layer + 0.5) / points - 0.5;
            if (between === 'trilinear') doses.push(trilinear(data, size, x, y, z));
            else doses.push(data[Math.round(x) + size[0] * (Math.round(y) + size[1] * k)]);
          }
        }
      }
    }
  }
  return ofPoints(Float64Array.from(doses).sort().reverse());
}

function crossingsAt(polygons: readonly Contour[], yMm: number): number[] {
  const xs: number[] = [];
  for (const { points } of polygons) {
    for (let n = 0, m = points.length - 2; n < points.length; m = n, n += 2) {
      const [xa, ya, xb, yb] = [points[m], points[m + 1], points[n], points[n + 1]];
      if (ya > yMm !== yb > yMm) xs.push(xa + ((yMm - ya) / (yb - ya)) * (xb - xa));
    }
  }
  return xs.sort((a, b) => a - b);
}

function trilinear(data: Float32Array, size: readonly number[], ...at: readonly number[]): number {
  const low: number[] = [];
  const part: number[] = [];
  for (let a = 0; a < 3; a++) {
    const inside = Math.min(size[a] - 1, Math.max(0, at[a]));
    low[a] = Math.max(0, Math.min(size[a] - 2, Math.floor(inside)));
    part[a] = inside - low[a];
  }
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [i, j, k] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = (i ? part[0] : 1 - part[0]) * (j ? part[1] : 1 - part[1]) * (k ? part[2] : 1 - part[2]);
    if (weight > 0) sum += weight * data[low[0] + i + size[0] * (low[1] + j + size[1] * (low[2] + k))];
  }
  return sum;
}

/** Of the doses of points, hottest first. */
function ofPoints(doses: Float64Array): Figures {
  const at = (percent: number): number => doses[Math.ceil((percent * doses.length) / 100) - 1];
  return { mean: doses.reduce((a, b) => a + b, 0) / doses.length, D98: at(98), D50: at(50), D2: at(2) };
}

/** Figures of one structure by everybody. */
export interface Compared {
  readonly own: Figures;
  readonly dicompyler: Figures;
  readonly plastimatch: Figures;
  /** See {@link pointFigures}: dose of voxels. */
  readonly reference: Figures;
}

/**
 * How far one of our figures is from what it should be [Gy]: from the tool farther away where the tools agree to within `limitGy`, else from
 * the reference.
 */
export function misses(of: Compared, metric: (typeof metrics)[number], limitGy: number) {
  const own = of.own[metric];
  const tools = [of.dicompyler[metric], of.plastimatch[metric]];
  const apartGy = Math.abs(tools[0] - tools[1]);
  const judge = apartGy <= limitGy ? 'tools' : 'reference';
  const wanted = judge === 'tools' ? tools : [of.reference[metric]];
  return { judge, apartGy, gy: Math.max(...wanted.map((gy) => Math.abs(own - gy))) };
}

/** 2 |a and b| / (|a| + |b|); 1 where both are empty. */
export function dice(a: Uint32Array, b: Uint32Array): number {
  const other = new Set(b);
  let common = 0;
  for (const voxel of a) if (other.has(voxel)) common++;
  return a.length + b.length === 0 ? 1 : (2 * common) / (a.length + b.length);
}
