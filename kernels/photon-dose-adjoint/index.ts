import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { workgroupsFor } from '../support/workgroups.ts';
import { type PhotonDoseShape, photonDoseParams } from '../photon-dose-forward/index.ts';

/**
 * Parts that the voxels of each beam are split into, each with maps of its own: enough tasks for eight threads or so. It
 * depends on the number of beams alone, so the result does not depend on the number of threads.
 */
export function adjointParts(beams: number): number {
  return Math.max(1, Math.min(8, Math.ceil(16 / beams)));
}

/**
 * The transpose of photon-dose-forward: from a gradient per voxel to one per map node.
 *
 * @param b.gradient f32[voxels]
 * @param b.order, b.starts which voxels lie in which cell, for devices that gather; see createVoxelOrder
 * @param b.fine f32[beams][parts][fineRows][fineStride], overwritten
 * @param b.coarse f32[beams][parts][coarseSize][coarseSize][4], overwritten
 */
export function preparePhotonDoseAdjoint(
  device: Device,
  s: PhotonDoseShape & { readonly parts: number },
  b: {
    geometry: DeviceBuffer;
    beamTable: DeviceBuffer;
    depthTable: DeviceBuffer;
    gradient: DeviceBuffer;
    order: DeviceBuffer;
    starts: DeviceBuffer;
    fine: DeviceBuffer;
    coarse: DeviceBuffer;
  },
): readonly Launch[] {
  const tasks = s.beams * s.parts;
  const buffers = [b.geometry, b.beamTable, b.depthTable, b.gradient, b.order, b.starts, b.fine, b.coarse];
  const common = { kernel: 'photon-dose-adjoint', params: photonDoseParams(s, s.parts), buffers, tasks };
  return [device.prepare({ ...common, entry: 'photonDoseAdjoint', workgroups: workgroupsFor(tasks) })];
}
