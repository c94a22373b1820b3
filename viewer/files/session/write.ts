import { fits } from '../../../engine/formats/volumes/samples.ts';
import type { DoseReport } from '../../engine/messages.ts';
import { type Digest, pack } from './container.ts';
import type { SessionContent } from './content.ts';
import { checkManifest, type Manifest, SESSION_FORMAT, SESSION_VERSION } from './manifest.ts';

/**
 * The file of a session.
 *
 * @param version of the program
 * @throws IsocenterError `session/not-saved`, `session/too-large`, for what would not be read again
 */
export async function writeSession(content: SessionContent, version: string, digest: Digest): Promise<Uint8Array> {
  const { patient, plan, namedPlans } = content;
  const isWhole = fits(patient.hu, -32768, 32767);
  const manifest = manifestOf(content, version, isWhole);
  checkManifest(manifest);
  const arrays = new Map<string, Uint8Array>();
  const put = (name: string, values: Float32Array | Uint32Array | Int16Array): void => {
    arrays.set(name, new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice());
  };
  put('ct', isWhole ? Int16Array.from(patient.hu) : patient.hu);
  put('dose-voxels', patient.doseVoxels);
  for (const [n, { voxels }] of patient.structures.entries()) put(`structure-${n}`, voxels);
  for (const [n, { gy }] of patient.referenceDoses.entries()) put(`reference-${n}`, gy);
  if (plan !== undefined) {
    put('dose', patient.dose);
    put('weights', plan.report.weights);
  }
  for (const [n, { gy, report }] of namedPlans.entries()) {
    put(`plan-${n}`, gy);
    put(`plan-${n}-weights`, report.weights);
  }
  return pack(manifest, arrays, digest);
}

function manifestOf(content: SessionContent, version: string, isWhole: boolean): Omit<Manifest, 'arrays'> {
  const { patient, setup, objectives, plan, namedPlans, display } = content;
  const figures = ({ iteration, objective, afterMs }: DoseReport) => ({ iteration, objective, afterMs });
  const hasProtocol = patient.protocol.targets.length > 0;
  return {
    format: SESSION_FORMAT,
    version: SESSION_VERSION,
    writtenBy: `isocenter ${version}`,
    date: new Date().toISOString(),
    patient: {
      id: patient.id,
      grid: mutable(patient.grid),
      position: patient.position,
      source: patient.source,
      origin: mutable(patient.origin),
      warnings: [...patient.warnings],
      notes: [...patient.notes],
      ct: isWhole ? 'int16' : 'float32',
      structures: patient.structures.map(({ name }) => name),
      referenceDoses: patient.referenceDoses.map(({ name }) => name),
    },
    protocol: hasProtocol ? patient.protocol : null,
    setup: mutable(setup),
    objectives: [...objectives],
    ...(plan === undefined ? {} : { plan: { ...figures(plan.report), outcome: plan.outcome } }),
    namedPlans: namedPlans.map((kept) => ({
      name: kept.name,
      objectives: [...kept.objectives],
      ...figures(kept.report),
    })),
    display,
  };
}

type Mutable<T> = T extends Float32Array | Uint32Array
  ? T
  : T extends readonly [unknown, unknown, unknown]
    ? [...T]
    : T extends readonly (infer U)[]
      ? Mutable<U>[]
      : T extends object
        ? { -readonly [K in keyof T]: Mutable<T[K]> }
        : T;

/** The records of the page are readonly, those of a schema are not. */
function mutable<T>(value: T): Mutable<T> {
  return value as Mutable<T>;
}
