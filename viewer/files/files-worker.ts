import { readProtocol } from '../../planners/radiation/protocol/protocol.ts';
import { faultOf } from '../engine/fault.ts';
import type { PatientView } from '../engine/messages.ts';
import { viewOf } from '../engine/patient-view.ts';
import { browserName } from './browser-name.ts';
import { digest } from './digest.ts';
import type { FilesEvent, FilesProgress, FilesRequest, PickedFile, Question, ReceivedPatient } from './messages.ts';
import { builtinMatch, ownProtocol } from './protocol.ts';
import { bytesOf } from './read/bytes.ts';
import type { SessionContent } from './session/content.ts';

/** What is given with one of these is a robot, and no patient. */
const ROBOT = /\.(urdf|xacro)$/i;
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
      case 'received':
        this.#carryOut(async () => this.#opened(openReceived(request.received, request.startedMs)));
        return;
      case 'open':
        this.#carryOut(() => this.#openFiles());
        return;
      case 'export':
        this.#carryOut(async () => {
          this.#say({ kind: 'progress', progress: { doing: 'Writing', done: 0, total: undefined } });
          const { exportPlan } = await import('./write/export.ts');
          this.#say({ kind: 'written', ...(await exportPlan(request.plan, request.form, writer)) });
        });
        return;
      case 'save':
        this.#carryOut(() => this.#save(request.content));
    }
  }

  async #openFiles(): Promise<void> {
    if (this.#files.some(({ path }) => ROBOT.test(path))) return this.#openRobot();
    const startedMs = performance.now();
    const [{ survey }, { readPatientFiles }] = await Promise.all([
      import('./read/survey.ts'),
      import('./read/patient.ts'),
    ]);
    const tell = (progress: FilesProgress): void => this.#tell(progress);
    const files = await survey(this.#files, tell);
    const sessions = files.filter(({ kind }) => kind === 'session');
    if (sessions.length > 0) return this.#openSession(sessions);
    if (files.length === 1 && files[0].kind === 'json') return this.#openProtocol(files[0]);
    const read = await readPatientFiles(files, (question) => this.#ask(question), tell);
    const { patient, referenceDoses, inputs, choice, study } = read;
    const matched = ownProtocol(patient);
    const { protocol, matches, notes, input } = matched;
    const { contextOf } = await import('../../engine/formats/dicom/objects.ts');
    const origin = {
      inputs,
      protocolInput: input,
      matches,
      ...(choice === undefined ? {} : { choice }),
      ...(study === undefined ? {} : { dicom: contextOf(study, ISOCENTER_VERSION) }),
      readMs: performance.now() - startedMs,
    };
    this.#opened(viewOf({ patient: matched.patient, protocol, notes, referenceDoses, origin }));
  }

  async #openRobot(): Promise<void> {
    const { readRobotFiles } = await import('./read/robot.ts');
    const ask = (question: Question): Promise<string> => this.#ask(question);
    const robot = await readRobotFiles(this.#files, ask, (progress) => this.#tell(progress));
    this.#say({ kind: 'robot', robot });
  }

  async #openSession(files: readonly PickedFile[]): Promise<void> {
    const options = files.map(({ path }) => ({ value: path, label: path }));
    const path = files.length === 1 ? files[0].path : await this.#ask({ text: 'Which session?', options });
    this.#tell({ doing: 'Reading the session', done: 0, total: undefined });
    const { readSession } = await import('./session/read.ts');
    const bytes = await bytesOf(path, (files.find((one) => one.path === path) ?? files[0]).file);
    this.#say({ kind: 'session', content: await readSession(path, bytes, digest) });
  }

  async #openProtocol({ path, file }: PickedFile): Promise<void> {
    const bytes = await bytesOf(path, file);
    const protocol = readProtocol(new TextDecoder().decode(bytes), path);
    this.#say({ kind: 'protocol', protocol, input: { role: 'protocol', name: path, sha256: await digest(bytes) } });
  }

  async #save(content: SessionContent): Promise<void> {
    this.#say({ kind: 'progress', progress: { doing: 'Saving', done: 0, total: undefined } });
    const { writeSession } = await import('./session/write.ts');
    const bytes = await writeSession(content, ISOCENTER_VERSION, digest);
    const name = `${content.patient.id.replace(/[^\w.-]+/g, '_') || 'patient'}.isocenter`;
    this.#say({ kind: 'written', name, blob: new Blob([bytes as BlobPart], { type: 'application/zip' }) });
  }

  #ask(question: Question): Promise<string> {
    this.#say({ kind: 'question', question });
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
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

function openReceived({ patient, referenceDoses, inputs }: ReceivedPatient, startedMs: number): PatientView {
  const { patient: named, protocol, matches, notes, input } = ownProtocol(patient);
  const origin = { inputs, protocolInput: input, matches, readMs: Date.now() - startedMs };
  return viewOf({ patient: named, protocol, notes, referenceDoses, origin });
}

async function openPhantom(name: string, voxelMm: number): Promise<PatientView> {
  const startedMs = performance.now();
  const { buildPhantom, phantomProtocols } = await import('../../sim/phantoms/registry.ts');
  const patient = buildPhantom(name, { voxelMm });
  const own = phantomProtocols[name];
  const matched = own === undefined ? ownProtocol(patient) : builtinMatch(own, patient);
  const { protocol, matches, notes, input } = matched;
  const recipe = { role: 'patient', name: `phantom:${patient.source.path}`, sha256: null };
  const origin = { inputs: [recipe], protocolInput: input, matches, readMs: performance.now() - startedMs };
  return viewOf({ patient: matched.patient, protocol, notes, referenceDoses: [], origin });
}

/** What the provenance of exported files says. */
const writer = { version: ISOCENTER_VERSION, browser: browserName(navigator.userAgent), platform: navigator.platform };

const worker = new FilesWorker((event) => postMessage(event));
addEventListener('message', ({ data }: MessageEvent<FilesRequest>) => worker.take(data));
