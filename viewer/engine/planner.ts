import type { Device, DeviceBuffer } from '../../engine/compute/device.ts';
import { defaultHlut } from '../../engine/formats/hlut.ts';
import { builtinMachine } from '../../planners/radiation/machine/registry.ts';
import { LivePlan } from '../../planners/radiation/planning/live-plan.ts';
import type { IterationReport } from '../../planners/solver/projected-lbfgs.ts';
import { dvhCurves, spreadDose } from './dose-report.ts';
import { faultOf } from './fault.ts';
import { MACHINE } from './machine.ts';
import type {
  DoseReport,
  OptimizeRequest,
  PatientView,
  PlannerEvent,
  PlannerRequest,
  PlanOutcome,
  PrepareRequest,
} from './messages.ts';
import { patientOf } from './patient-view.ts';
import { isShared } from './shared.ts';

/** A run whose wish is old may take so long until its first dose [ms]. */
const PATIENCE_MS = 250;
/** Least time between two judgements of the goals [ms]. */
const GOALS_EVERY_MS = 400;

/** What a planner needs of the worker where it runs. */
export interface PlannerHome {
  readonly say: (event: PlannerEvent) => void;
  readonly openDevice: () => Promise<Device>;
  /** Shows a dose where the device has it: f32, one a dose voxel, total [Gy]. */
  readonly showDeviceDose?: (dose: DeviceBuffer, isLast: boolean) => void;
}

/** One patient, one plan that stays open, one run at a time. */
export class Planner {
  readonly #home: PlannerHome;
  #device: Promise<Device> | undefined;
  #view: PatientView | undefined;
  #plan: LivePlan | undefined;
  #stop = new AbortController();
  /** Whether the run that is under way has shown a dose. */
  #hasShown = false;
  /** The last that was asked for. */
  #run = 0;
  #preparation = 0;
  /** Requests are carried out one after the other; a new run ends the one before. */
  #queue: Promise<void> = Promise.resolve();

  constructor(home: PlannerHome) {
    this.#home = home;
  }

  take(request: Exclude<PlannerRequest, { readonly kind: 'share' }>): void {
    if (request.kind === 'optimize') this.#giveWay();
    else this.#stop.abort();
    if (request.kind === 'stop') return;
    const stop = new AbortController();
    this.#stop = stop;
    const askedMs = performance.now();
    if (request.kind === 'optimize') this.#run = request.run;
    if (request.kind === 'prepare') this.#preparation = request.run;
    this.#queue = this.#queue.then(async () => {
      try {
        if (request.kind === 'open') this.#open(request.patient);
        // Whoever drags or types asks faster than answers come: only the last wish counts.
        else if (request.kind === 'prepare') {
          if (request.run === this.#preparation) await this.#prepare(request, askedMs);
        } else if (request.run === this.#run) await this.#optimize(request, askedMs, stop);
      } catch (error) {
        this.#home.say({ kind: 'fault', fault: faultOf(error) });
      }
    });
  }

  /** Wishes of a drag may come faster than first steps: each run shows a dose before it ends for the next, or none would be seen. */
  #giveWay(): void {
    const stop = this.#stop;
    if (this.#hasShown) stop.abort();
    else setTimeout(() => stop.abort(), PATIENCE_MS);
  }

  #open(view: PatientView): void {
    this.#plan?.free();
    this.#plan = undefined;
    this.#view = view;
  }

  async #prepare({ setup, run, weights }: PrepareRequest, askedMs: number): Promise<void> {
    const view = this.#view;
    if (view === undefined) return;
    this.#device ??= this.#home.openDevice();
    const device = await this.#device;
    this.#plan?.free();
    this.#plan = undefined;
    this.#plan = await LivePlan.create(device, {
      patient: patientOf(view),
      protocol: view.protocol,
      model: builtinMachine(MACHINE),
      ...setup,
      hlut: defaultHlut,
      ...(weights && { start: weights }),
    });
    const { prepared } = this.#plan;
    this.#home.say({
      kind: 'prepared',
      run,
      prepared: {
        beams: prepared.beams,
        notes: prepared.notes,
        device: { kind: device.kind, name: device.name, threads: device.threads },
        bixels: prepared.operator.bixelCount,
        ms: performance.now() - askedMs,
      },
    });
  }

  async #optimize({ objectives, run }: OptimizeRequest, askedMs: number, stop: AbortController): Promise<void> {
    const plan = this.#plan;
    const view = this.#view;
    if (plan === undefined || view === undefined) return;
    const { say, showDeviceDose } = this.#home;
    let judgedMs = performance.now();
    this.#hasShown = false;
    const show = (report: IterationReport, judges: boolean): DoseReport => {
      const maxGy = spreadDose(view, plan.dose);
      const { stepGy, curves } = dvhCurves(view, maxGy);
      if (judges) judgedMs = performance.now();
      return {
        iteration: report.iteration,
        objective: report.value,
        afterMs: performance.now() - askedMs,
        maxGy,
        dvhStepGy: stepGy,
        dvh: curves,
        weights: plan.weights.slice(),
        isOnDevice: showDeviceDose !== undefined,
        ...(isShared(view.dose) ? {} : { doseGy: plan.dose.slice() }),
        ...(judges ? { goals: plan.judge() } : {}),
      };
    };
    const result = await plan.optimize(objectives, {
      signal: stop.signal,
      onDose: (report) => {
        const judges = performance.now() - judgedMs > GOALS_EVERY_MS;
        say({ kind: 'dose', run, report: show(report, judges) });
        this.#hasShown = true;
        if (run !== this.#run) stop.abort();
      },
      ...(showDeviceDose && { onDeviceDose: showDeviceDose }),
    });
    // Who asked for another plan meanwhile waits for that one.
    if (run !== this.#run) return;
    const { trace: _, ...ended } = result;
    const outcome: PlanOutcome = { ...ended, optimizeMs: performance.now() - askedMs };
    say({ kind: 'finished', run, outcome, report: show(result, true) });
  }
}
