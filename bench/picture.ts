import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { contours } from 'd3-contour';
import { type Volume, voxelIndex } from '../engine/core/grid.ts';
import { openDevice } from '../kernels/device.ts';
import { sortDoses } from '../planners/radiation/evaluation/dose-volume.ts';
import { cumulativeDvh } from '../planners/radiation/evaluation/dvh.ts';
import { type Plan, planPatient } from '../planners/radiation/planning/plan.ts';
import { buildPhantom } from '../sim/phantoms/registry.ts';
import { standardRequest } from './cases.ts';

/**
 * `npm run picture`: plans the TG-119 C-shape and draws docs/images/plan.svg: the middle slice with dose wash and isodose
 * lines, and the dose-volume histogram.
 */
const LEVELS_GY = [10, 20, 30, 40, 47.5, 50, 52.5];
const COLOURS = ['#3b4cc0', '#5d8bef', '#8fb9f9', '#dddcdc', '#f3a481', '#e0654f', '#b40426'];
const SLICE_PX = 420;
const MOST_GY = 56;

async function main(): Promise<void> {
  const patient = buildPhantom('tg119-cshape', { voxelMm: 2.5 });
  const device = await openDevice({ prefer: 'wasm' });
  const plan = await planPatient(device, standardRequest(patient, 'tg119-cshape'));
  await device.close();
  const { grid } = plan.patient.structureSet;
  const dose = new Float32Array(patient.ct.data.length);
  plan.patient.doseVoxels.forEach((voxel, i) => {
    dose[voxel] = plan.fluence.dose[i];
  });
  const k = Math.round((plan.beams[0].isocenterMm[2] - grid.originMm[2]) / grid.spacingMm[2]);
  const [nx, ny] = grid.size;
  const scale = SLICE_PX / nx;
  const height = Math.round(ny * scale);
  const slice = (volume: ArrayLike<number>): Float32Array =>
    Float32Array.from({ length: nx * ny }, (_, i) => volume[voxelIndex(grid, i % nx, Math.floor(i / nx), k)]);
  const doseSlice = slice(dose);
  const parts = [
    `<image width="${nx}" height="${ny}" transform="scale(${scale})" style="image-rendering:auto" href="data:image/png;base64,${wash(patient.ct, slice, doseSlice, nx, ny)}"/>`,
    ...lines(doseSlice, nx, ny, scale),
    ...['PTV', 'Core', 'External'].map((name) => outline(plan, name, slice, nx, ny, scale)),
    ...LEVELS_GY.map((gy, i) => {
      // Above and below the body, which leaves the corners free.
      const y = i < 4 ? height - 8 - 14 * i : 16 + 14 * (LEVELS_GY.length - 1 - i);
      return `<text x="6" y="${y}" font-size="11" fill="${COLOURS[i]}">${gy} Gy</text>`;
    }),
    `<g transform="translate(${SLICE_PX + 60}, 20)">${histogram(plan, dose, height - 70)}</g>`,
  ];
  const width = SLICE_PX + 60 + 400;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
<title>TG-119 C-shape, nine beams: isodose lines in the middle slice and dose-volume histogram</title>
<rect width="${width}" height="${height}" fill="#111418"/>
${parts.join('\n')}
</svg>
`;
  const folder = join(import.meta.dirname, '..', '..', 'docs', 'images');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'plan.svg'), svg);
  console.log(`written: docs/images/plan.svg (${plan.fluence.iteration} iterations)`);
}

function colourOf(gy: number): [number, number, number] {
  let i = 0;
  while (i < LEVELS_GY.length - 1 && LEVELS_GY[i + 1] <= gy) i++;
  const hex = COLOURS[i];
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
}

/** CT in grey with the dose above the lowest level in colour, as a PNG in base64. */
function wash(
  ct: Volume,
  slice: (v: ArrayLike<number>) => Float32Array,
  dose: Float32Array,
  nx: number,
  ny: number,
): string {
  const hu = slice(ct.data);
  const rows = Buffer.alloc(ny * (1 + 3 * nx));
  for (let i = 0; i < nx * ny; i++) {
    const grey = Math.min(255, Math.max(17, 90 + hu[i] * 0.08));
    const share = dose[i] < LEVELS_GY[0] ? 0 : 0.45;
    const colour = colourOf(dose[i]);
    const at = Math.floor(i / nx) * (1 + 3 * nx) + 1 + 3 * (i % nx);
    for (let c = 0; c < 3; c++) rows[at + c] = Math.round((1 - share) * grey + share * colour[c]);
  }
  return png(nx, ny, rows).toString('base64');
}

function png(width: number, height: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function path(rings: number[][][][], scale: number): string {
  const ring = (points: number[][]): string =>
    `M${points.map(([x, y]) => `${(x * scale).toFixed(1)},${(y * scale).toFixed(1)}`).join('L')}Z`;
  return rings.flatMap((polygon) => polygon.map(ring)).join('');
}

function lines(dose: Float32Array, nx: number, ny: number, scale: number): string[] {
  const levels = contours().size([nx, ny]).thresholds(LEVELS_GY)(Array.from(dose));
  return levels.map(
    (level, i) => `<path d="${path(level.coordinates, scale)}" fill="none" stroke="${COLOURS[i]}" stroke-width="1.2"/>`,
  );
}

function outline(
  plan: Plan,
  name: string,
  slice: (v: ArrayLike<number>) => Float32Array,
  nx: number,
  ny: number,
  scale: number,
): string {
  const { grid, structures } = plan.patient.structureSet;
  const member = new Float32Array(grid.size[0] * grid.size[1] * grid.size[2]);
  for (const voxel of structures.find((s) => s.name === name)?.voxels ?? []) member[voxel] = 1;
  const [level] = contours().size([nx, ny]).thresholds([0.5])(Array.from(slice(member)));
  const dash = name === 'External' ? '' : ' stroke-dasharray="5 3"';
  return `<path d="${path(level.coordinates, scale)}" fill="none" stroke="#ffffff" stroke-width="1.4"${dash}/>`;
}

function histogram(plan: Plan, dose: Float32Array, height: number): string {
  const width = 370;
  const x = (gy: number): number => (gy / MOST_GY) * width;
  const curves = ['PTV', 'Core'].map((name, i) => {
    const voxels = plan.patient.structureSet.structures.find((s) => s.name === name)?.voxels ?? new Uint32Array(0);
    const dvh = cumulativeDvh(sortDoses(Float32Array.from(voxels, (v) => dose[v])), 0.1);
    const points = Array.from(
      dvh.doseGy,
      (gy, j) => `${x(gy).toFixed(1)},${(height * (1 - dvh.volumePercent[j] / 100)).toFixed(1)}`,
    );
    const colour = ['#e0654f', '#8fb9f9'][i];
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/><text x="${[x(40), x(20)][i]}" y="${[18, 90][i]}" fill="${colour}">${name}</text>`;
  });
  const ticks = [0, 10, 20, 30, 40, 50].map(
    (gy) => `<text x="${x(gy)}" y="${height + 18}" fill="#c9d1d9" text-anchor="middle">${gy}</text>`,
  );
  const percents = [0, 25, 50, 75, 100].map(
    (p) =>
      `<text x="-8" y="${height * (1 - p / 100) + 4}" fill="#c9d1d9" text-anchor="end">${p}</text><line x1="0" x2="${width}" y1="${height * (1 - p / 100)}" y2="${height * (1 - p / 100)}" stroke="#30363d"/>`,
  );
  return `${percents.join('')}${ticks.join('')}<text x="${width / 2}" y="${height + 38}" fill="#c9d1d9" text-anchor="middle">dose [Gy]; volume [%]</text>${curves.join('')}`;
}

await main();
process.exit(0);
