import { inputError } from '../../../engine/core/errors.ts';
import { pencilBeamDose, slab } from '../dose/reference.ts';
import { constrainedLeastSquares } from './constrained-least-squares.ts';
import {
  ATTENUATION_PER_MM,
  depthWeights,
  fitExponentials,
  reduceToComponents,
  sumOfExponentials,
} from './depth-basis.ts';
import { triangularise } from './linear-least-squares.ts';
import {
  type BeamModel,
  COMPONENTS,
  depthComponents,
  type KernelSet,
  kernelsAtSsd,
  MAX_DEPTH_MM,
  primaryFluence,
} from './model.ts';
import { monotoneInterpolant } from './monotone-interpolation.ts';
import type { MachineParams, OutputFactorTable, PrimaryFluenceTable, TprTable } from './tables.ts';

export interface CommissionInput {
  readonly name: string;
  readonly description: string;
  readonly tpr: TprTable;
  readonly outputFactors: OutputFactorTable;
  readonly primaryFluence: PrimaryFluenceTable;
  readonly params: MachineParams;
  /** Where the tables come from; kept in the model. */
  readonly provenance?: {
    readonly source: string;
    readonly licence: string;
    readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  };
}

/** Dose of the calibration field: 1 MU on every bixel. */
const CALIBRATION = { gyPerMu: 0.01, ssdMm: 900, depthMm: 100, fieldMm: 100 } as const;
/** Width of the broad Gaussians in the isocentre plane [mm]; found by trial on both measured machines. */
const BROAD_SIGMAS_MM = [9, 22, 55, 140] as const;
/** Spread of the narrow kernel by electrons, on top of the source's [mm]. */
const ELECTRON_SPREAD_MM = 2.8;
/** Kernel strengths are quadratic in the SSD while they are fitted: smooth, whatever the noise of the tables. */
const SSD_DEGREE = 2;
const SSDS_MM = range(500, 1200, 50);
const FIELDS_MM = [10, 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 100, 120, 150, 200, 250, 300, 350, 400] as const;
const DEPTHS_MM = [...range(0, 5, 1), ...range(6, 30, 2), ...range(35, 50, 5), ...range(60, 300, 10)];
const BIXEL_MM = 5;
/** Small pull of every kernel strength to zero, relative to its column. */
const RIDGE = 1e-3;
/** The kernel is kept above this part of the 10 cm field's dose, where its Gaussians together have strength 1. */
const POSITIVE_FLOOR = 2e-4;

/**
 * Fits a beam model to measured tables. Deterministic, about a second.
 *
 * The square field of side s (at the isocentre) gives at depth d of a water tank, up to the inverse square law,
 *
 *     T(s, d) = E(s) * Sc(s) * Sp(s_d) * TPR(d, s_d) / TPR(d_ref, s_d),    s_d = s * (SSD + d) / SAD
 *
 * with d_ref the depth at which the output factors were measured (with the detector at the isocentre). Head scatter Sc
 * and phantom scatter Sp share the output factor equally, Sc = Sp = sqrt(OF / E). E(s) is the part of the narrow
 * kernel that falls inside the field, the loss of small fields to source size and electron range; it is 1 from 3 cm
 * on. OF/E and TPR are interpolated monotonically in log s and held constant beyond their tables.
 *
 * 1. Each column of the TPR table is smoothed by nine exponentials.
 * 2. The four depth components are the leading singular vectors of all the curves T at all SSDs.
 * 3. The share of the narrow kernel's two Gaussians is searched at the SSD of the output factors.
 * 4. The kernel strengths, quadratic in the SSD, follow from one linear least-squares problem over all SSDs, depths and
 *    fields (errors relative, the in-air horn inside the field integrals), subject to the kernel being positive at
 *    every depth and radius, so that no field has a negative dose anywhere.
 */
