import { batch, signal } from '@preact/signals';
import { FilesJob } from '../files/job.ts';
import type { FilesProgress, PatientSource, Question } from '../files/messages.ts';
import { fault, showPatient } from './workspace.ts';

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

/** Opens a patient; ends what else was being opened. */
export function openSource(source: PatientSource): void {
  job?.cancel();
  batch(() => {
    fault.value = undefined;
    filesWork.value = { progress: { doing: 'Opening', done: 0, total: undefined }, question: undefined };
  });
  const made = new FilesJob({
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
        if (finish.kind === 'fault') fault.value = finish.fault;
        else showPatient(finish.patient);
      }),
  });
  job = made;
  if (source.kind === 'phantom') made.ask(source);
  else void sendFiles(made, source.files);
}

/** What is open stays as it is. */
export function cancelFilesWork(): void {
  job?.cancel();
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
