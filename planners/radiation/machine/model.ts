import { inputError } from '../../../engine/core/errors.ts';
import { z } from '../../../engine/core/schema.ts';

/** Depth components of the model: one `vec4` on the device. */
export const COMPONENTS = 4;
/** Broad Gaussians live on a coarse map: not narrower than this [mm] and not more than this many. */
export const MIN_BROAD_SIGMA_MM = 7.5;
export const MAX_BROAD_GAUSSIANS = 6;
/** Radiological depth at which the depth components are held constant [mm]; the fit is positive down to here. */
export const MAX_DEPTH_MM = 600;

/** Strengths of the kernels for a beam that enters the patient at one source-skin distance. */
export interface KernelSet {
  readonly ssdMm: number;
  /** Strength of the narrow shape in each of the 4 depth components [Gy/MU]. */
  readonly narrow: readonly number[];
  /** Strength of broad Gaussian k in component i at `i * K + k` [Gy/MU]. */
  readonly broad: readonly number[];
}

/**
 * A photon beam of a linac as a sum of pencil-beam kernels, separable in depth and lateral distance.
 *
 * Dose per MU at radiological depth d, at axial source distance z and at (x, y) in the isocentre plane:
 *
 *     D = (SAD/z)^2 * sum_{i=0..3} A_i(d) * [ narrow_i * (psi * g_narrow)(x, y) + sum_k broad_ik * (psi * g_k)(x, y) ]
 *
 * psi is the primary fluence (bixel weights times the in-air profile), `*` a convolution in the isocentre plane, g_k a
 * Gaussian of unit integral, g_narrow a mixture of them, and A_i(d) = sum_m mixing_im * exp(-attenuation_m * d).
 */
export interface BeamModel {
  readonly name: string;
  readonly description: string;
  readonly sadMm: number;
  readonly energyMV: number;
  /** Shape of the narrow kernel (source blur and electron transport) in the isocentre plane; weights sum to 1. */
  readonly narrow: { readonly sigmasMm: readonly number[]; readonly weights: readonly number[] };
  /** Standard deviations of the K broad Gaussians in the isocentre plane [mm]. */
  readonly broadSigmasMm: readonly number[];
  /** M exponentials [1/mm] and how much of each makes component i: index `i * M + m`. */
  readonly depth: { readonly attenuationPerMm: readonly number[]; readonly mixing: readonly number[] };
  /** By increasing SSD; strengths are linear between them and constant outside. */
  readonly kernels: readonly KernelSet[];
  /** In-air off-axis profile in the isocentre plane, linear between the radii, 1 on the axis. */
  readonly primaryFluence: { readonly radiusMm: readonly number[]; readonly value: readonly number[] };
  /** Conditions under which the machine's output factors and tissue-phantom ratios were measured. */
  readonly referenceConditions: {
    readonly outputFactorSsdMm: number;
    readonly outputFactorDepthMm: number;
    readonly tprReferenceDepthMm: number;
  };
  /** Square field, 1 MU on every bixel: the dose on the axis of a water tank. */
  readonly calibration: {
    readonly gyPerMu: number;
    readonly ssdMm: number;
    readonly depthMm: number;
    readonly fieldMm: number;
  };
  readonly provenance: {
    readonly source: string;
    readonly licence: string;
    readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
    /** Relative errors of the model against its own tables [%]. */
    readonly residuals: {
      readonly tprRmsPercent: number;
      readonly tprMaxPercent: number;
      readonly buildUpRmsPercent: number;
      readonly outputFactorMaxPercent: number;
    };
  };
}

const positive = z.number().positive();
const numbers = z.array(z.number());

const beamModelSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string(),
  sadMm: positive,
  energyMV: positive,
  narrow: z.strictObject({ sigmasMm: z.array(positive).min(1).max(3), weights: z.array(z.number().min(0)).min(1) }),
  broadSigmasMm: z.array(z.number().min(MIN_BROAD_SIGMA_MM)).min(1).max(MAX_BROAD_GAUSSIANS),
  depth: z.strictObject({ attenuationPerMm: z.array(positive).min(1), mixing: numbers }),
  kernels: z.array(z.strictObject({ ssdMm: positive, narrow: numbers.length(COMPONENTS), broad: numbers })).min(1),
  primaryFluence: z.strictObject({ radiusMm: z.array(z.number().min(0)).min(2), value: z.array(z.number().min(0)) }),
  referenceConditions: z.strictObject({
    outputFactorSsdMm: positive,
    outputFactorDepthMm: z.number().min(0),
    tprReferenceDepthMm: z.number().min(0),
  }),
  calibration: z.strictObject({ gyPerMu: positive, ssdMm: positive, depthMm: z.number().min(0), fieldMm: positive }),
  provenance: z.strictObject({
    source: z.string(),
    licence: z.string(),
    inputs: z.array(z.strictObject({ file: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
    residuals: z.strictObject({
      tprRmsPercent: z.number(),
      tprMaxPercent: z.number(),
      buildUpRmsPercent: z.number(),
      outputFactorMaxPercent: z.number(),
    }),
  }),
});

/** Reads a beam model from its JSON text; `fileName` is for the messages. */
export function parseBeamModel(text: string, fileName: string): BeamModel {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw inputError(
      'machine/not-json',
      `${fileName}: not JSON (${reason})`,
      'Give a beam model written by isocenter.',
    );
  }
  const parsed = beamModelSchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw badField(fileName, issue.path, valueAt(raw, issue.path), issue.message);
  }
  const model: BeamModel = parsed.data;
  const fault = firstFault(model);
  if (fault !== undefined) throw badField(fileName, fault.path, fault.value, fault.rule);
  return model;
}