export function commission(input: CommissionInput): BeamModel {
  const { params } = input;
  requireReference(input);
  const sourceSigma = params.sourceFwhmMm / (2 * Math.sqrt(2 * Math.log(2)));
  const sigmas = [sourceSigma, Math.hypot(sourceSigma, ELECTRON_SPREAD_MM)];
  const { fieldMm } = input.outputFactors;
  const fields = FIELDS_MM.filter((s) => s >= fieldMm[0] - 0.5 && s <= fieldMm[fieldMm.length - 1] + 0.5);
  const tissuePhantomRatio = smoothTpr(input.tpr, params.outputFactorDepthMm);

  let best = { weights: [1, 0], residual: Number.POSITIVE_INFINITY };
  for (let step = 0; step <= 20; step++) {
    const weights = [step / 20, 1 - step / 20];
    const target = targets(input, tissuePhantomRatio, sigmas, weights);
    const mixing = components(target, fields, [params.outputFactorSsdMm]);
    const system = kernelSystem(input, target, { sigmas, weights, mixing }, fields, [params.outputFactorSsdMm], 0);
    if (system.residualNorm < best.residual) best = { weights, residual: system.residualNorm };
  }
  const { weights } = best;
  const target = targets(input, tissuePhantomRatio, sigmas, weights);
  const mixing = components(target, fields, SSDS_MM);
  const shape = { sigmas, weights, mixing };
  const system = kernelSystem(input, target, shape, fields, SSDS_MM, SSD_DEGREE);
  const constraints = positivity(target, shape, system);
  const strengths = constrainedLeastSquares(
    system,
    constraints,
    new Float64Array(constraints.length / system.unknowns).fill(POSITIVE_FLOOR),
  );
  const kernels = kernelSets(strengths.map((c, i) => c / system.scale[i]));

  const draft: BeamModel = {
    name: input.name,
    description: input.description,
    sadMm: params.sadMm,
    energyMV: params.energyMV,
    narrow: { sigmasMm: sigmas.filter((_, k) => weights[k] > 0), weights: weights.filter((w) => w > 0) },
    broadSigmasMm: [...BROAD_SIGMAS_MM],
    depth: { attenuationPerMm: [...ATTENUATION_PER_MM], mixing },
    kernels,
    primaryFluence: {
      radiusMm: [...input.primaryFluence.radiusMm],
      value: [...input.primaryFluence.fluence],
    },
    referenceConditions: {
      outputFactorSsdMm: params.outputFactorSsdMm,
      outputFactorDepthMm: params.outputFactorDepthMm,
      tprReferenceDepthMm: tprReferenceDepth(input.tpr),
    },
    calibration: CALIBRATION,
    provenance: {
      source: input.provenance?.source ?? '',
      licence: input.provenance?.licence ?? '',
      inputs: input.provenance?.inputs ?? [],
      residuals: { tprRmsPercent: 0, tprMaxPercent: 0, buildUpRmsPercent: 0, outputFactorMaxPercent: 0 },
    },
  };
  const model = calibrated(draft);
  return { ...model, provenance: { ...model.provenance, residuals: residuals(model, input) } };
}

/** Relative dose T(s, d) of a square field at an SSD, see {@link commission}. */
type Target = (fieldMm: number, depthMm: number, ssdMm: number) => number;

interface Shape {
  readonly sigmas: readonly number[];
  readonly weights: readonly number[];
  readonly mixing: readonly number[];
}

/** The least-squares problem for the strengths, with its columns scaled to length 1. */
interface KernelSystem {
  readonly unknowns: number;
  readonly r: Float64Array;
  readonly q: Float64Array;
  readonly residualNorm: number;
  readonly scale: Float64Array;
}

/** TPR(d, s) / TPR(d_ref, s) from the smoothed table. */
function smoothTpr(table: TprTable, referenceDepthMm: number): (depthMm: number, fieldMm: number) => number {
  const n = table.fieldMm.length;
  const columns = Array.from(table.fieldMm, (_, j) => {
    const curve = table.depthMm.map((_, i) => table.ratio[i * n + j]);
    const strengths = fitExponentials(table.depthMm, curve);
    const reference = sumOfExponentials(strengths, referenceDepthMm);
    return strengths.map((c) => c / reference);
  });
  const logField = table.fieldMm.map(Math.log);
  const atDepth = new Map<number, (logFieldMm: number) => number>();
  return (depthMm, fieldMm) => {
    let curve = atDepth.get(depthMm);
    if (curve === undefined) {
      curve = monotoneInterpolant(
        logField,
        columns.map((strengths) => sumOfExponentials(strengths, depthMm)),
      );
      atDepth.set(depthMm, curve);
    }
    return curve(Math.log(fieldMm));
  };
}

function targets(
  { outputFactors, params }: CommissionInput,
  tissuePhantomRatio: (depthMm: number, fieldMm: number) => number,
  sigmas: readonly number[],
  weights: readonly number[],
): Target {
  const inside = (s: number): number =>
    sigmas.reduce((sum, sigma, n) => sum + weights[n] * slab(0, s / 2, sigma) ** 2, 0);
  const scatter = monotoneInterpolant(
    outputFactors.fieldMm.map(Math.log),
    outputFactors.factor.map((factor, i) => factor / inside(outputFactors.fieldMm[i])),
  );
  return (s, d, ssd) => {
    const atDepth = (s * (ssd + d)) / params.sadMm;
    const headAndPhantom = Math.sqrt(scatter(Math.log(s)) * scatter(Math.log(atDepth)));
    return inside(s) * headAndPhantom * tissuePhantomRatio(d, atDepth);
  };
}

