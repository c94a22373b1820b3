import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from '../engine/compute/device.ts';
import { type Grid, type Vec3, type Volume, voxelCount } from '../engine/core/grid.ts';
import { resample } from '../engine/core/resample.ts';
import { readNrrd, writeNrrd } from '../engine/formats/volumes/nrrd.ts';
import { equispacedAngles } from '../planners/radiation/beams/beam.ts';
import { planPatient } from '../planners/radiation/planning/plan.ts';
import { buildPhantom } from '../sim/phantoms/registry.ts';
import { standardRequest } from './cases.ts';

/** Two doses that are compared. */
export interface DosePair {
  readonly name: string;
  readonly reference: Volume;
  readonly evaluated: Volume;
}

/** Five crossing fields of 60 Gy with a penumbra, shifted along x and scaled; `ripple` as of modulated beams. */
export function fieldsDose(grid: Grid, shiftMm: number, scale: number, ripple = 0.15): Volume {
  const edge = (r: number, half: number): number => 1 / (1 + Math.exp((r - half) / 3));
  const [nx, ny] = grid.size;
  const data = Float32Array.from({ length: voxelCount(grid) }, (_, n) => {
    const [x, y, z] = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))].map(
      (i, a) => grid.originMm[a] + i * grid.spacingMm[a] - (a === 0 ? shiftMm : 0),
    );
    let dose = 0;
    for (let beam = 0; beam < 5; beam++) {
      const angle = (beam * 2 * Math.PI) / 5;
      const across = x * Math.cos(angle) + y * Math.sin(angle);
      const along = y * Math.cos(angle) - x * Math.sin(angle);
      const modulated = 1 + ripple * Math.sin(across / 7) * Math.sin(z / 6);
      dose += 12 * Math.exp(-0.004 * along) * edge(Math.abs(across), 40) * edge(Math.abs(z), 50) * modulated;
    }
    return scale * dose;
  });
  return { grid, data, unit: 'Gy' };
}

export function cube(side: number, spacingMm: number): Grid {
  const half = (-(side - 1) / 2) * spacingMm;
  return { size: [side, side, side], spacingMm: [spacingMm, spacingMm, spacingMm], originMm: [half, half, half] };
}

/**
 * The planned dose of a phantom on 2 mm around its middle, and the same moved, scaled, and with a slope across: what an error of
 * set-up and of output does.
 */
export async function plannedPair(device: Device, phantom: string, protocol: string, size: Vec3): Promise<DosePair> {
  const request = standardRequest(buildPhantom(phantom), protocol, {
    angles: equispacedAngles(5),
    bixelMm: 10,
    doseGridMm: 2,
    optimizer: { maxIterations: 5 },
  });
  const { patient, fluence } = await planPatient(device, request);
  const { grid } = patient.structureSet;
  const data = new Float32Array(voxelCount(grid));
  patient.doseVoxels.forEach((voxel, n) => {
    data[voxel] = fluence.dose[n];
  });
  const whole = { grid, data, unit: 'Gy' };
  const crop = (shift: Vec3): Grid => ({
    size,
    spacingMm: [2, 2, 2],
    originMm: [0, 1, 2].map(
      (a) => grid.originMm[a] + 2 * Math.floor((grid.size[a] - size[a]) / 2) + shift[a],
    ) as unknown as Vec3,
  });
  const moved = resample(whole, crop([2.2, -1.5, 1])).data;
  const evaluated = moved.map((dose, n) => dose * (1.015 + 0.0006 * ((n % size[0]) - size[0] / 2)));
  return {
    name: phantom,
    reference: resample(whole, crop([0, 0, 0])),
    evaluated: { grid: crop([0, 0, 0]), data: evaluated, unit: 'Gy' },
  };
}

/** Gamma by `plastimatch gamma --interp-search` of the same criteria: its map, its share that passes, and its time with reading [ms]. */
export function plastimatchGamma(
  { reference, evaluated }: DosePair,
  { dosePercent, distanceMm, thresholdPercent }: Record<'dosePercent' | 'distanceMm' | 'thresholdPercent', number>,
): { readonly gamma: Float32Array; readonly passPercent: number; readonly ms: number } {
  const folder = mkdtempSync(join(tmpdir(), 'isocenter-gamma-'));
  try {
    const [ref, evl, out] = ['reference', 'evaluated', 'gamma'].map((name) => join(folder, `${name}.nrrd`));
    writeFileSync(ref, writeNrrd(reference));
    writeFileSync(evl, writeNrrd(evaluated));
    const criteria = [
      ['--dose-tolerance', dosePercent / 100],
      ['--dta-tolerance', distanceMm],
      ['--analysis-threshold', thresholdPercent / 100],
    ].flat();
    const options = ['--interp-search', '--ref-only-threshold', ...criteria.map(String), '--output', out];
    const began = performance.now();
    const text = execFileSync('plastimatch', ['gamma', ...options, ref, evl], { encoding: 'utf8' });
    const ms = performance.now() - began;
    const passPercent = Number(/Pass rate = ([\d.]+) %/.exec(text)?.[1]);
    return { gamma: readNrrd(out, readFileSync(out)).volume.data, passPercent, ms };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
