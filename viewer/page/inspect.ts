import { effect } from '@preact/signals';
import { voxelAt } from '../slices/slice-geometry.ts';
import { dvhMostGy } from '../state/curves.ts';
import { crosshair } from '../state/display.ts';
import { place } from '../state/place.ts';
import { doseVersion, goals, namedPlans, objectives, patient, prepared, report } from '../state/workspace.ts';

interface LoggedDose {
  /** [ms of the page's clock] */
  readonly atMs: number;
  shownMs?: number;
  /** Since the engine was asked [ms]. */
  readonly afterMs: number;
  readonly objective: number;
}
let log: LoggedDose[] = [];
let stopLog: (() => void) | undefined;

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
    goals: goals.value,
    kept: namedPlans.value.map(({ name }) => name),
    referenceDoses: patient.value?.referenceDoses.map(({ name, gy }) => ({
      name,
      mostGy: gy.reduce((most, one) => Math.max(most, one), 0),
    })),
  }),
  /** Where the page draws and plans. */
  place: () => ({ number: place.value?.number, gpu: place.value?.gpu?.name, device: prepared.value?.device }),
  /** Takes the device away from renderer and planner, as a crash of the driver does. */
  loseDevice: () => place.value?.gpu?.gpu.destroy(),
  /** Doses since it was last asked, and from now on: when each came, when it had been drawn, and what the engine says of it. */
  logDoses: (): readonly LoggedDose[] => {
    stopLog?.();
    const logged = log;
    log = [];
    const own = log;
    stopLog = effect(() => {
      const now = report.value;
      if (now === undefined) return;
      const entry: LoggedDose = { atMs: performance.now(), afterMs: now.afterMs, objective: now.objective };
      own.push(entry);
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          entry.shownMs = performance.now();
        }),
      );
    });
    own.length = 0;
    return logged;
  },
  /** Where the mouse takes hold of a curve [px of the page], and where it goes to ask for so much more dose. */
  curvePath: (structure: string, volumePercent: number, byGy: number) => {
    const now = report.value;
    const curve = now?.dvh.find((one) => one.structure === structure)?.volumePercent;
    const over = document.querySelector('.dvh .u-over')?.getBoundingClientRect();
    if (now === undefined || curve === undefined || over === undefined) return undefined;
    const at = curve.findIndex((percent) => percent < volumePercent);
    const mostGy = dvhMostGy.value;
    const y = over.top + over.height * (1 - curve[at] / 100);
    const x = (gy: number): number => over.left + (over.width * gy) / mostGy;
    return { from: { x: x(at * now.dvhStepGy), y }, to: { x: x(at * now.dvhStepGy + byGy), y } };
  },
  /** Where the mouse takes hold of the mark of a goal for doses [px of the page], and where it goes to ask for so much more dose. */
  goalPath: (structure: string, metric: string, byGy: number) => {
    const label = `Aim of ${metric} of ${structure} on the curves`;
    const mark = document.querySelector(`[aria-label="${label}"]`)?.getBoundingClientRect();
    const over = document.querySelector('.dvh .u-over')?.getBoundingClientRect();
    if (mark === undefined || over === undefined) return undefined;
    const from = { x: mark.left + mark.width / 2, y: mark.top + mark.height / 2 };
    return { from, to: { x: from.x + (over.width * byGy) / dvhMostGy.value, y: from.y } };
  },
  /** Dose of the engine at the voxel of a point [Gy]. */
  doseAt: (x: number, y: number, z: number): number | undefined => {
    const view = patient.value;
    const voxel = view === undefined ? undefined : voxelAt(view.grid, [x, y, z]);
    return voxel === undefined ? undefined : view?.dose[voxel];
  },
} as const;

export type Inspect = typeof inspect;
