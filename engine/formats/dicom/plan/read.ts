import { inputError } from '../../../core/errors.ts';
import type { Vec3 } from '../../../core/grid.ts';
import type { Dataset } from '../dataset.ts';
import type { StudyInfo } from '../modules.ts';
import type { DicomFile } from '../read.ts';
import { studyInfoOf } from '../study.ts';

/** Positions of one pair of jaws, or of the leaves of a collimator, at the isocentre plane [mm]. */
export interface LimitingDevice {
  /** X, Y, ASYMX, ASYMY, MLCX or MLCY. */
  readonly type: string;
  /** Jaws: low and high. Leaves: all of the low bank, then all of the high bank. */
  readonly positionsMm: readonly number[];
}

/** One moment of a beam, with everything that holds then. Angles IEC 61217 [deg]. */
export interface ControlPoint {
  /** Part of the beam's meterset that has been given, 0 to 1. */
  readonly metersetShare: number;
  readonly gantryDeg: number;
  readonly collimatorDeg: number;
  readonly couchDeg: number;
  readonly isocenterMm: Vec3 | undefined;
  readonly energyMv: number | undefined;
  readonly devices: readonly LimitingDevice[];
}

export interface PlannedBeam {
  readonly number: number;
  readonly name: string;
  readonly radiation: string;
  /** STATIC or DYNAMIC. */
  readonly type: string;
  readonly deliveryType: string;
  readonly machine: string;
  readonly sadMm: number | undefined;
  /** Of one fraction [MU]; undefined where the plan says none. */
  readonly metersetMu: number | undefined;
  /** By device type: edges between the leaves [mm], ascending; number of pairs plus one. */
  readonly leafBoundariesMm: Readonly<Record<string, readonly number[]>>;
  readonly controlPoints: readonly ControlPoint[];
}

/** An RT Plan with external photon beams. */
export interface RtPlan {
  readonly file: string;
  readonly label: string;
  readonly name: string;
  readonly study: StudyInfo;
  readonly sopInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly structureSetUid: string;
  readonly patientPosition: string;
  readonly fractions: number | undefined;
  /** Prescribed doses [Gy], as the plan names them. */
  readonly prescriptions: readonly { readonly name: string; readonly doseGy: number }[];
  readonly beams: readonly PlannedBeam[];
}

/**
 * Reads an RT Plan. What a control point does not repeat holds on from the one before (PS3.3 C.8.8.14).
 *
 * @throws IsocenterError `dicom/...` naming file, tag, beam and control point
 */
export function readRtPlan(file: DicomFile): RtPlan {
  const { dataset, name } = file;
  const [group] = dataset.items('FractionGroupSequence');
  const metersets = new Map<number, number>();
  for (const item of group?.items('ReferencedBeamSequence') ?? []) {
    const meterset = item.number('BeamMeterset');
    if (meterset !== undefined) metersets.set(item.needNumber('ReferencedBeamNumber'), meterset);
  }
  const beams = dataset.items('BeamSequence').map((beam) => readBeam(beam, metersets));
  const numbers = new Set(beams.map(({ number }) => number));
  if (numbers.size !== beams.length) {
    const hint = 'the plan is damaged: export it again';
    throw inputError('dicom/bad-value', `${name}: (300A,00C0) BeamNumber occurs twice`, hint);
  }
  return {
    file: name,
    label: dataset.text('RTPlanLabel') ?? '',
    name: dataset.text('RTPlanName') ?? '',
    study: studyInfoOf(dataset),
    sopInstanceUid: file.sopInstanceUid,
    frameOfReferenceUid: dataset.text('FrameOfReferenceUID') ?? '',
    structureSetUid: dataset.items('ReferencedStructureSetSequence')[0]?.text('ReferencedSOPInstanceUID') ?? '',
    patientPosition: dataset.items('PatientSetupSequence')[0]?.text('PatientPosition') ?? '',
    fractions: group?.number('NumberOfFractionsPlanned'),
    prescriptions: dataset.items('DoseReferenceSequence').flatMap((item) => {
      const doseGy = item.number('TargetPrescriptionDose');
      return doseGy === undefined ? [] : [{ name: item.text('DoseReferenceDescription') ?? '', doseGy }];
    }),
    beams,
  };
}

