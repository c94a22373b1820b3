import { type Random, seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelArray, type KernelCase } from '../contract.ts';
import { shuffledIndices, uniformArray, withValue } from '../support/case-data.ts';
import {
  type DoseObjectiveShape,
  MOMENT_CHUNK,
  OBJECTIVE_CODES,
  type ObjectiveCode,
  objectiveChunks,
  prepareDoseObjective,
  STATE_STRIDE,
  TERM_STRIDE,
} from './index.ts';
import { doseAtVolume, doseObjectiveReference, type ObjectiveTerm } from './reference.ts';

interface Params extends DoseObjectiveShape {
  readonly structures: readonly ObjectiveTerm[];
}

const NEEDS_SUM: readonly ObjectiveCode[] = ['mean-dose-linear', 'mean-dose-quadratic', 'eud'];

/** The kernel's tables of some terms on `voxels` voxels. */
function objectiveTables(terms: readonly ObjectiveTerm[], dose: Float32Array): Record<string, KernelArray> {
  const table = new Float32Array(TERM_STRIDE * terms.length);
  const ofVoxel: number[][] = Array.from(dose, () => []);
  const termVoxels: number[] = [];
  const chunks: number[] = [];
  const chunkStarts = [0];
  const selected = new Float32Array(terms.length);
  terms.forEach((term, t) => {
    const count = term.voxels.length;
    const row = [
      OBJECTIVE_CODES[term.code],
      term.weight,
      term.referenceGy,
      term.exponent ?? 0,
      count,
      term.weight / count,
    ];
    table.set(row, TERM_STRIDE * t);
    for (const v of term.voxels) ofVoxel[v].push(t);
    if (NEEDS_SUM.includes(term.code)) {
      const base = termVoxels.length;
      termVoxels.push(...term.voxels);
      for (let first = 0; first < count; first += MOMENT_CHUNK) {
        chunks.push(t, base + first, base + Math.min(first + MOMENT_CHUNK, count), 0);
      }
    }
    chunkStarts.push(chunks.length / 4);
    if (term.exponent !== undefined && term.code === 'eud') {
      const extreme = term.exponent > 0 ? 1 : term.voxels.length;
      selected[t] = doseAtVolume(
        term.voxels.map((v) => dose[v]),
        extreme / term.voxels.length,
      );
    }
    if (term.volume !== undefined) {
      selected[t] = doseAtVolume(
        term.voxels.map((v) => dose[v]),
        term.volume,
      );
    }
  });
  const voxelStarts = [0];
  for (const list of ofVoxel) voxelStarts.push(voxelStarts[voxelStarts.length - 1] + list.length);
  return {
    dose,
    terms: table,
    voxelStarts: Uint32Array.from(voxelStarts),
    voxelTerms: Uint32Array.from(ofVoxel.flat()),
    termVoxels: Uint32Array.from(termVoxels),
    chunks: Uint32Array.from(chunks),
    chunkStarts: Uint32Array.from(chunkStarts),
    selected,
  };
}

function objectiveCase(
  name: string,
  dose: Float32Array,
  structures: readonly ObjectiveTerm[],
  nan = false,
): KernelCase<Params> {
  const inputs = objectiveTables(structures, dose);
  const momentChunks = inputs.chunks.length / 4;
  return {
    name,
    params: { voxels: dose.length, terms: structures.length, momentChunks, structures },
    inputs,
    outputs: { gradient: { type: 'f32', length: dose.length }, objective: { type: 'f32', length: 4 } },
    scratch: {
      moments: 4 * Math.max(1, momentChunks),
      states: 4 * STATE_STRIDE * Math.max(1, structures.length),
      partials: 4 * objectiveChunks(dose.length),
    },
    nan,
  };
}

function structure(random: Random, voxels: number, size: number): number[] {
  return Array.from(shuffledIndices(random, voxels).subarray(0, size)).sort((a, b) => a - b);
}

/** One term of each kind, on a dose of 0 to 70 Gy with some voxels at exactly 0 and at exactly the reference. */
function everyTerm(random: Random, dose: Float32Array, size: number): ObjectiveTerm[] {
  const inside = (): number[] => structure(random, dose.length, Math.min(size, dose.length));
  return [
    { code: 'squared-deviation', weight: 10, referenceGy: 60, voxels: inside() },
    { code: 'squared-overdosing', weight: 30, referenceGy: 45, voxels: inside() },
    { code: 'squared-underdosing', weight: 100, referenceGy: 20, voxels: inside() },
    { code: 'mean-dose-linear', weight: 50, referenceGy: 10, voxels: inside() },
    { code: 'mean-dose-linear', weight: 5, referenceGy: 69, voxels: inside() },
    { code: 'mean-dose-quadratic', weight: 3, referenceGy: 15, voxels: inside() },
    { code: 'eud', weight: 20, referenceGy: 12, exponent: 3.5, voxels: inside() },
    { code: 'eud', weight: 2, referenceGy: 20, exponent: 60, voxels: inside() },
    { code: 'eud', weight: 4, referenceGy: 50, exponent: -8, voxels: inside() },
    { code: 'max-dvh', weight: 40, referenceGy: 20, volume: 0.3, voxels: inside() },
    { code: 'min-dvh', weight: 60, referenceGy: 60, volume: 0.95, voxels: inside() },
  ];
}

