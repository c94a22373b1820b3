import type { Device, DeviceBuffer, DeviceKind, Launch } from '../../engine/compute/device.ts';
import { type PhotonDoseShape, photonDoseParams } from '../photon-dose-forward/index.ts';
import { workgroupsFor } from '../support/workgroups.ts';
import { segmentLimit } from './order.ts';

/**
 * Parts that the voxels of each beam are split into, each with maps of its own: enough tasks for eight threads or so; one
 * where the device gathers (with more, the first holds everything). It depends on the number of beams and the kind of
 * device alone, so the result does not depend on the number of threads.
 */
export function adjointParts(beams: number, kind: DeviceKind = 'wasm'): number {
  if (kind === 'webgpu') return 1;
  return Math.max(1, Math.min(8, Math.ceil(16 / beams)));
}

/**
 * The transpose of photon-dose-forward: from a gradient per voxel to one per map node.
 *
 * @param b.gradient f32[voxels]
 * @param b.order, b.starts which voxels lie in which cell, for devices that gather; from `createVoxelOrder`
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
  const common = { kernel: 'photon-dose-adjoint', params: photonDoseParams(s, s.parts) };
  const entry = 'photonDoseAdjoint';
  const read = [b.geometry, b.beamTable, b.depthTable, b.gradient, b.order, b.starts];
  if (device.kind === 'wasm') {
    return [device.prepare({ ...common, entry, buffers: [...read, b.fine, b.coarse], tasks, workgroups: [1, 1, 1] })];
  }
  const pass = (name: string, threads: number, buffers: readonly DeviceBuffer[]): Launch =>
    device.prepare({ ...common, entry: name, buffers, tasks: 0, workgroups: workgroupsFor(Math.ceil(threads / 64)) });
  return [
    pass(entry, segmentLimit(s), read),
    pass(`${entry}Fine`, tasks * s.fineRows * s.fineStride, [b.starts, b.fine]),
    pass(`${entry}Coarse`, tasks * s.coarseSize * s.coarseSize, [b.starts, b.coarse]),
  ];
}
