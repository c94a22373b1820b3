import { batch, computed, signal } from '@preact/signals';
import type { Vec3 } from '../../engine/core/grid.ts';
import { centroidMm, checkAngles, equispacedAngles } from '../../planners/radiation/beams/beam.ts';
import type { GoalResult } from '../../planners/radiation/evaluation/goals.ts';
import type { Objective } from '../../planners/radiation/protocol/objectives.ts';
import { ShapesClient } from '../engine/client.ts';
import { spreadDose } from '../engine/dose-report.ts';
import { faultOf } from '../engine/fault.ts';
import type {
  DoseReport,
  Fault,
  NamedPlan,
  PatientView,
  PlannerEvent,
  PlanOutcome,
  PlanSetup,
  PreparedView,
  SliceAxis,
} from '../engine/messages.ts';
import { PlannerClient } from '../engine/planner-client.ts';
import { sharedCopy, sharedFloats, sharedHalves } from '../engine/shared.ts';
import type { ShowDeviceDose } from '../engine/shared-device.ts';
import type { SessionContent } from '../files/session/content.ts';
import { sliceIndex, slicePosition } from '../slices/slice-geometry.ts';
import { crosshair, doseStyle, frames, hidden, isodose, line, structureStyle, windowing } from './display.ts';
import { History } from './history.ts';

export type Activity = 'idle' | 'preparing' | 'optimizing';

/** Everything the page shows, as signals: what is derived from them is computed, never kept beside them. */
export const patient = signal<PatientView | undefined>(undefined);
export const activity = signal<Activity>('idle');
export const fault = signal<Fault | undefined>(undefined);
export const setup = signal<PlanSetup>({ angles: equispacedAngles(9), bixelMm: 5 });
export const prepared = signal<PreparedView | undefined>(undefined);
export const objectives = signal<readonly Objective[]>([]);
/** The dose that is shown, the newest one. */
export const report = signal<DoseReport | undefined>(undefined);
/** [MU per fraction] of every bixel of {@link prepared}, of the dose that is shown. */
export const weights = signal<Float32Array | undefined>(undefined);
/** How the last run ended; undefined while one is under way. */
export const outcome = signal<PlanOutcome | undefined>(undefined);
export const goals = signal<readonly GoalResult[]>([]);
/** Objective after each report since the plan was opened. */
export const trace = signal<readonly { readonly iteration: number; readonly value: number }[]>([]);
/** Grows with every dose that is written. */
export const doseVersion = signal(0);
/** Patients opened so far: views of one are not those of the next. */
export const openings = signal(0);
export const namedPlans = signal<readonly NamedPlan[]>([]);
export const compared = signal<string | undefined>(undefined);

export type { NamedPlan } from '../engine/messages.ts';

/** The highest prescription [Gy]. */
export const prescriptionGy = computed(() => patient.value?.protocol.targets[0]?.prescriptionGy ?? 0);

/** Whether the patient has targets, without which there is nothing to plan for. */
export const canPlan = computed(() => (patient.value?.protocol.targets.length ?? 0) > 0);

/** What the user chose of a plan: all that undo takes back. */
interface Chosen {
  readonly objectives: readonly Objective[];
  readonly setup: PlanSetup;
  readonly intent: Intent | undefined;
}

/** A protocol, and the structures as it names them: without the dose, of which nobody needs the old one. */
type Intent = Pick<PatientView, 'protocol' | 'structures' | 'origin' | 'notes'>;

function chosen(): Chosen {
  const view = patient.peek();
  const intent = view && intentOf(view);
  return { objectives: objectives.peek(), setup: setup.peek(), intent };
}

const intentOf = ({ protocol, structures, origin, notes }: PatientView): Intent => {
  return { protocol, structures, origin, notes };
};

export const history = new History<Chosen>(chosen, (wanted) => {
  const { intent } = wanted;
  if (intent !== undefined && intent.protocol !== patient.peek()?.protocol) {
    replan(intent, wanted);
  } else if (wanted.setup !== setup.peek()) {
    objectives.value = wanted.objectives;
    setup.value = wanted.setup;
    preparePlan();
  } else {
    objectives.value = wanted.objectives;
    runPlan();
  }
});

