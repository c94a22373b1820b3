import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/** Voxels of one task: enough that a beam's maps are read from cache, few enough to share among threads. */
export const DOSE_CHUNK = 4096;

/** How dose is read from the maps; forward and adjoint share it, so that one is the transpose of the other. */
export interface PhotonDoseShape {
  readonly beams: number;
  readonly voxels: number;
  /** Fine maps: cubic B-spline coefficients, [beams][fineRows][fineStride]. */
  readonly fineStride: number;
  readonly fineRows: number;
  readonly finePitchMm: number;
  /** Coarse maps: bilinear and periodic, [beams][coarseSize][coarseSize][4]; a power of two. */
  readonly coarseSize: number;
  readonly coarsePitchMm: number;
  /** Depth components, [depthRows][4], linear between rows and clamped outside. */
  readonly depthRows: number;
  readonly depthStepMm: number;
}

/** Floats of one row of the beam table: fine x, y and coarse x, y of node (0, 0) [mm], then the four narrow coefficients. */
export const BEAM_TABLE_STRIDE = 8;

export function photonDoseParams(s: PhotonDoseShape, third: number): readonly (readonly ['u32' | 'f32', number])[] {
  return [
    ['u32', s.beams],
    ['u32', s.voxels],
    ['u32', third],
    ['u32', s.fineStride],
    ['u32', s.fineRows],
    ['u32', s.coarseSize],
    ['u32', s.depthRows],
    ['f32', 1 / s.finePitchMm],
    ['f32', 1 / s.coarsePitchMm],
    ['f32', 1 / s.depthStepMm],
  ];
}

/**
 * dose[v] = sum over beams of q * sum over i of A_i(d) * (coarse_i(x, y) + narrow_i * fine(x, y)).
 *
 * @param b.geometry f32[beams][voxels][4]: x, y at the isocentre plane [mm], radiological depth d [mm], q = (SAD / z)^2
 * @param b.beamTable f32[beams][8], see {@link BEAM_TABLE_STRIDE}
 * @param b.depthTable f32[depthRows][4]
 * @param b.fine f32[beams][fineRows][fineStride]
 * @param b.coarse f32[beams][coarseSize][coarseSize][4]
 * @param b.dose f32[voxels] Gy, overwritten
 */
export function preparePhotonDoseForward(
  device: Device,
  s: PhotonDoseShape,
  b: {
    geometry: DeviceBuffer;
    beamTable: DeviceBuffer;
    depthTable: DeviceBuffer;
    fine: DeviceBuffer;
    coarse: DeviceBuffer;
    dose: DeviceBuffer;
  },
): Launch {
  const tasks = Math.ceil(s.voxels / DOSE_CHUNK);
  return device.prepare({
    kernel: 'photon-dose-forward',
    entry: 'photonDoseForward',
    params: photonDoseParams(s, DOSE_CHUNK),
    buffers: [b.geometry, b.beamTable, b.depthTable, b.fine, b.coarse, b.dose],
    tasks,
    workgroups: workgroupsFor(Math.ceil(s.voxels / 64)),
  });
}
