import { type Device, upload } from '../../../engine/compute/device.ts';
import { T_patient_beam, transformPoint } from '../../../engine/core/frames.ts';
import type { Vec3, Volume } from '../../../engine/core/grid.ts';
import type { Beam } from '../beams/beam.ts';
import { bixelX, bixelY, rectangularField } from '../beams/bixels.ts';
import { DoseOperator } from '../dose/operator.ts';
import type { BeamModel } from './model.ts';

/** Dose on the axis of a square field, in percent of its own maximum. */
export interface DepthDose {
  /** Side of the field in the isocentre plane. */
  readonly fieldMm: number;
  readonly ssdMm: number;
  /** Depth of the maximum, sought in steps of 0.5 mm. */
  readonly maximumDepthMm: number;
  readonly depthMm: readonly number[];
  readonly percent: readonly number[];
}

/** Dose across a square field at one depth, relative to the dose on the axis at the same depth. */
export interface OffAxisProfile {
  readonly fieldMm: number;
  readonly ssdMm: number;
  readonly depthMm: number;
  /** Distance from the axis in the plane of the points. */
  readonly offAxisMm: readonly number[];
  readonly ratio: readonly number[];
}

/**
 * What the dose engine computes for a machine in a water tank of relative electron density 1: rays traced, maps
 * convolved and read as in a plan, every bixel at 1 MU. Plain data, ready for JSON.
 */
export interface MachineReport {
  readonly machine: string;
  /** Fields of 50, 100 and 200 mm at SSD 1000 mm, depths 0 to 300 mm. */
  readonly depthDoses: readonly DepthDose[];
  /** Dose at 200 mm over dose at 100 mm depth, 100 mm field, detector at the isocentre. */
  readonly tpr2010: number;
  /** Square fields under the machine's reference conditions, relative to 100 mm. */
  readonly outputFactors: {
    readonly ssdMm: number;
    readonly depthMm: number;
    readonly fieldMm: readonly number[];
    readonly factor: readonly number[];
  };
  /** Dose under the calibration conditions that the machine states. */
  readonly calibration: {
    readonly ssdMm: number;
    readonly depthMm: number;
    readonly fieldMm: number;
    readonly gyPerMu: number;
  };
  /**
   * In-air fluence as a mini-phantom measures it: a field of `fieldMm` moves along x with the detector at its centre, near
   * the isocentre plane behind `depthMm` of water along its own ray; without the inverse-square factor, relative to the
   * axis. Water beside the small field counts as it does for the field on the axis, so that only the fluence remains.
   */
  readonly inAirProfile: {
    readonly fieldMm: number;
    readonly depthMm: number;
    /** In the isocentre plane. */
    readonly radiusMm: readonly number[];
    readonly ratio: readonly number[];
  };
  /** A 400 mm field at SSD 1000 mm, along x. */
  readonly offAxisProfiles: readonly OffAxisProfile[];
  /** From 80 % to 20 % of the dose on the axis, along x at one edge of the field in the plane of the isocentre. */
  readonly penumbra: {
    readonly fieldMm: number;
    readonly ssdMm: number;
    readonly depthMm: number;
    readonly widthMm: number;
    /** Where the dose is half of that on the axis. */
    readonly halfWidthMm: number;
  };
}

const REFERENCE_FIELD_MM = 100;
const SSD_MM = 1000;
const LARGEST_FIELD_MM = 400;
const DEPTH_DOSE_FIELDS_MM = [50, 100, 200];
const OUTPUT_FIELDS_MM = [10, 20, 30, 40, 50, 70, 80, 100, 150, 200, 300, 400];
const PROFILE_DEPTHS_MM = [15, 50, 100, 200];
const REPORTED_DEPTHS_MM = [0, 2, 5, 10, 15, 20, 25, ...range(30, 300, 10)];
/** Depth behind which fluence and penumbra are read. */
const DEPTH_MM = 100;
const MINI_PHANTOM_MM = 40;

/** Computes the report; takes a few dose operators one after the other. */
export async function machineReport(device: Device, model: BeamModel): Promise<MachineReport> {
  return {
    machine: model.name,
    depthDoses: await depthDoses(device, model),
    tpr2010: await tpr2010(device, model),
    outputFactors: await outputFactors(device, model),
    calibration: await calibration(device, model),
    inAirProfile: await inAirProfile(device, model),
    offAxisProfiles: await offAxisProfiles(device, model),
    penumbra: await penumbra(device, model),
  };
}

