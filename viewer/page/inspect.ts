import { crosshair, doseVersion, objectives, patient, report } from '../state/workspace.ts';

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
    if (view === undefined) return undefined;
    const { size, spacingMm, originMm } = view.grid;
    const [i, j, k] = [x, y, z].map((mm, a) => Math.round((mm - originMm[a]) / spacingMm[a]));
    return view.dose[i + size[0] * (j + size[1] * k)];
  },
} as const;

export type Inspect = typeof inspect;