function readBeam(beam: Dataset, metersets: ReadonlyMap<number, number>): PlannedBeam {
  const number = beam.needNumber('BeamNumber');
  const leafBoundariesMm: Record<string, readonly number[]> = {};
  const pairs = new Map<string, number>();
  for (const device of beam.items('BeamLimitingDeviceSequence')) {
    const type = device.needText('RTBeamLimitingDeviceType');
    const count = device.number('NumberOfLeafJawPairs') ?? 1;
    pairs.set(type, count);
    if (!type.startsWith('MLC')) continue;
    const edges = device.needNumbers('LeafPositionBoundaries', count + 1);
    if (edges.some((edge, n) => n > 0 && !(edge > edges[n - 1]))) {
      throw device.bad('LeafPositionBoundaries', `those of ${type} of beam ${number} do not ascend`);
    }
    leafBoundariesMm[type] = edges;
  }
  return {
    number,
    name: beam.text('BeamName') ?? '',
    radiation: beam.text('RadiationType') ?? '',
    type: beam.text('BeamType') ?? '',
    deliveryType: beam.text('TreatmentDeliveryType') ?? '',
    machine: beam.text('TreatmentMachineName') ?? '',
    sadMm: beam.number('SourceAxisDistance'),
    metersetMu: metersets.get(number),
    leafBoundariesMm,
    controlPoints: readControlPoints(beam, number, pairs),
  };
}

function readControlPoints(beam: Dataset, number: number, pairs: ReadonlyMap<string, number>): ControlPoint[] {
  const final = beam.number('FinalCumulativeMetersetWeight') ?? 1;
  const points: ControlPoint[] = [];
  for (const item of beam.items('ControlPointSequence')) {
    const before = points[points.length - 1];
    const angle = (keyword: string, held: number | undefined): number => item.number(keyword) ?? held ?? 0;
    const weight = item.number('CumulativeMetersetWeight');
    const metersetShare = weight === undefined ? (before?.metersetShare ?? 0) : final === 0 ? 0 : weight / final;
    if (before !== undefined && metersetShare < before.metersetShare - 1e-6) {
      throw item.bad('CumulativeMetersetWeight', `it falls at control point ${points.length + 1} of beam ${number}`);
    }
    const isocenter = item.numbers('IsocenterPosition');
    points.push({
      metersetShare,
      gantryDeg: angle('GantryAngle', before?.gantryDeg),
      collimatorDeg: angle('BeamLimitingDeviceAngle', before?.collimatorDeg),
      couchDeg: angle('PatientSupportAngle', before?.couchDeg),
      isocenterMm: isocenter.length === 3 ? ([...isocenter] as unknown as Vec3) : before?.isocenterMm,
      energyMv: item.number('NominalBeamEnergy') ?? before?.energyMv,
      devices: devicesAt(item, number, pairs, before?.devices ?? []),
    });
  }
  return points;
}

/** Positions that the control point gives, over those that hold on. */
function devicesAt(
  item: Dataset,
  beam: number,
  pairs: ReadonlyMap<string, number>,
  before: readonly LimitingDevice[],
): LimitingDevice[] {
  const held = new Map(before.map((device) => [device.type, device]));
  for (const given of item.items('BeamLimitingDevicePositionSequence')) {
    const type = given.needText('RTBeamLimitingDeviceType');
    const positionsMm = given.numbers('LeafJawPositions');
    const count = 2 * (pairs.get(type) ?? positionsMm.length / 2);
    if (positionsMm.length !== count) {
      throw given.bad(
        'LeafJawPositions',
        `${type} of beam ${beam} has ${positionsMm.length} positions instead of ${count}`,
      );
    }
    const crossed = positionsMm.findIndex((low, n) => 2 * n < count && low > positionsMm[n + count / 2] + 1e-3);
    if (crossed >= 0) {
      const [low, high] = [positionsMm[crossed], positionsMm[crossed + count / 2]];
      throw given.bad(
        'LeafJawPositions',
        `pair ${crossed + 1} of ${type} of beam ${beam} is crossed: ${low} and ${high} mm`,
      );
    }
    held.set(type, { type, positionsMm });
  }
  return [...held.values()];
}