/** Text of a beam model's file: twelve significant digits, one line for each list of numbers. */
export function beamModelText(model: BeamModel): string {
  const rounded = (_: string, v: unknown): unknown => (typeof v === 'number' ? Number(v.toPrecision(12)) : v);
  const pretty = JSON.stringify(model, rounded, 2);
  return `${pretty.replace(/\[[^[\]{}]*\]/g, (list) => list.replace(/\s+/g, ' '))}\n`;
}

/** Kernel strengths at an SSD, linear between the tabulated ones and held constant outside of them. */
export function kernelsAtSsd(model: BeamModel, ssdMm: number): { narrow: Float64Array; broad: Float64Array } {
  const sets = model.kernels;
  let upper = 0;
  while (upper < sets.length - 1 && sets[upper].ssdMm < ssdMm) upper++;
  const b = sets[upper];
  const a = sets[Math.max(0, upper - 1)];
  const t = a === b ? 0 : Math.min(1, Math.max(0, (ssdMm - a.ssdMm) / (b.ssdMm - a.ssdMm)));
  return {
    narrow: Float64Array.from(a.narrow, (v, i) => (1 - t) * v + t * b.narrow[i]),
    broad: Float64Array.from(a.broad, (v, i) => (1 - t) * v + t * b.broad[i]),
  };
}

/**
 * The four depth components at a radiological depth [mm of water], written to `out`. Above the surface they have their
 * value at the surface, below 600 mm their value there.
 */
export function depthComponents(model: Pick<BeamModel, 'depth'>, depthMm: number, out: Float64Array): void {
  const { attenuationPerMm, mixing } = model.depth;
  const terms = attenuationPerMm.length;
  const d = Math.min(MAX_DEPTH_MM, Math.max(0, depthMm));
  out.fill(0, 0, COMPONENTS);
  for (let m = 0; m < terms; m++) {
    const e = Math.exp(-attenuationPerMm[m] * d);
    for (let i = 0; i < COMPONENTS; i++) out[i] += mixing[i * terms + m] * e;
  }
}

/** The depth components at depths 0, step, 2 step, ... (n rows of 4), for linear interpolation on a device. */
export function depthTable(model: BeamModel, stepMm: number, n: number): Float32Array {
  const table = new Float32Array(n * COMPONENTS);
  const row = new Float64Array(COMPONENTS);
  for (let i = 0; i < n; i++) {
    depthComponents(model, i * stepMm, row);
    table.set(row, i * COMPONENTS);
  }
  return table;
}

/** In-air off-axis factor at a distance from the axis in the isocentre plane; the last value holds beyond the table. */
export function primaryFluence(model: Pick<BeamModel, 'primaryFluence'>, rMm: number): number {
  const { radiusMm, value } = model.primaryFluence;
  const last = radiusMm.length - 1;
  if (rMm >= radiusMm[last]) return value[last];
  let i = 0;
  while (rMm >= radiusMm[i + 1]) i++;
  return value[i] + ((rMm - radiusMm[i]) / (radiusMm[i + 1] - radiusMm[i])) * (value[i + 1] - value[i]);
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
  readonly rule: string;
}

/** What the schema cannot say: how the fields fit together. */
function firstFault(model: BeamModel): Fault | undefined {
  const { narrow, depth, kernels, primaryFluence: profile } = model;
  const length = (path: string, list: readonly number[], expected: number): Fault | undefined =>
    list.length === expected
      ? undefined
      : { path: path.split('.'), value: `${list.length} numbers`, rule: `must have ${expected} numbers` };
  const increasing = (path: string, list: readonly number[]): Fault | undefined => {
    const i = list.findIndex((v, k) => k > 0 && !(v > list[k - 1]));
    return i < 0 ? undefined : { path: [path, i], value: list[i], rule: `must be above ${list[i - 1]}` };
  };
  const sum = narrow.weights.reduce((a, b) => a + b, 0);
  const broadLength = COMPONENTS * model.broadSigmasMm.length;
  return (
    length('narrow.weights', narrow.weights, narrow.sigmasMm.length) ??
    (Math.abs(sum - 1) > 1e-6
      ? { path: ['narrow', 'weights'], value: `sum ${sum}`, rule: 'must have the sum 1' }
      : undefined) ??
    length('depth.mixing', depth.mixing, COMPONENTS * depth.attenuationPerMm.length) ??
    kernels
      .map((set, i) => length(`kernels.${i}.broad`, set.broad, broadLength))
      .find((fault) => fault !== undefined) ??
    increasing(
      'kernels.ssdMm',
      kernels.map((set) => set.ssdMm),
    ) ??
    length('primaryFluence.value', profile.value, profile.radiusMm.length) ??
    increasing('primaryFluence.radiusMm', profile.radiusMm) ??
    (profile.radiusMm[0] !== 0
      ? { path: ['primaryFluence', 'radiusMm', 0], value: profile.radiusMm[0], rule: 'must be 0' }
      : undefined) ??
    (Math.abs(profile.value[0] - 1) > 1e-6
      ? { path: ['primaryFluence', 'value', 0], value: profile.value[0], rule: 'must be 1' }
      : undefined)
  );
}

function badField(fileName: string, path: readonly PropertyKey[], value: unknown, rule: string): Error {
  const field = path.length === 0 ? 'the model' : path.map(String).join('.');
  const shown = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'missing');
  return inputError(
    'machine/bad-model',
    `${fileName}: ${field} = ${shown.length > 60 ? `${shown.slice(0, 57)}...` : shown}: ${rule}`,
    'Commission the machine again, or correct the field.',
  );
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return value;
}