function components(target: Target, fields: readonly number[], ssds: readonly number[]): number[] {
  const curves = ssds.flatMap((ssd) =>
    fields.map((s) => {
      const norm = target(s, 100, ssd);
      return Float64Array.from(DEPTHS_MM, (d) => target(s, d, ssd) / norm);
    }),
  );
  return reduceToComponents(Float64Array.from(DEPTHS_MM), curves);
}

/** The unknowns are strengths of component i, shape k (0 the narrow one) and power p of the SSD: (i * shapes + k) * powers + p. */
function kernelSystem(
  input: CommissionInput,
  target: Target,
  shape: Shape,
  fields: readonly number[],
  ssds: readonly number[],
  degree: number,
): KernelSystem {
  const powers = degree + 1;
  const shapes = 1 + BROAD_SIGMAS_MM.length;
  const n = COMPONENTS * shapes * powers;
  const integrals = fields.map((s) => shapeIntegrals(input.primaryFluence, s, shape));
  const depthWeight = depthWeights(Float64Array.from(DEPTHS_MM));
  const component = componentsAt(shape.mixing, DEPTHS_MM);
  const rows = ssds.length * DEPTHS_MM.length * fields.length + n;
  const matrix = new Float64Array(rows * n);
  const rhs = new Float64Array(rows);
  const scale = new Float64Array(n);
  let row = 0;
  for (const ssd of ssds) {
    const power = ssdPowers(ssd, degree);
    for (let di = 0; di < DEPTHS_MM.length; di++) {
      for (let s = 0; s < fields.length; s++) {
        const value = target(fields[s], DEPTHS_MM[di], ssd);
        const weight = (depthWeight[di] * fieldWeight(fields[s]) * ssdWeight(ssd)) / value;
        rhs[row] = weight * value;
        for (let i = 0; i < COMPONENTS; i++) {
          for (let k = 0; k < shapes; k++) {
            const v = weight * component[di * COMPONENTS + i] * integrals[s][k];
            for (let p = 0; p < powers; p++) {
              const column = (i * shapes + k) * powers + p;
              matrix[row * n + column] = v * power[p];
              scale[column] += (v * power[p]) ** 2;
            }
          }
        }
        row++;
      }
    }
  }
  for (let c = 0; c < n; c++) {
    scale[c] = Math.sqrt(scale[c]);
    for (let k = 0; k < row; k++) matrix[k * n + c] /= scale[c];
    matrix[(row + c) * n + c] = RIDGE;
  }
  return { ...triangularise(matrix, rhs, n), scale };
}

/** Small fields carry the least certain output factors; the reference field should be met best. */
function fieldWeight(fieldMm: number): number {
  return fieldMm < 15 ? 0.7 : fieldMm === CALIBRATION.fieldMm ? 1.5 : 1;
}

/** Isocentric treatments and water tanks lie here. */
function ssdWeight(ssdMm: number): number {
  return ssdMm >= 750 && ssdMm <= 1000 ? 2 : 1;
}

function ssdPowers(ssdMm: number, degree: number): number[] {
  return range(0, degree, 1).map((p) => ((ssdMm - 900) / 300) ** p);
}

/** Integral of (square field of bixels, with the in-air horn) times each shape, at the centre of the field. */
function shapeIntegrals(profile: PrimaryFluenceTable, fieldMm: number, { sigmas, weights }: Shape): number[] {
  const n = Math.max(2, 2 * Math.ceil(fieldMm / (2 * BIXEL_MM)));
  const size = fieldMm / n;
  const at = range(0, n / 2 - 1, 1).map((i) => (i + 0.5) * size);
  const horn = horns(profile, at);
  const integral = (sigma: number): number => {
    const part = at.map((x) => slab(x, size / 2, sigma));
    let sum = 0;
    for (let i = 0; i < at.length; i++) for (let j = 0; j < at.length; j++) sum += horn[i][j] * part[i] * part[j];
    return 4 * sum;
  };
  const narrow = sigmas.reduce((sum, sigma, k) => sum + weights[k] * integral(sigma), 0);
  return [narrow, ...BROAD_SIGMAS_MM.map(integral)];
}