async function depthDoses(device: Device, model: BeamModel): Promise<DepthDose[]> {
  const search = range(0, 50, 0.5);
  const points = [...search, ...REPORTED_DEPTHS_MM].map(onAxis);
  const doses = await irradiate(device, model, SSD_MM, DEPTH_DOSE_FIELDS_MM.map(square), points);
  return DEPTH_DOSE_FIELDS_MM.map((fieldMm, f) => {
    const near = Array.from(doses[f].subarray(0, search.length));
    const maximum = Math.max(...near);
    return {
      fieldMm,
      ssdMm: SSD_MM,
      maximumDepthMm: search[near.indexOf(maximum)],
      depthMm: REPORTED_DEPTHS_MM,
      percent: Array.from(doses[f].subarray(search.length), (dose) => (100 * dose) / maximum),
    };
  });
}

async function tpr2010(device: Device, model: BeamModel): Promise<number> {
  const at = async (depthMm: number): Promise<number> => {
    const fields = [square(REFERENCE_FIELD_MM)];
    return (await irradiate(device, model, model.sadMm - depthMm, fields, [onAxis(depthMm)]))[0][0];
  };
  return (await at(200)) / (await at(100));
}

async function outputFactors(device: Device, model: BeamModel): Promise<MachineReport['outputFactors']> {
  const { outputFactorSsdMm: ssdMm, outputFactorDepthMm: depthMm } = model.referenceConditions;
  const doses = await irradiate(device, model, ssdMm, OUTPUT_FIELDS_MM.map(square), [onAxis(depthMm)]);
  const reference = doses[OUTPUT_FIELDS_MM.indexOf(REFERENCE_FIELD_MM)][0];
  return { ssdMm, depthMm, fieldMm: OUTPUT_FIELDS_MM, factor: doses.map((dose) => dose[0] / reference) };
}

async function calibration(device: Device, model: BeamModel): Promise<MachineReport['calibration']> {
  const { ssdMm, depthMm, fieldMm } = model.calibration;
  const [dose] = await irradiate(device, model, ssdMm, [square(fieldMm)], [onAxis(depthMm)]);
  return { ssdMm, depthMm, fieldMm, gyPerMu: dose[0] };
}

async function inAirProfile(device: Device, model: BeamModel): Promise<MachineReport['inAirProfile']> {
  const radiusMm = range(0, 180, 20);
  const ssdMm = model.sadMm - DEPTH_MM;
  const fields = radiusMm.map((centreXMm) => ({ sideMm: MINI_PHANTOM_MM, centreXMm }));
  const points = radiusMm.map((r): Point => {
    const depthMm = (DEPTH_MM * model.sadMm) / Math.hypot(model.sadMm, r);
    return { depthMm, offAxisMm: (r * (ssdMm + depthMm)) / model.sadMm };
  });
  const doses = await irradiate(device, model, ssdMm, fields, points);
  const fluence = doses.map((dose, i) => dose[i] * (ssdMm + points[i].depthMm) ** 2);
  return { fieldMm: MINI_PHANTOM_MM, depthMm: DEPTH_MM, radiusMm, ratio: fluence.map((f) => f / fluence[0]) };
}

async function offAxisProfiles(device: Device, model: BeamModel): Promise<OffAxisProfile[]> {
  const offAxisMm = range(0, 240, 10);
  const points = PROFILE_DEPTHS_MM.flatMap((depthMm) => offAxisMm.map((x): Point => ({ depthMm, offAxisMm: x })));
  const [dose] = await irradiate(device, model, SSD_MM, [square(LARGEST_FIELD_MM)], points);
  return PROFILE_DEPTHS_MM.map((depthMm, d) => {
    const along = Array.from(dose.subarray(d * offAxisMm.length, (d + 1) * offAxisMm.length));
    const ratio = along.map((value) => value / along[0]);
    return { fieldMm: LARGEST_FIELD_MM, ssdMm: SSD_MM, depthMm, offAxisMm, ratio };
  });
}