function doses(random: Random, voxels: number): Float32Array {
  const dose = uniformArray(random, voxels, 0, 70);
  for (let v = 3; v < voxels; v += 50) dose[v] = 0;
  for (let v = 4; v < voxels; v += 70) dose[v] = 20;
  return dose;
}

function sizedCase(voxels: number): KernelCase<Params> {
  const random = seededRandom(70 + voxels);
  const dose = doses(random, voxels);
  return objectiveCase(`${voxels} voxels, every kind of term`, dose, everyTerm(random, dose, Math.ceil(voxels * 0.7)));
}

function singleCase(index: number): KernelCase<Params> {
  const random = seededRandom(90 + index);
  const dose = doses(random, 1300);
  const term = everyTerm(random, dose, 1100)[index];
  return objectiveCase(`only ${term.code}, exponent ${term.exponent ?? 'none'}, ${term.referenceGy} Gy`, dose, [term]);
}

function nanCase(code: 'squared-overdosing' | 'mean-dose-quadratic'): KernelCase<Params> {
  const random = seededRandom(110);
  const clean = doses(random, 1100);
  const terms = everyTerm(random, clean, 300).map((term) => ({ ...term, voxels: term.voxels.filter((v) => v !== 7) }));
  const touched = terms.map((term) => (term.code === code ? { ...term, voxels: [7, ...term.voxels] } : term));
  return objectiveCase(`NaN in a voxel of ${code}`, withValue(clean, 7, Number.NaN), touched, true);
}

const oneVoxel: ObjectiveTerm[] = [{ code: 'squared-deviation', weight: 2, referenceGy: 3, voxels: [0] }];

export const doseObjective = defineKernel<Params>({
  name: 'dose-objective',
  doc: "weighted sum of matRad's objective functions and its derivative by each voxel's dose",
  inputs: {
    dose: 'f32[voxels] Gy',
    terms: 'f32[terms][8] code, weight, reference [Gy], exponent, voxel count, weight / count, unused',
    voxelStarts: 'u32[voxels + 1] into voxelTerms',
    voxelTerms: 'u32[..] terms of each voxel',
    termVoxels: 'u32[..] voxels of the terms that need a sum',
    chunks: 'u32[momentChunks][4] term, first and end in termVoxels, unused',
    chunkStarts: 'u32[terms + 1] first chunk of each term',
    selected: 'f32[terms] Gy, dose of the rank of a DVH term, extreme dose of an EUD term',
  },
  outputs: { gradient: 'f32[voxels] 1 / Gy', objective: 'f32[4], the first is the value' },
  tolerance: {
    relative: 5e-5,
    why: '(d / scale)^k in float32 as exp2(k log2) is good to 2 |k log2(d / scale)| units in the last place, 100 where it counts',
  },
  cases: [
    objectiveCase('no voxel', new Float32Array(0), []),
    objectiveCase('no term', new Float32Array([1, 2, 3]), []),
    objectiveCase('one voxel, one term', new Float32Array([5]), oneVoxel),
    ...[3, 1023, 1024, 1025, 9000].map(sizedCase),
    ...Array.from({ length: 11 }, (_, i) => singleCase(i)),
    nanCase('squared-overdosing'),
    nanCase('mean-dose-quadratic'),
  ],
  cost: ({ params, inputs }) => ({
    flops: 6 * inputs.voxelTerms.length + 2 * inputs.termVoxels.length,
    bytes: 4 * (4 * params.voxels + inputs.voxelTerms.length + 2 * inputs.termVoxels.length),
  }),
  reference: ({ params, inputs }) => {
    const { objective, gradient } = doseObjectiveReference(params.structures, inputs.dose);
    return { objective: Float64Array.of(objective), gradient };
  },
  compared: (_, { gradient, objective }) => ({ objective: objective.subarray(0, 1), gradient }),
  prepare: (device, { params }, b) =>
    prepareDoseObjective(device, params, {
      dose: b.dose,
      terms: b.terms,
      voxelStarts: b.voxelStarts,
      voxelTerms: b.voxelTerms,
      termVoxels: b.termVoxels,
      chunks: b.chunks,
      chunkStarts: b.chunkStarts,
      selected: b.selected,
      moments: b.moments,
      states: b.states,
      partials: b.partials,
      gradient: b.gradient,
      objective: b.objective,
    }),
});
