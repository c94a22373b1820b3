import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import type { Grid } from '../../engine/core/grid.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/** Points of one task. */
export const DEPTH_CHUNK = 1024;
/**
 * Floats of one row of the beam table: source x, y, z [mm] and SAD [mm]; then, each followed by one unused float, the unit
 * vectors of the beam axis (away from the source), of the x and of the y axis of the isocentre plane.
 */
export const DEPTH_BEAM_STRIDE = 16;

/**
 * For each beam and point: where the ray from the source meets the isocentre plane, how much water it crosses up to the
 * point, and the inverse-square factor (SAD / z)^2, with z measured along the beam axis (0 behind the source).
 *
 * @param b.density f32[nx * ny * nz]: relative electron density on `grid`, air outside it counts nothing
 * @param b.positions f32[points][4]: x, y, z [mm] in the grid's frame and one unused float
 * @param b.beamTable f32[beams][16], see {@link DEPTH_BEAM_STRIDE}
 * @param b.geometry f32[beams][points][4]: x [mm], y [mm], water-equivalent depth [mm], (SAD / z)^2
 */
export function prepareRadiologicalDepth(
  device: Device,
  s: { readonly beams: number; readonly points: number; readonly grid: Grid },
  b: { density: DeviceBuffer; positions: DeviceBuffer; beamTable: DeviceBuffer; geometry: DeviceBuffer },
): Launch {
  const { size, spacingMm, originMm } = s.grid;
  const tasks = s.beams * Math.ceil(s.points / DEPTH_CHUNK);
  const beams = device.kind === 'wasm' ? [] : [['u32', s.beams] as const];
  return device.prepare({
    kernel: 'radiological-depth',
    entry: 'radiologicalDepth',
    params: [
      ['u32', s.points],
      ['u32', DEPTH_CHUNK],
      ['u32', size[0]],
      ['u32', size[1]],
      ['u32', size[2]],
      ['f32', originMm[0] - spacingMm[0] / 2],
      ['f32', originMm[1] - spacingMm[1] / 2],
      ['f32', originMm[2] - spacingMm[2] / 2],
      ['f32', spacingMm[0]],
      ['f32', spacingMm[1]],
      ['f32', spacingMm[2]],
      ...beams,
    ],
    buffers: [b.density, b.positions, b.beamTable, b.geometry],
    tasks,
    workgroups: workgroupsFor(Math.ceil((s.beams * s.points) / 64)),
  });
}
