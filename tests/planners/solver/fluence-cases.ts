import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../../../engine/compute/device.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import { defaultHlut, relativeElectronDensity } from '../../../engine/formats/hlut.ts';
import { readOpenKbp } from '../../../engine/formats/openkbp/patient.ts';
import { equispacedAngles } from '../../../planners/radiation/beams/beam.ts';
import { voxelPositions } from '../../../planners/radiation/dose/dose-grid.ts';
import type { DoseSetup } from '../../../planners/radiation/dose/operator.ts';
import { structureVoxels } from '../../../planners/radiation/evaluation/regions.ts';
import type { TargetAim } from '../../../planners/radiation/fluence/optimize.ts';
import { builtinMachine } from '../../../planners/radiation/machine/registry.ts';
import type { ObjectiveTerm } from '../../../planners/radiation/objectives/dose-objective.ts';
import { type PreparedPlan, preparePlan } from '../../../planners/radiation/planning/plan.ts';
import { positionsIn } from '../../../planners/radiation/planning/positions.ts';
import { builtinProtocol } from '../../../planners/radiation/protocol/registry.ts';
import { buildPhantom } from '../../../sim/phantoms/registry.ts';

/** A plan small enough for an explicit matrix in float64. */
export interface FluenceCase {
  readonly plan: PreparedPlan;
  readonly aims: readonly TargetAim[];
  /** The plan's dose problem in the form that the exact matrix takes. */
  readonly setup: DoseSetup;
}

/** TG-119 C-shape; dose is wanted within `reachMm` of the axis of the target. */
export function cShape(device: Device, voxelMm: number, bixelMm: number, reachMm = 60): Promise<FluenceCase> {
  const patient = buildPhantom('tg119-cshape', { voxelMm });
  const positions = voxelPositions(patient.structureSet.grid, patient.doseVoxels);
  const isNear = (_: number, i: number): boolean =>
    Math.hypot(positions[4 * i], positions[4 * i + 1]) < reachMm && Math.abs(positions[4 * i + 2]) < 50;
  const near = { ...patient, doseVoxels: patient.doseVoxels.filter(isNear) };
  return fluenceCase(device, near, 'tg119-cshape', { bixelMm, beams: 5 });
}

/** A patient of OpenKBP on a coarse dose grid. */
export function openKbpPatient(
  device: Device,
  folder: string,
  options: { readonly gridMm: number; readonly bixelMm: number; readonly beams: number },
): Promise<FluenceCase> {
  const files = new Map(readdirSync(folder).map((f) => [f.replace(/\.csv$/, ''), readFileSync(join(folder, f))]));
  const patient = readOpenKbp({ id: folder, path: folder, files });
  return fluenceCase(device, patient, 'head-neck-openkbp', options);
}

async function fluenceCase(
  device: Device,
  given: Patient,
  protocolName: string,
  options: { readonly gridMm?: number; readonly bixelMm: number; readonly beams: number },
): Promise<FluenceCase> {
  const model = builtinMachine('generic-6mv');
  const { bixelMm, gridMm } = options;
  const plan = await preparePlan(device, {
    patient: given,
    protocol: builtinProtocol(protocolName),
    model,
    angles: equispacedAngles(options.beams),
    bixelMm,
    hlut: defaultHlut,
    ...(gridMm === undefined ? {} : { doseGridMm: gridMm }),
  });
  const { patient, protocol, beams } = plan;
  const aims = protocol.targets.map(({ structure, prescriptionGy }) => ({
    voxels: positionsIn(patient.doseVoxels, structureVoxels(patient, structure) ?? new Uint32Array(0)),
    prescriptionGy,
  }));
  const density = relativeElectronDensity(patient.ct, defaultHlut);
  const positions = voxelPositions(patient.structureSet.grid, patient.doseVoxels);
  return { plan, aims, setup: { model, beams, density, positions, fractions: protocol.fractions } };
}

/**
 * The convex terms of matRad's objective in float64 (reference/radiation.md 1.1): squared deviation, over- and
 * underdosing, and the mean dose, linear or squared.
 */
export function convexObjective(terms: readonly ObjectiveTerm[]): (dose: Float64Array, slope: Float64Array) => number {
  return (dose, slope) => {
    slope.fill(0);
    let value = 0;
    for (const { objective, voxels } of terms) {
      if (voxels.length === 0) continue;
      const reference = objective.parameters.doseGy;
      const share = objective.weight / voxels.length;
      if (objective.function === 'mean-dose') {
        let mean = 0;
        for (const v of voxels) mean += dose[v] / voxels.length;
        const off = mean - reference;
        const isLinear = objective.parameters.kind === 'linear';
        value += objective.weight * (isLinear ? Math.abs(off) : off * off);
        const pull = share * (isLinear ? Math.sign(off) : 2 * off);
        for (const v of voxels) slope[v] += pull;
        continue;
      }
      for (const v of voxels) {
        const off = dose[v] - reference;
        if (objective.function === 'squared-overdosing' && off < 0) continue;
        if (objective.function === 'squared-underdosing' && off > 0) continue;
        value += share * off * off;
        slope[v] += 2 * share * off;
      }
    }
    return value;
  };
}