function horns(profile: PrimaryFluenceTable, at: readonly number[]): number[][] {
  const linear = { primaryFluence: { radiusMm: [...profile.radiusMm], value: [...profile.fluence] } };
  return at.map((x) => at.map((y) => primaryFluence(linear, Math.hypot(x, y))));
}

/** Rows of the constraints "kernel > 0" at depths, radii and the SSDs of the model. */
function positivity(target: Target, shape: Shape, { scale, unknowns }: KernelSystem): Float64Array {
  const depths = [...range(0, 8, 0.5), ...range(9, 20, 1), ...range(25, 50, 5), ...range(60, MAX_DEPTH_MM, 20)];
  const radii = [...range(0, 40, 2), ...range(45, 150, 15), ...range(180, 500, 40)];
  const ssds = range(500, 1200, 100);
  const shapes = 1 + BROAD_SIGMAS_MM.length;
  const powers = SSD_DEGREE + 1;
  const component = componentsAt(shape.mixing, depths);
  const profiles = radii.map((r) => {
    const gauss = (sigma: number): number => Math.exp(-0.5 * (r / sigma) ** 2) / (2 * Math.PI * sigma ** 2);
    const narrow = shape.sigmas.reduce((sum, sigma, k) => sum + shape.weights[k] * gauss(sigma), 0);
    const values = [narrow, ...BROAD_SIGMAS_MM.map(gauss)];
    const total = values.reduce((a, b) => a + b, 0);
    return values.map((v) => v / total);
  });
  const out = new Float64Array(ssds.length * depths.length * radii.length * unknowns);
  let at = 0;
  for (const ssd of ssds) {
    const power = ssdPowers(ssd, SSD_DEGREE);
    for (let d = 0; d < depths.length; d++) {
      const beyond = Math.max(0, depths[d] - 300);
      const typical = target(100, Math.min(300, depths[d]), ssd) * Math.exp(-0.0045 * beyond);
      for (const profile of profiles) {
        for (let i = 0; i < COMPONENTS; i++) {
          for (let k = 0; k < shapes; k++) {
            const v = (component[d * COMPONENTS + i] * profile[k]) / typical;
            for (let p = 0; p < powers; p++, at++) out[at] = (v * power[p]) / scale[at % unknowns];
          }
        }
      }
    }
  }
  return out;
}

function componentsAt(mixing: readonly number[], depths: readonly number[]): Float64Array {
  const depth = { attenuationPerMm: ATTENUATION_PER_MM, mixing };
  const out = new Float64Array(depths.length * COMPONENTS);
  depths.forEach((d, i) => {
    depthComponents({ depth }, d, out.subarray(i * COMPONENTS, (i + 1) * COMPONENTS));
  });
  return out;
}

function kernelSets(strengths: Float64Array): KernelSet[] {
  const powers = SSD_DEGREE + 1;
  const shapes = 1 + BROAD_SIGMAS_MM.length;
  return SSDS_MM.map((ssdMm) => {
    const power = ssdPowers(ssdMm, SSD_DEGREE);
    const value = (i: number, k: number): number =>
      power.reduce((sum, v, p) => sum + v * strengths[(i * shapes + k) * powers + p], 0);
    const components = range(0, COMPONENTS - 1, 1);
    return {
      ssdMm,
      narrow: components.map((i) => value(i, 0)),
      broad: components.flatMap((i) => BROAD_SIGMAS_MM.map((_, k) => value(i, k + 1))),
    };
  });
}

/** The model scaled so that the calibration field gives its dose exactly. */
function calibrated(model: BeamModel): BeamModel {
  const { gyPerMu, ssdMm, depthMm, fieldMm } = model.calibration;
  const factor = gyPerMu / squareFieldDose(model, fieldMm, depthMm, ssdMm);
  return {
    ...model,
    kernels: model.kernels.map((set) => ({
      ssdMm: set.ssdMm,
      narrow: set.narrow.map((c) => c * factor),
      broad: set.broad.map((c) => c * factor),
    })),
  };
}

/** Dose on the axis of a square field of 1 MU in a water tank [Gy], the field cut into bixels of about 5 mm. */
export function squareFieldDose(model: BeamModel, fieldMm: number, depthMm: number, ssdMm: number): number {
  const n = Math.max(1, Math.round(fieldMm / BIXEL_MM));
  const sizeMm = fieldMm / n;
  const centre = (i: number): number => (i + 0.5) * sizeMm - fieldMm / 2;
  const xMm = Float64Array.from({ length: n * n }, (_, j) => centre(j % n));
  const yMm = Float64Array.from({ length: n * n }, (_, j) => centre(Math.floor(j / n)));
  const point = { x: 0, y: 0, depthMm, axialDistanceMm: ssdMm + depthMm };
  const weights = new Float64Array(n * n).fill(1);
  return pencilBeamDose(model, kernelsAtSsd(model, ssdMm), { xMm, yMm, sizeMm }, weights, point);
}

