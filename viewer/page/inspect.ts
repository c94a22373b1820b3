import { voxelAt } from '../slices/slice-geometry.ts';
import { crosshair } from '../state/display.ts';
import { place } from '../state/place.ts';
import { doseVersion, objectives, patient, prepared, report } from '../state/workspace.ts';

/** What the page shows, for those who check it from outside: tests, and a console. */
export const inspect = {
  state: () => ({
    patient: patient.value?.id,
    objectives: objectives.value,
    report:
      report.value === undefined
        ? undefined
        : { ...report.value, dvh: report.value.dvh.map((curve) => curve.structure) },
    doses: doseVersion.value,
    crosshairMm: crosshair.value,
  }),
  /** Where the page draws and plans. */
  place: () => ({ number: place.value?.number, gpu: place.value?.gpu?.name, device: prepared.value?.device }),
  /** Takes the device away from renderer and planner, as a crash of the driver does. */
  loseDevice: () => place.value?.gpu?.gpu.destroy(),
  /** Dose of the engine at the voxel of a point [Gy]. */
  doseAt: (x: number, y: number, z: number): number | undefined => {
    const view = patient.value;
    const voxel = view === undefined ? undefined : voxelAt(view.grid, [x, y, z]);
    return voxel === undefined ? undefined : view?.dose[voxel];
  },
} as const;

export type Inspect = typeof inspect;
