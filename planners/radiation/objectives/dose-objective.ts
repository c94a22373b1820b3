import { type Device, type DeviceBuffer, type Launch, upload } from '../../../engine/compute/device.ts';
import {
  MOMENT_CHUNK,
  OBJECTIVE_CODES,
  type ObjectiveCode,
  objectiveChunks,
  prepareDoseObjective,
  STATE_STRIDE,
  TERM_STRIDE,
} from '../../../kernels/dose-objective/index.ts';
import { prepareRankSelect } from '../../../kernels/rank-select/index.ts';
import type { Objective } from '../protocol/objectives.ts';

/** One term of the objective on concrete voxels: `weight * f(dose)`. */
export interface ObjectiveTerm {
  readonly objective: Objective;
  /** Positions in the dose vector (not voxel numbers), ascending. */
  readonly voxels: Uint32Array;
}

interface TermNumbers {
  readonly code: ObjectiveCode;
  readonly referenceGy: number;
  readonly exponent: number;
  /** Rank, in descending order, of the dose that a term needs to know: D(V) of DVH terms, the extreme dose of EUD terms. */
  readonly rank?: number;
}

/** What the kernels know of a term; see kernels/dose-objective for the formulas. */
export function termNumbers(objective: Objective, voxelCount: number): TermNumbers {
  const referenceGy = objective.parameters.doseGy;
  switch (objective.function) {
    case 'mean-dose':
      return { code: `mean-dose-${objective.parameters.kind}`, referenceGy, exponent: 1 };
    case 'eud': {
      const { exponent } = objective.parameters;
      return { code: 'eud', referenceGy, exponent, rank: exponent > 0 ? 0 : voxelCount - 1 };
    }
    case 'max-dvh':
    case 'min-dvh': {
      // matRad: D(V) is element max(1, ceil(V * N)) of the doses in descending order.
      const position = Math.max(1, Math.ceil((objective.parameters.volumePercent / 100) * voxelCount));
      return { code: objective.function, referenceGy, exponent: 1, rank: position - 1 };
    }
    default:
      return { code: objective.function, referenceGy, exponent: 1 };
  }
}

/**
 * The sum of objective terms as a function of the dose vector, on the device: its value and its derivative by every
 * voxel's dose. Terms without voxels count nothing.
 */
export class DoseObjective {
  readonly #device: Device;
  readonly #owned: DeviceBuffer[] = [];
  readonly #prepare: (dose: DeviceBuffer, gradient: DeviceBuffer) => readonly Launch[];
  /** f32[4]; the first is the value. */
  readonly value: DeviceBuffer;

  constructor(device: Device, voxelCount: number, allTerms: readonly ObjectiveTerm[]) {
    this.#device = device;
    const terms = allTerms.filter((term) => term.voxels.length > 0);
    const tables = termTables(terms, voxelCount);
    const constant = (data: ArrayBufferView, label: string): DeviceBuffer => this.#keep(upload(device, data, label));
    const floats = (count: number, label: string): DeviceBuffer =>
      this.#keep(device.allocate(16 * Math.max(1, Math.ceil(count / 4)), label));
    this.value = floats(4, 'objective value');
    const selected = floats(terms.length, 'selected doses');
    const termVoxels = constant(tables.termVoxels, 'voxels of terms');
    const rankTable = constant(tables.ranks, 'ranks');
    const common = {
      terms: constant(tables.terms, 'objective terms'),
      voxelStarts: constant(tables.voxelStarts, 'first term of each voxel'),
      voxelTerms: constant(tables.voxelTerms, 'terms of voxels'),
      termVoxels,
      chunks: constant(tables.chunks, 'moment chunks'),
      chunkStarts: constant(tables.chunkStarts, 'first moment chunk of each term'),
      selected,
      moments: floats(tables.chunks.length / 4, 'moments'),
      states: floats(terms.length * STATE_STRIDE, 'term states'),
      partials: floats(objectiveChunks(voxelCount), 'objective parts'),
      objective: this.value,
    };
    const shape = { voxels: voxelCount, terms: terms.length, momentChunks: tables.chunks.length / 4 };
    this.#prepare = (dose, gradient) => [
      ...(tables.hasRanks
        ? [prepareRankSelect(device, terms.length, { values: dose, table: rankTable, indices: termVoxels, selected })]
        : []),
      ...prepareDoseObjective(device, shape, { ...common, dose, gradient }),
    ];
  }

  /** Launches that write {@link value} and gradient[v] = d value / d dose[v]. */
  prepare(dose: DeviceBuffer, gradient: DeviceBuffer): readonly Launch[] {
    return this.#prepare(dose, gradient);
  }

  free(): void {
    for (const buffer of this.#owned) this.#device.free(buffer);
    this.#owned.length = 0;
  }

  #keep(buffer: DeviceBuffer): DeviceBuffer {
    this.#owned.push(buffer);
    return buffer;
  }
}

function termTables(terms: readonly ObjectiveTerm[], voxelCount: number) {
  const table = new Float32Array(Math.max(1, terms.length) * TERM_STRIDE);
  const ranks = new Uint32Array(Math.max(1, terms.length) * 4);
  const chunkStarts = new Uint32Array(terms.length + 1);
  const chunks: number[] = [];
  const lists: Uint32Array[] = [];
  let listed = 0;
  let hasRanks = false;
  terms.forEach(({ objective, voxels }, t) => {
    const n = termNumbers(objective, voxels.length);
    const row = [
      OBJECTIVE_CODES[n.code],
      objective.weight,
      n.referenceGy,
      n.exponent,
      voxels.length,
      objective.weight / voxels.length,
    ];
    table.set(row, t * TERM_STRIDE);
    const needsMoment = objective.function === 'mean-dose' || objective.function === 'eud';
    if (needsMoment || n.rank !== undefined) {
      lists.push(voxels);
      if (n.rank !== undefined) {
        ranks.set([listed, listed + voxels.length, n.rank], 4 * t);
        hasRanks = true;
      }
      for (let from = 0; needsMoment && from < voxels.length; from += MOMENT_CHUNK) {
        chunks.push(t, listed + from, listed + Math.min(from + MOMENT_CHUNK, voxels.length), 0);
      }
      listed += voxels.length;
    }
    chunkStarts[t + 1] = chunks.length / 4;
  });
  const termVoxels = new Uint32Array(listed);
  let at = 0;
  for (const list of lists) {
    termVoxels.set(list, at);
    at += list.length;
  }
  return {
    terms: table,
    ranks,
    hasRanks,
    chunks: Uint32Array.from(chunks),
    chunkStarts,
    termVoxels,
    ...voxelLists(terms, voxelCount),
  };
}

/** The terms of each voxel, in the order of the terms. */
function voxelLists(terms: readonly ObjectiveTerm[], voxelCount: number) {
  const voxelStarts = new Uint32Array(voxelCount + 1);
  for (const { voxels } of terms) for (const v of voxels) voxelStarts[v + 1]++;
  for (let v = 0; v < voxelCount; v++) voxelStarts[v + 1] += voxelStarts[v];
  const next = voxelStarts.slice(0, voxelCount);
  const voxelTerms = new Uint32Array(voxelStarts[voxelCount]);
  terms.forEach(({ voxels }, t) => {
    for (const v of voxels) voxelTerms[next[v]++] = t;
  });
  return { voxelStarts, voxelTerms };
}