async function penumbra(device: Device, model: BeamModel): Promise<MachineReport['penumbra']> {
  const ssdMm = model.sadMm - DEPTH_MM;
  const offAxisMm = range(0, REFERENCE_FIELD_MM, 0.5);
  const points = offAxisMm.map((x): Point => ({ depthMm: DEPTH_MM, offAxisMm: x }));
  const [dose] = await irradiate(device, model, ssdMm, [square(REFERENCE_FIELD_MM)], points);
  const crossing = (level: number): number => {
    const wanted = level * dose[0];
    const i = dose.findIndex((value) => value < wanted);
    return offAxisMm[i] - ((wanted - dose[i]) / (dose[i - 1] - dose[i])) * (offAxisMm[i] - offAxisMm[i - 1]);
  };
  const widthMm = crossing(0.2) - crossing(0.8);
  return { fieldMm: REFERENCE_FIELD_MM, ssdMm, depthMm: DEPTH_MM, widthMm, halfWidthMm: crossing(0.5) };
}

/** A square field whose centre lies on the x axis of the isocentre plane. */
interface Field {
  readonly sideMm: number;
  readonly centreXMm: number;
}

interface Point {
  readonly depthMm: number;
  readonly offAxisMm: number;
}

function square(sideMm: number): Field {
  return { sideMm, centreXMm: 0 };
}

function onAxis(depthMm: number): Point {
  return { depthMm, offAxisMm: 0 };
}

/**
 * Dose [Gy] of each field, all its bixels at 1 MU, at each point of a tank whose surface lies `ssdMm` from the source: one
 * operator whose bixels cover all fields. The bixels are of 5 mm or a little more or less, so that they fill the largest.
 */
async function irradiate(
  device: Device,
  model: BeamModel,
  ssdMm: number,
  fields: readonly Field[],
  points: readonly Point[],
): Promise<Float32Array[]> {
  const reachMm = Math.max(...fields.map((field) => field.centreXMm + field.sideMm / 2));
  const bixels = rectangularField(2 * reachMm, 2 * reachMm, reachMm / Math.max(1, Math.round(reachMm / 5)));
  const positions = Float32Array.from(points.flatMap((p) => [p.offAxisMm, p.depthMm, 0, 0]));
  const beams = [beamOnto(model, ssdMm, bixels)];
  const operator = await DoseOperator.create(device, { model, beams, density: tank(), positions, fractions: 1 });
  const weights = upload(device, new Float32Array(operator.bixelCount), 'weights');
  const dose = upload(device, new Float32Array(operator.voxelCount), 'dose');
  try {
    const launches = operator.prepareForward(weights, dose);
    const doses: Float32Array[] = [];
    for (const { sideMm, centreXMm } of fields) {
      const isOpen = (_: unknown, i: number): number =>
        Math.abs(bixelX(bixels, i) - centreXMm) < sideMm / 2 && Math.abs(bixelY(bixels, i)) < sideMm / 2 ? 1 : 0;
      device.write(weights, Float32Array.from(bixels.cells, isOpen));
      for (const launch of launches) device.run(launch);
      const values = new Float32Array(points.length);
      await device.read(dose, values);
      doses.push(values);
    }
    return doses;
  } finally {
    operator.free();
    device.free(weights);
    device.free(dose);
  }
}

/** From gantry 0, which looks along +y, onto a surface in the plane y = 0. */
function beamOnto(model: BeamModel, ssdMm: number, bixels: Beam['bixels']): Beam {
  const angles = { gantryDeg: 0, couchDeg: 0, collimatorDeg: 0 };
  const isocenterMm: Vec3 = [0, model.sadMm - ssdMm, 0];
  const transform = T_patient_beam(angles, isocenterMm);
  const sourceMm = transformPoint(transform, [0, 0, model.sadMm]);
  return { ...angles, isocenterMm, sadMm: model.sadMm, ssdMm, transform, sourceMm, bixels };
}

/** Water below the plane y = 0: 650 x 320 x 650 mm, the axis of the beam in the middle of its voxels. */
function tank(): Volume {
  const size: Vec3 = [65, 32, 65];
  const grid = { size, spacingMm: [10, 10, 10], originMm: [-320, 5, -320] } as const;
  return { grid, data: new Float32Array(size[0] * size[1] * size[2]).fill(1), unit: '1' };
}

function range(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.round((last - first) / step) + 1 }, (_, i) => first + i * step);
}
