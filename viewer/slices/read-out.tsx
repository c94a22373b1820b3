import type { Vec3 } from '../../engine/core/grid.ts';
import type { PatientView } from '../engine/messages.ts';
import { other } from '../state/comparison.ts';
import { crosshair, pointer } from '../state/display.ts';
import { fixed } from '../state/fixed.ts';
import { doseVersion, prescriptionGy } from '../state/workspace.ts';
import { sampleAt, voxelAt } from './slice-geometry.ts';

/** HU, dose and structures under the pointer where it is over a slice, else under the crosshair. */
export function ReadOut({ patient }: { readonly patient: PatientView }) {
  const p = pointer.value ?? crosshair.value;
  return (
    <output class="readout" data-testid="cursor" data-of={pointer.value === undefined ? 'crosshair' : 'pointer'}>
      {doseVersion.value >= 0 && textAt(patient, p)}
    </output>
  );
}

function textAt(patient: PatientView, p: Vec3): string {
  const { grid, hu, dose, structures } = patient;
  const where = `${p.map((mm) => fixed(mm, 1)).join(', ')} mm`;
  const voxel = voxelAt(grid, p);
  if (voxel === undefined) return `${where}: outside of the image`;
  const rx = prescriptionGy.value;
  const gy = sampleAt(grid, dose, p) ?? 0;
  const beside = other.value;
  const besideGy = beside === undefined ? undefined : sampleAt(grid, beside.gy, p);
  const names = structures.filter(({ voxels }) => includes(voxels, voxel)).map(({ name }) => name);
  return [
    `${where}: ${fixed(hu[voxel], 0)} HU`,
    `${gy.toFixed(2)} Gy${rx > 0 ? ` (${((100 * gy) / rx).toFixed(1)} %)` : ''}`,
    ...(besideGy === undefined ? [] : [`${beside?.name} ${besideGy.toFixed(2)} Gy`]),
    names.length === 0 ? 'no structure' : names.join(', '),
  ].join(' · ');
}

/** Whether an ascending list holds a value. */
function includes(list: Uint32Array, value: number): boolean {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return list[low] === value;
}
