import type { Vec3 } from '../../engine/core/grid.ts';
import { voxelCentreMm } from '../../engine/core/grid.ts';
import { centroidMm } from '../../planners/radiation/beams/beam.ts';
import { crosshair, layout, layouts } from './display.ts';
import { patient, prepared, report } from './workspace.ts';

/** Where the crosshair can jump to. */

export function goToIsocenter(): void {
  const at = prepared.value?.beams[0]?.isocenterMm;
  if (at !== undefined) crosshair.value = at;
}

export function goToDoseMaximum(): void {
  const view = patient.value;
  if (view === undefined || report.value === undefined) return;
  let hottest = 0;
  for (const voxel of view.doseVoxels) if (view.dose[voxel] > view.dose[hottest]) hottest = voxel;
  const p = [0, 0, 0];
  voxelCentreMm(view.grid, hottest, p);
  crosshair.value = p as unknown as Vec3;
}

/** To the centroid of a structure; into it where the centroid lies outside of it is left to the user. */
export function goToStructure(name: string): void {
  const view = patient.value;
  const structure = view?.structures.find((one) => one.name === name);
  if (view !== undefined && structure !== undefined && structure.voxels.length > 0) {
    crosshair.value = centroidMm(view.grid, structure.voxels);
  }
}

export function nextLayout(): void {
  layout.value = layouts[(layouts.indexOf(layout.value) + 1) % layouts.length];
}
