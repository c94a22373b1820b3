import { faultOf } from '../engine/fault.ts';
import type { PatientView } from '../engine/messages.ts';
import { viewOf } from '../engine/patient-view.ts';
import type { FilesEvent, FilesProgress, FilesRequest, PickedFile, Question } from './messages.ts';
import { builtinMatch, fittingProtocol } from './protocol.ts';

/** Least time between two words on progress [ms]. */
const TELL_EVERY_MS = 80;

/** Reads and writes files, one job a worker: who cancels ends the worker, and its memory goes with it. */
class FilesWorker {
  readonly #say: (event: FilesEvent) => void;
  readonly #files: PickedFile[] = [];
  #answer: ((value: string) => void) | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(say: (event: FilesEvent) => void) {
    this.#say = say;
  }

  take(request: FilesRequest): void {
    switch (request.kind) {
      case 'files':
        this.#files.push(...request.files);
        return;
      case 'answer':
        this.#answer?.(request.value);
        return;
      case 'phantom':
        this.#carryOut(async () => this.#opened(await openPhantom(request.name, request.voxelMm)));
        return;
      case 'open':
        this.#carryOut(async () => this.#opened(await this.#openFiles()));
    }
  }

  async #openFiles(): Promise<PatientView> {
    const [{ survey }, { readPatientFiles }] = await Promise.all([
      import('./read/survey.ts'),
      import('./read/patient.ts'),
    ]);
    const ask = (question: Question): Promise<string> => {
      this.#say({ kind: 'question', question });
      return new Promise((resolve) => {
        this.#answer = resolve;
      });
    };
    const tell = (progress: FilesProgress): void => this.#tell(progress);
    const read = await readPatientFiles(await survey(this.#files, tell), ask, tell);
    const { patient, referenceDoses, inputs, choice } = read;
    const isOpenKbp = patient.source.kind === 'openkbp';
    const matched = isOpenKbp ? builtinMatch('head-neck-openkbp', patient) : fittingProtocol(patient);
    const { protocol, matches, notes, input } = matched;
    const origin = { inputs, protocolInput: input, matches, ...(choice === undefined ? {} : { choice }) };
    return viewOf({ patient: matched.patient, protocol, notes, referenceDoses, origin });
  }

  #opened(patient: PatientView): void {
    this.#say({ kind: 'opened', patient });
  }

  #carryOut(job: () => Promise<void>): void {
    job().catch((error: unknown) => this.#say({ kind: 'fault', fault: faultOf(error) }));
  }

  #tell(progress: FilesProgress): void {
    const now = performance.now();
    if (now - this.#toldMs < TELL_EVERY_MS && progress.total !== undefined) return;
    this.#toldMs = now;
    this.#say({ kind: 'progress', progress });
  }
}

async function openPhantom(name: string, voxelMm: number): Promise<PatientView> {
  const { buildPhantom, phantomProtocols } = await import('../../sim/phantoms/registry.ts');
  const patient = buildPhantom(name, { voxelMm });
  const own = phantomProtocols[name];
  const matched = own === undefined ? fittingProtocol(patient) : builtinMatch(own, patient);
  const { protocol, matches, notes, input } = matched;
  const recipe = { role: 'patient', name: `phantom:${patient.source.path}`, sha256: null };
  const origin = { inputs: [recipe], protocolInput: input, matches };
  return viewOf({ patient: matched.patient, protocol, notes, referenceDoses: [], origin });
}

const worker = new FilesWorker((event) => postMessage(event));
addEventListener('message', ({ data }: MessageEvent<FilesRequest>) => worker.take(data));