export const shapes = new ShapesClient();
/** How a dose is shown straight from the device, while there is somebody to draw it. */
export const deviceDose: { show?: ShowDeviceDose | undefined } = {};
export const planner = new PlannerClient(hear, (...dose) => deviceDose.show?.(...dose));
let run = 0;
/** Whether the plan rests once it is prepared: its dose is there already. */
let rests = false;
/** The last setup that was prepared. */
let preparedSetup = setup.value;

/** @param start weights [MU per fraction] where the first run begins, of an earlier plan with this setup */
export function preparePlan(start?: Float32Array): void {
  activity.value = 'preparing';
  rests = false;
  run++;
  prepared.value = undefined;
  outcome.value = undefined;
  planner.prepare(setup.value, run, start);
}

/** Other beams or bixels: the plan is prepared again and starts afresh. */
export function changeSetup(wanted: PlanSetup): void {
  try {
    for (const angles of wanted.angles) checkAngles(angles);
  } catch (error) {
    fault.value = faultOf(error);
    return;
  }
  history.keep();
  setup.value = wanted;
  preparePlan();
}

/** Optimises from where the plan stands; prepares it first where it is not. */
export function runPlan(): void {
  if (prepared.value === undefined) {
    // Whoever asks for a run while rays are traced gets it once they are.
    rests = false;
    if (canPlan.value && activity.value === 'idle') resumePlan();
    return;
  }
  activity.value = 'optimizing';
  outcome.value = undefined;
  run++;
  planner.optimize(objectives.value, run);
}

/** Goes on with another planner from where the plan stands: what is open moves there. */
export function resumePlan(): void {
  const view = patient.value;
  if (view === undefined) return;
  planner.open(view);
  if (canPlan.value) preparePlan(weights.value);
}

export function stopPlan(): void {
  planner.stop();
}

/** Changes the objectives and lets the dose follow; one step of undo. */
export function changeObjectives(wanted: readonly Objective[], isDragging = false): void {
  if (!isDragging) history.keep();
  objectives.value = wanted;
  runPlan();
}

export function keepPlan(name: string): void {
  const now = report.value;
  const view = patient.value;
  if (now === undefined || view === undefined || activity.value !== 'idle') return;
  const gy = sharedCopy(view.dose);
  const plan = { name, objectives: objectives.value, report: now, goals: goals.value, gy };
  namedPlans.value = [...namedPlans.value.filter((other) => other.name !== name), plan];
}

function hear(event: PlannerEvent): void {
  batch(() => {
    switch (event.kind) {
      case 'prepared':
        if (event.run !== run) break;
        prepared.value = event.prepared;
        preparedSetup = setup.value;
        if (rests && weights.value?.length === event.prepared.bixels) {
          activity.value = 'idle';
          break;
        }
        weights.value = undefined;
        runPlan();
        break;
      // Whoever drags asks faster than plans end: the dose of a wish that is already old is shown until there is a newer one.
      case 'dose':
        show(event.report);
        break;
      case 'finished':
        if (event.run !== run) break;
        show(event.report);
        activity.value = 'idle';
        outcome.value = event.outcome;
        break;
      case 'fault':
        fault.value = event.fault;
        if (activity.value === 'preparing') setup.value = preparedSetup;
        activity.value = 'idle';
        // What the planner holds is not what is shown: whoever goes on begins with a planner of its own.
        prepared.value = undefined;
        planner.close();
    }
  });
}

/** Shows a patient, and plans it where it has targets. */
export function showPatient(view: PatientView): void {
  batch(() => {
    forget();
    history.clear();
    patient.value = view;
    objectives.value = view.protocol.objectives;
    crosshair.value = middleOf(view);
  });
  startPlan(view);
}

function startPlan(view: PatientView): void {
  void shapes.open(view);
  planner.open(view);
  if (canPlan.value) preparePlan();
}

