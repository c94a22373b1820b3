import { voxelAt } from '../slices/slice-geometry.ts';
import { crosshair } from '../state/display.ts';
import { doseVersion, objectives, patient, report } from '../state/workspace.ts';

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
  /** Dose of the engine at the voxel of a point [Gy]. */
  doseAt: (x: number, y: number, z: number): number | undefined => {
    const view = patient.value;
    const voxel = view === undefined ? undefined : voxelAt(view.grid, [x, y, z]);
    return voxel === undefined ? undefined : view?.dose[voxel];
  },
} as const;

export type Inspect = typeof inspect;
