import { voxelCount } from '../../../engine/core/grid.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import { MOST_VOXELS } from '../../../engine/formats/volumes/samples.ts';
import { evaluateDose } from '../../../planners/radiation/evaluation/evaluate.ts';
import type { GoalResult } from '../../../planners/radiation/evaluation/goals.ts';
import { dvhCurves } from '../../engine/dose-report.ts';
import type { DoseReport, PatientView } from '../../engine/messages.ts';
import { patientOf, viewOf } from '../../engine/patient-view.ts';
import { writeHalves } from '../../engine/shared.ts';
import { noProtocol } from '../protocol.ts';
import { type Digest, damaged, unpackArrays, unpackManifest } from './container.ts';
import type { SessionContent, SessionPlan } from './content.ts';
import { type Manifest, parseManifest } from './manifest.ts';

/**
 * Reads a session's file. What can be computed from what it keeps (curves, goals) is computed anew.
 *
 * @throws IsocenterError `session/version`, `session/damaged`, `session/too-large`
 */
export async function readSession(file: string, bytes: Uint8Array, digest: Digest): Promise<SessionContent> {
  const manifest = parseManifest(file, await unpackManifest(file, bytes, digest));
  const voxels = voxelCount(manifest.patient.grid);
  if (voxels > MOST_VOXELS) throw damaged(file, `patient.grid: ${voxels} voxels are more than ${MOST_VOXELS}`);
  const arrays = new Arrays(file, voxels, await unpackArrays(file, bytes, manifest.arrays, digest));
  const view = patientView(manifest, arrays);
  const namedPlans = manifest.namedPlans.map(({ name, objectives, ...figures }, n) => {
    const gy = arrays.doses(`plan-${n}`);
    return {
      name,
      objectives,
      gy,
      ...judged({ ...view, dose: gy }, { ...figures, weights: arrays.doses(`plan-${n}-weights`, 'any') }),
    };
  });
  const { setup, objectives, display } = manifest;
  return { patient: view, setup, objectives, plan: planOf(manifest, arrays, view), namedPlans, display };
}

function patientView({ patient: kept, protocol }: Manifest, arrays: Arrays): PatientView {
  const { grid, id, warnings, origin } = kept;
  const { sha256, ...source } = kept.source;
  const { choice, dicom, ...rest } = origin;
  const patient: Patient = {
    id,
    ct: { grid, data: kept.ct === 'int16' ? arrays.shorts('ct') : arrays.volume('ct'), unit: 'HU' },
    structureSet: {
      grid,
      structures: kept.structures.map((name, n) => ({ name, voxels: arrays.voxels(`structure-${n}`) })),
    },
    doseVoxels: arrays.voxels('dose-voxels'),
    ...(kept.position === undefined ? {} : { position: kept.position as NonNullable<Patient['position']> }),
    warnings,
    source: { ...source, ...(sha256 === undefined ? {} : { sha256 }) },
  };
  return viewOf({
    patient,
    protocol: protocol ?? noProtocol,
    notes: kept.notes,
    referenceDoses: kept.referenceDoses.map((name, n) => ({ name, gy: arrays.volume(`reference-${n}`) })),
    origin: {
      ...rest,
      ...(choice === undefined ? {} : { choice }),
      ...(dicom === undefined ? {} : { dicom: { ...dicom, structureSetUid: dicom.structureSetUid } }),
    },
  });
}

function planOf({ plan }: Manifest, arrays: Arrays, view: PatientView): SessionPlan | undefined {
  if (plan === undefined) return undefined;
  const { outcome, ...figures } = plan;
  view.dose.set(arrays.doses('dose'));
  writeHalves(view.dose, view.doseHalf);
  return { ...judged(view, { ...figures, weights: arrays.doses('weights', 'any') }), outcome };
}

/** Curves and goals of the dose of a view. */
function judged(
  view: PatientView,
  figures: Pick<DoseReport, 'iteration' | 'objective' | 'afterMs' | 'weights'>,
): { report: DoseReport; goals: readonly GoalResult[] } {
  const { dose, protocol } = view;
  const maxGy = dose.reduce((most, gy) => Math.max(most, gy), 0);
  const { stepGy, curves } = dvhCurves(view, maxGy);
  const hasTargets = protocol.targets.length > 0;
  const goals = hasTargets ? evaluateDose({ patient: patientOf(view), protocol, dose }).goals : [];
  return { report: { ...figures, maxGy, dvhStepGy: stepGy, dvh: curves }, goals };
}

/** Arrays by name, proved to be what they are taken for. */
class Arrays {
  readonly #file: string;
  readonly #voxels: number;
  readonly #all: ReadonlyMap<string, Uint8Array>;

  constructor(file: string, voxels: number, all: ReadonlyMap<string, Uint8Array>) {
    this.#file = file;
    this.#voxels = voxels;
    this.#all = all;
  }

  shorts(name: string): Float32Array {
    const bytes = this.#bytes(name, 2 * this.#voxels);
    return Float32Array.from(new Int16Array(bytes.buffer, 0, this.#voxels));
  }

  /** One finite value a voxel. */
  volume(name: string): Float32Array {
    const bytes = this.#bytes(name, 4 * this.#voxels);
    const values = new Float32Array(bytes.buffer, 0, this.#voxels);
    if (!values.every(Number.isFinite)) throw damaged(this.#file, `${name} holds values that are no numbers`);
    return values;
  }

  /** Values that are not negative: one a voxel, or of any number. */
  doses(name: string, length: 'voxels' | 'any' = 'voxels'): Float32Array {
    const bytes = this.#bytes(name, length === 'any' ? undefined : 4 * this.#voxels);
    if (bytes.length % 4 !== 0) throw damaged(this.#file, `${name} has ${bytes.length} bytes`);
    const values = new Float32Array(bytes.buffer, 0, bytes.length / 4);
    const odd = values.find((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
    if (odd !== undefined) throw damaged(this.#file, `${name} holds ${odd}`);
    return values;
  }

  /** Indices of voxels, ascending. */
  voxels(name: string): Uint32Array {
    const bytes = this.#bytes(name, undefined);
    if (bytes.length % 4 !== 0) throw damaged(this.#file, `${name} has ${bytes.length} bytes`);
    const indices = new Uint32Array(bytes.buffer, 0, bytes.length / 4);
    for (let n = 0; n < indices.length; n++) {
      if (indices[n] < this.#voxels && (n === 0 || indices[n] > indices[n - 1])) continue;
      throw damaged(this.#file, `${name} holds voxel ${indices[n]} at place ${n}`);
    }
    return indices;
  }

  /** A copy that begins at byte 0 of its memory, so that it can be seen as numbers. */
  #bytes(name: string, length: number | undefined): Uint8Array<ArrayBuffer> {
    const found = this.#all.get(name);
    if (found !== undefined && (length === undefined || found.length === length)) return new Uint8Array(found);
    throw damaged(this.#file, found === undefined ? `${name} is missing` : `${name} has ${found.length} bytes`);
  }
}