function residuals(model: BeamModel, input: CommissionInput): BeamModel['provenance']['residuals'] {
  const { tpr, outputFactors, params } = input;
  const sad = params.sadMm;
  const reference = model.referenceConditions.tprReferenceDepthMm;
  const dose = (s: number, d: number): number => squareFieldDose(model, s, d, sad - d);
  const atReference = Array.from(tpr.fieldMm, (s) => dose(s, reference));
  let deep = 0;
  let deepCount = 0;
  let deepest = 0;
  let buildUp = 0;
  let buildUpCount = 0;
  for (let i = 0; i < tpr.depthMm.length; i++) {
    const d = tpr.depthMm[i];
    // every depth near the surface, then every 10 mm
    if (d > 30 && d % 10 !== 0) continue;
    for (let j = 0; j < tpr.fieldMm.length; j++) {
      if (tpr.fieldMm[j] < 30 || tpr.fieldMm[j] > 300) continue;
      const error = dose(tpr.fieldMm[j], d) / atReference[j] / tpr.ratio[i * tpr.fieldMm.length + j] - 1;
      if (d >= 15) {
        deep += error ** 2;
        deepCount++;
        deepest = Math.max(deepest, Math.abs(error));
      } else {
        buildUp += error ** 2;
        buildUpCount++;
      }
    }
  }
  let output = 0;
  const tenCm = dose(100, params.outputFactorDepthMm);
  for (let i = 0; i < outputFactors.fieldMm.length; i++) {
    const s = outputFactors.fieldMm[i];
    if (s < 30 || s > 300) continue;
    output = Math.max(output, Math.abs(dose(s, params.outputFactorDepthMm) / tenCm / outputFactors.factor[i] - 1));
  }
  const percent = (v: number): number => Math.round(v * 1e5) / 1e3;
  return {
    tprRmsPercent: percent(Math.sqrt(deep / Math.max(1, deepCount))),
    tprMaxPercent: percent(deepest),
    buildUpRmsPercent: percent(Math.sqrt(buildUp / Math.max(1, buildUpCount))),
    outputFactorMaxPercent: percent(output),
  };
}

/** The depth at which every column of the table is (closest to) 1. */
function tprReferenceDepth({ depthMm, fieldMm, ratio }: TprTable): number {
  const n = fieldMm.length;
  const off = (i: number): number => Math.max(...ratio.subarray(i * n, (i + 1) * n).map((v) => Math.abs(v - 1)));
  let best = 0;
  for (let i = 1; i < depthMm.length; i++) if (off(i) < off(best)) best = i;
  return depthMm[best];
}

/** The output factors must have been measured at the isocentre, relative to the 10 cm field. */
function requireReference({ outputFactors, params }: CommissionInput): void {
  const distance = params.outputFactorSsdMm + params.outputFactorDepthMm;
  if (Math.abs(distance - params.sadMm) > 1) {
    throw inputError(
      'machine/reference-conditions',
      `${params.fileName}: output factors at SSD ${params.outputFactorSsdMm} mm and depth ${params.outputFactorDepthMm} mm ` +
        `put the detector at ${distance} mm, expected the isocentre at ${params.sadMm} mm`,
      'Give output factors measured with the detector at the source-axis distance.',
    );
  }
  const { fieldMm, factor } = outputFactors;
  const tenCm = monotoneInterpolant(fieldMm.map(Math.log), factor)(Math.log(100));
  if (fieldMm[0] > 50 || fieldMm[fieldMm.length - 1] < 200 || Math.abs(tenCm - 1) > 0.005) {
    throw inputError(
      'machine/reference-conditions',
      `${outputFactors.fileName}: fields ${fieldMm[0]} to ${fieldMm[fieldMm.length - 1]} mm, factor ${tenCm.toFixed(4)} at ` +
        '100 mm; expected fields from at most 50 to at least 200 mm and the factor 1 at 100 mm',
      'Give output factors relative to the 10 cm x 10 cm field, sides in mm.',
    );
  }
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step + 1e-9) + 1 }, (_, i) => from + i * step);
}
