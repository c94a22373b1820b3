import { batch, computed, signal } from '@preact/signals';
import { faultOf } from '../engine/fault.ts';
import type { PatientView } from '../engine/messages.ts';
import { sharedCopy } from '../engine/shared.ts';
import { download } from '../files/download.ts';
import { FilesJob, type Finish } from '../files/job.ts';
import type { FilesProgress, PatientSource, Question, ReceivedPatient } from '../files/messages.ts';
import { droppedFiles } from '../files/pick.ts';
import type { SessionContent } from '../files/session/content.ts';
import type { ExportForm } from '../files/write/forms.ts';
import type { PlanAtRest } from '../files/write/plan.ts';
import { crosshair, doseStyle, hidden, isodose, structureStyle, windowing } from './display.ts';
import { planWith } from './protocol.ts';
import {
  activity,
  fault,
  goals,
  namedPlans,
  objectives,
  outcome,
  patient,
  prepared,
  report,
  setup,
  showPatient,
  showSession,
  weights,
} from './workspace.ts';

/** Work on files that is under way; what is open stays until it is done. */
export interface FilesWork {
  readonly progress: FilesProgress;
  /** What the user has to say before it goes on. */
  readonly question: Question | undefined;
}

export const filesWork = signal<FilesWork | undefined>(undefined);

/** Files that go to the worker at once. */
const PORTION = 500;

let job: FilesJob | undefined;
/** Ends what is on its way here. */
let receiving: AbortController | undefined;

/** Opens a patient, a session or a protocol; ends what else was being read or written. */
export function openSource(source: PatientSource): void {
  const made = start('Opening');
  if (source.kind === 'phantom') made.ask(source);
  else void sendFiles(made, source.files);
}

/** Whether there is something to save that stands still: while a run is under way, dose and weights are not of one moment. */
export const canSave = computed(() => patient.value !== undefined && activity.value !== 'optimizing');

/** Opens what was dropped on the page; folders are walked through first. */
export function openDropped(data: DataTransfer): void {
  const doing = 'Looking through folders';
  const made = start(doing);
  const tell = (done: number): void => {
    if (job === made) filesWork.value = { progress: { doing, done, total: undefined }, question: undefined };
  };
  droppedFiles(data, { isWanted: () => job === made, tell }).then(
    (files) => {
      if (job !== made) return;
      if (files.length > 0) void sendFiles(made, files);
      else cancelFilesWork();
    },
    (error: unknown) => {
      if (job !== made) return;
      cancelFilesWork();
      fault.value = faultOf(error);
    },
  );
}

/** Opens a patient that comes in arrays from elsewhere; the signal ends its way here. */
export function openReceived(
  receive: (tell: (progress: FilesProgress) => void, signal: AbortSignal) => Promise<ReceivedPatient>,
): void {
  const startedMs = Date.now();
  const made = start('Receiving');
  receiving = new AbortController();
  const tell = (progress: FilesProgress): void => {
    if (job === made) filesWork.value = { progress, question: undefined };
  };
  receive(tell, receiving.signal).then(
    (received) => {
      if (job !== made) return;
      const { ct, doseVoxels, structureSet } = received.patient;
      const arrays = [ct.data, doseVoxels, ...structureSet.structures.map(({ voxels }) => voxels)];
      const given = [...arrays, ...received.referenceDoses.map(({ gy }) => gy)].map(({ buffer }) => buffer);
      made.ask({ kind: 'received', received, startedMs }, given as ArrayBuffer[]);
    },
    (error: unknown) => {
      if (job !== made) return;
      cancelFilesWork();
      fault.value = faultOf(error);
    },
  );
}

/** The plan as it can be exported: at rest, its run ended. */
export const planAtRest = computed((): PlanAtRest | undefined => {
  const [view, made, w, end] = [patient.value, prepared.value, weights.value, outcome.value];
  if (activity.value !== 'idle' || view === undefined || made === undefined) return undefined;
  if (w === undefined || end === undefined) return undefined;
  return { patient: view, setup: setup.value, prepared: made, objectives: objectives.value, weights: w, outcome: end };
});

export function exportPlan(form: ExportForm): void {
  const plan = planAtRest.value;
  if (plan !== undefined)
    start('Writing').ask({ kind: 'export', plan: { ...plan, patient: asItIs(plan.patient) }, form });
}

export function saveSession(): void {
  const view = patient.value;
  if (view === undefined || !canSave.value) return;
  const now = report.value;
  const content: SessionContent = {
    patient: asItIs(view),
    setup: setup.value,
    objectives: objectives.value,
    plan: now === undefined ? undefined : { report: now, goals: goals.value, outcome: outcome.value },
    namedPlans: namedPlans.value,
    display: {
      crosshairMm: [...crosshair.value],
      window: windowing.value,
      hidden: [...hidden.value],
      isodose: {
        unit: isodose.value.unit,
        levels: isodose.value.levels.map(({ value, color, hasSurface = false }) => ({
          value,
          hasSurface,
          ...(color === undefined ? {} : { color: [...color] as [number, number, number] }),
        })),
      },
      dose: doseStyle.value,
      structures: structureStyle.value,
    },
  };
  start('Saving').ask({ kind: 'save', content });
}

/** With a dose of its own: the planner writes on into the one that is shown. */
function asItIs(view: PatientView): PatientView {
  return { ...view, dose: sharedCopy(view.dose) };
}

function start(doing: string): FilesJob {
  job?.cancel();
  receiving?.abort();
  batch(() => {
    fault.value = undefined;
    filesWork.value = { progress: { doing, done: 0, total: undefined }, question: undefined };
  });
  job = new FilesJob({
    onProgress: (progress) => {
      filesWork.value = { progress, question: undefined };
    },
    onQuestion: (question) => {
      if (filesWork.value !== undefined) filesWork.value = { ...filesWork.value, question };
    },
    onFinish: (finish) =>
      batch(() => {
        job = undefined;
        filesWork.value = undefined;
        finished(finish);
      }),
  });
  return job;
}

function finished(finish: Finish): void {
  switch (finish.kind) {
    case 'fault':
      fault.value = finish.fault;
      return;
    case 'opened':
      showPatient(finish.patient);
      return;
    case 'session':
      showSession(finish.content);
      return;
    case 'robot':
      // What robots need is loaded with the first one.
      import('../guide/own-robots.ts')
        .then(({ takeRobot }) => takeRobot(finish.robot))
        .catch((error: unknown) => {
          fault.value = faultOf(error);
        });
      return;
    case 'protocol':
      planWith(finish.protocol, finish.input);
      return;
    case 'written':
      download(finish.name, finish.blob);
  }
}

/** What is open stays as it is. */
export function cancelFilesWork(): void {
  job?.cancel();
  receiving?.abort();
  job = undefined;
  filesWork.value = undefined;
}

export function answerQuestion(value: string): void {
  if (filesWork.value !== undefined) filesWork.value = { ...filesWork.value, question: undefined };
  job?.ask({ kind: 'answer', value });
}

async function sendFiles(made: FilesJob, files: Extract<PatientSource, { kind: 'files' }>['files']): Promise<void> {
  for (let n = 0; n < files.length && job === made; n += PORTION) {
    made.ask({ kind: 'files', files: files.slice(n, n + PORTION) });
    await new Promise((resolve) => setTimeout(resolve));
  }
  if (job === made) made.ask({ kind: 'open' });
}
