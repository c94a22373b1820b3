import { join, relative } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { LinkArray } from '../../engine/link/arrays.ts';
import { faultOf } from '../../engine/link/faults.ts';
import type { LinkFault } from '../../engine/link/records.ts';
import { sortDoses } from '../../planners/radiation/evaluation/dose-volume.ts';
import { cumulativeDvh } from '../../planners/radiation/evaluation/dvh.ts';
import type { Plan } from '../../planners/radiation/planning/plan.ts';
import { loadPatient } from '../inputs/patient.ts';
import { loadReferenceDoses } from '../inputs/reference-doses.ts';
import { makePlan } from '../planning/run.ts';
import type { PlanSettings } from '../planning/settings.ts';
import { Progress } from '../progress.ts';
import type { Session } from '../session.ts';

export type JobSettings =
  | { readonly kind: 'patient'; readonly patient: string; readonly name: string }
  | { readonly kind: 'plan'; readonly settings: PlanSettings; readonly name: string };

export type JobMessage =
  | { readonly t: 'progress'; readonly text: string }
  | { readonly t: 'array'; readonly name: string; readonly array: LinkArray; readonly about: unknown }
  | { readonly t: 'result'; readonly result: unknown }
  | { readonly t: 'error'; readonly error: LinkFault; readonly words: string };

const BIN_GY = 0.1;

/** Progress that goes to the other side of the thread. */
class PostedProgress extends Progress {
  #said = '';

  override show(text: string): void {
    if (text === this.#said) return;
    this.#said = text;
    post({ t: 'progress', text });
  }

  override clear(): void {}
}

function post(message: JobMessage): void {
  if (message.t === 'array' && message.array.buffer instanceof ArrayBuffer) {
    parentPort?.postMessage(message, [message.array.buffer]);
  } else parentPort?.postMessage(message);
}

async function run(job: JobSettings): Promise<unknown> {
  const abort = new AbortController();
  parentPort?.once('message', () => abort.abort(new DOMException('cancelled', 'AbortError')));
  const session: Session = { signal: abort.signal, progress: new PostedProgress(process.stderr) };
  return job.kind === 'plan' ? runPlanJob(job, session) : runPatientJob(job, session);
}

async function runPatientJob({ patient: path, name }: JobSettings & { kind: 'patient' }, session: Session) {
  session.progress.show('reading the patient');
  const loaded = await loadPatient(path, session);
  const { doses, warnings } = await loadReferenceDoses(loaded, path, session);
  session.signal.throwIfAborted();
  const { ct, structureSet, doseVoxels, id, source, position, warnings: noticed } = loaded.patient;
  post({ t: 'array', name: 'ct', array: ct.data.slice(), about: { unit: ct.unit, grid: ct.grid } });
  post({ t: 'array', name: 'doseVoxels', array: doseVoxels.slice(), about: null });
  for (const { name: structure, voxels } of structureSet.structures) {
    post({ t: 'array', name: 'structure', array: voxels.slice(), about: { structure } });
  }
  for (const dose of doses) post({ t: 'array', name: 'reference', array: dose.gy.slice(), about: { name: dose.name } });
  // The server's paths are none of the viewer's business.
  const inputs = loaded.inputs.map((input) => ({ ...input, name: join(name, relative(path, input.name)) }));
  return {
    patient: name,
    id,
    source: { kind: source.kind, sha256: source.sha256 },
    position,
    grid: ct.grid,
    structureGrid: structureSet.grid,
    inputs,
    warnings: [...noticed, ...warnings],
  };
}

async function runPlanJob({ settings, name }: JobSettings & { kind: 'plan' }, session: Session) {
  const { plan, report } = await makePlan(settings, session);
  const { patient, fluence } = plan;
  const finished = report();
  const { grid } = patient.structureSet;
  for (const { structure, voxels, dvh } of histograms(plan)) {
    const about = { structure, voxels, binWidthGy: dvh.binWidthGy };
    post({ t: 'array', name: 'dvh', array: dvh.volumePercent, about });
  }
  post({ t: 'array', name: 'weights', array: fluence.weights.slice(), about: { unit: 'MU' } });
  post({ t: 'array', name: 'dose', array: doseOnGrid(plan), about: { unit: 'Gy', grid } });
  // The server's paths are none of the viewer's business.
  return { ...finished, patient: name, provenance: undefined };
}

function* histograms(plan: Plan) {
  const dose = doseOnGrid(plan);
  for (const { name, voxels } of plan.patient.structureSet.structures) {
    const gy = new Float32Array(voxels.length);
    for (let i = 0; i < voxels.length; i++) gy[i] = dose[voxels[i]];
    yield { structure: name, voxels: voxels.length, dvh: cumulativeDvh(sortDoses(gy), BIN_GY) };
  }
}

/** [Gy] on every voxel of the dose grid; 0 where none was wanted. */
function doseOnGrid({ patient, fluence }: Plan): Float32Array {
  const [nx, ny, nz] = patient.structureSet.grid.size;
  const dose = new Float32Array(nx * ny * nz);
  for (let i = 0; i < patient.doseVoxels.length; i++) dose[patient.doseVoxels[i]] = Math.max(0, fluence.dose[i]);
  return dose;
}

try {
  post({ t: 'result', result: await run(workerData as JobSettings) });
} catch (error) {
  post({
    t: 'error',
    error: faultOf(error),
    words: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
