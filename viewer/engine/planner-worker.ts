import type { Device } from '../../engine/compute/device.ts';
import { defaultHlut } from '../../engine/formats/hlut.ts';
import { openDevice } from '../../kernels/device.ts';
import { builtinMachine } from '../../planners/radiation/machine/registry.ts';
import { LivePlan } from '../../planners/radiation/planning/live-plan.ts';
import type { IterationReport } from '../../planners/solver/projected-lbfgs.ts';
import { dvhCurves, spreadDose } from './dose-report.ts';
import { faultOf } from './fault.ts';
import type { DoseReport, OptimizeRequest, PatientView, PlannerEvent, PlannerRequest, PlanSetup } from './messages.ts';
import { patientOf } from './patient-view.ts';
import { writeHalves } from './shared.ts';

/** Least time between two judgements of the goals [ms]. */
const GOALS_EVERY_MS = 400;

/** The whole planner in a worker: one patient, one plan that stays open, one run at a time. */
class PlannerWorker {
  readonly #say: (event: PlannerEvent) => void;
  #device: Promise<Device> | undefined;
  #view: PatientView | undefined;
  #plan: LivePlan | undefined;
  #stop = new AbortController();
  /** The last that was asked for. */
  #run = 0;
  /** Requests are carried out one after the other; a new run ends the one before. */
  #queue: Promise<void> = Promise.resolve();

  constructor(say: (event: PlannerEvent) => void) {
    this.#say = say;
  }

  take(request: PlannerRequest): void {
    this.#stop.abort();
    if (request.kind === 'stop') return;
    const stop = new AbortController();
    this.#stop = stop;
    const askedMs = performance.now();
    if (request.kind === 'optimize') this.#run = request.run;
    this.#queue = this.#queue.then(async () => {
      try {
        if (request.kind === 'open') this.#open(request.patient);
        else if (request.kind === 'prepare') await this.#prepare(request.setup, askedMs);
        // Whoever drags asks faster than answers come: only the last wish counts.
        else if (request.run === this.#run) await this.#optimize(request, askedMs, stop.signal);
      } catch (error) {
        this.#say({ kind: 'fault', fault: faultOf(error) });
      }
    });
  }

  #open(view: PatientView): void {
    this.#plan?.free();
    this.#plan = undefined;
    this.#view = view;
  }

  async #prepare({ angles, bixelMm }: PlanSetup, askedMs: number): Promise<void> {
    const view = this.#view;
    if (view === undefined) return;
    this.#device ??= openDevice();
    const device = await this.#device;
    this.#plan?.free();
    this.#plan = undefined;
    this.#plan = await LivePlan.create(device, {
      patient: patientOf(view),
      protocol: view.protocol,
      model: builtinMachine('generic-6mv'),
      angles,
      bixelMm,
      hlut: defaultHlut,
    });
    const { prepared } = this.#plan;
    this.#say({
      kind: 'prepared',
      prepared: {
        beams: prepared.beams,
        notes: prepared.notes,
        device: { kind: device.kind, name: device.name, threads: device.threads },
        bixels: prepared.operator.bixelCount,
        ms: performance.now() - askedMs,
      },
    });
  }

  async #optimize({ objectives, run }: OptimizeRequest, askedMs: number, signal: AbortSignal): Promise<void> {
    const plan = this.#plan;
    const view = this.#view;
    if (plan === undefined || view === undefined) return;
    let judgedMs = performance.now();
    const show = (report: IterationReport, judges: boolean): DoseReport => {
      const maxGy = spreadDose(view, plan.dose);
      writeHalves(view.dose, view.doseHalf);
      const { stepGy, curves } = dvhCurves(view, maxGy);
      if (judges) judgedMs = performance.now();
      return {
        iteration: report.iteration,
        objective: report.value,
        afterMs: performance.now() - askedMs,
        maxGy,
        dvhStepGy: stepGy,
        dvh: curves,
        ...(judges ? { goals: plan.evaluate().goals } : {}),
      };
    };
    const result = await plan.optimize(objectives, {
      signal,
      onDose: (report) => {
        const judges = performance.now() - judgedMs > GOALS_EVERY_MS;
        this.#say({ kind: 'dose', run, report: show(report, judges) });
      },
    });
    this.#say({ kind: 'finished', run, stop: result.stop, report: { ...show(result, true), weights: plan.weights } });
  }
}

const worker = new PlannerWorker((event) => postMessage(event));
addEventListener('message', ({ data }: MessageEvent<PlannerRequest>) => worker.take(data));
