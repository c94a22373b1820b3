import { batch } from '@preact/signals';
import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import { builtinProtocol } from '../../planners/radiation/protocol/registry.ts';
import { sharedCopy, sharedHalves, writeHalves } from '../../viewer/engine/shared.ts';
import * as display from '../../viewer/state/display.ts';
import { compared, doseVersion, openings, patient, report, shapes } from '../../viewer/state/workspace.ts';

export interface MadePatient {
  readonly grid: Grid;
  readonly hu: readonly number[];
  readonly dose: readonly number[];
  readonly other?: readonly number[];
  readonly crosshairMm: Vec3;
}

/** What the page offers to the test that opened it. */
export interface SlicesPage {
  /** Shows a patient whose image and dose the test made; the page draws it as any other. */
  show(made: MadePatient): Promise<void>;
  readonly display: typeof display;
  /** Says that the dose that is shown is a plan's. */
  pretendPlan(): void;
  /** Says that the dose has changed. */
  touchDose(): void;
}

function halves(values: Float32Array): Uint16Array {
  const out = sharedHalves(values.length);
  writeHalves(values, out);
  return out;
}

const page: SlicesPage = {
  display,
  pretendPlan: () => {
    report.value = {
      iteration: 1,
      objective: 1,
      afterMs: 0,
      maxGy: 52,
      dvhStepGy: 1,
      dvh: [],
      weights: new Float32Array(0),
    };
  },
  touchDose: () => {
    doseVersion.value++;
  },
  async show({ grid, hu, dose, other, crosshairMm }) {
    const values = sharedCopy(Float32Array.from(hu));
    const gy = sharedCopy(Float32Array.from(dose));
    const view = {
      id: 'made',
      grid,
      hu: values,
      huHalf: halves(values),
      structures: [],
      doseVoxels: Uint32Array.from(hu, (_, n) => n),
      source: { kind: 'made', path: 'made' },
      origin: { inputs: [], protocolInput: undefined, matches: [], readMs: 0 },
      warnings: [],
      notes: [],
      protocol: builtinProtocol('tg119-cshape'),
      dose: gy,
      doseHalf: halves(gy),
      referenceDoses: other === undefined ? [] : [{ name: 'other', gy: sharedCopy(Float32Array.from(other)) }],
    };
    await shapes.open(view);
    batch(() => {
      patient.value = view;
      openings.value++;
      doseVersion.value++;
      compared.value = other === undefined ? undefined : 'other';
      display.crosshair.value = crosshairMm;
    });
  },
};

(globalThis as { isocenterSlices?: SlicesPage }).isocenterSlices = page;