/** Shows what a session kept; its plan goes on from where it rested. */
export function showSession({ patient: view, plan, namedPlans: kept, display, ...rest }: SessionContent): void {
  batch(() => {
    forget();
    history.clear();
    patient.value = view;
    setup.value = rest.setup;
    objectives.value = rest.objectives;
    namedPlans.value = kept;
    if (plan !== undefined) {
      report.value = plan.report;
      goals.value = plan.goals;
      weights.value = plan.report.weights;
      outcome.value = plan.outcome;
    }
    crosshair.value = display.crosshairMm;
    windowing.value = display.window;
    hidden.value = new Set(display.hidden);
    doseStyle.value = display.dose;
    if (display.structures !== undefined) structureStyle.value = display.structures;
    isodose.value = {
      unit: display.isodose.unit,
      levels: display.isodose.levels.map(({ value, color, hasSurface = false }) =>
        color === undefined ? { value, hasSurface } : { value, hasSurface, color },
      ),
    };
  });
  void shapes.open(view);
  planner.open(view);
  preparedSetup = rest.setup;
  if (!canPlan.value) return;
  const end = outcome.value;
  preparePlan(weights.value);
  outcome.value = end;
  rests = plan !== undefined;
}

/** Another protocol for the patient that is open; one step of undo. */
export function changeProtocol(view: PatientView): void {
  history.keep();
  replan(intentOf(view), { objectives: view.protocol.objectives, setup: setup.value });
}

/** Plans the open patient anew; what was kept stays to be compared with. */
function replan(intent: Intent, wanted: Pick<Chosen, 'objectives' | 'setup'>): void {
  const view = patient.value;
  if (view === undefined) return;
  const kept = namedPlans.value;
  const voxels = view.dose.length;
  // Arrays of their own: what still runs writes into the old ones.
  const made = { ...view, ...intent, dose: sharedFloats(voxels), doseHalf: sharedHalves(voxels) };
  batch(() => {
    forget();
    patient.value = made;
    objectives.value = wanted.objectives;
    setup.value = wanted.setup;
    namedPlans.value = kept;
  });
  startPlan(made);
}

/** Closes the patient; its memory and that of its workers is given back. */
export function closePatient(): void {
  batch(() => {
    forget();
    history.clear();
    patient.value = undefined;
    objectives.value = [];
  });
}

/** Ends the preparation of a plan; patient, objectives and the dose that is shown stay. */
export function cancelPreparing(): void {
  if (activity.value !== 'preparing' || patient.value === undefined) return;
  activity.value = 'idle';
  prepared.value = undefined;
  setup.value = preparedSetup;
  planner.close();
  planner.open(patient.value);
}

/** What belongs to the patient that is shown no longer. */
function forget(): void {
  planner.close();
  shapes.close();
  openings.value++;
  run++;
  activity.value = 'idle';
  prepared.value = undefined;
  weights.value = undefined;
  outcome.value = undefined;
  report.value = undefined;
  goals.value = [];
  trace.value = [];
  namedPlans.value = [];
  compared.value = undefined;
  hidden.value = new Set();
  line.value = undefined;
  frames.value = [undefined, undefined, undefined];
  doseVersion.value++;
}

function show({ doseGy, ...now }: DoseReport): void {
  const view = patient.value;
  if (doseGy !== undefined && view !== undefined) {
    spreadDose(view, doseGy);
    void shapes.setField('plan', view.dose);
  } else {
    // It was written to the memory that is shared with the worker.
    shapes.changed('plan');
  }
  report.value = now;
  if (now.goals !== undefined) goals.value = now.goals;
  weights.value = now.weights;
  trace.value = [...trace.value.slice(-400), { iteration: now.iteration, value: now.objective }];
  doseVersion.value++;
}

/** Centre of the slices nearest to that of the first target; to that of the image where there is none. */
function middleOf({ grid, structures }: PatientView): Vec3 {
  const target = structures.find(({ role, voxels }) => role === 'target' && voxels.length > 0);
  const centre =
    target === undefined
      ? grid.size.map((n, a) => grid.originMm[a] + ((n - 1) / 2) * grid.spacingMm[a])
      : centroidMm(grid, target.voxels);
  const onSlice = (axis: SliceAxis): number => slicePosition(grid, axis, sliceIndex(grid, axis, centre[axis]));
  return [onSlice(0), onSlice(1), onSlice(2)];
}
