import { derivedUid, SOP_CLASS } from '../../../../engine/formats/dicom/uids.ts';
import type { DicomRecord } from '../../../../engine/formats/dicom/write.ts';

const jaws = (type: string, ...positions: number[]): DicomRecord => ({
  RTBeamLimitingDeviceType: type,
  LeafJawPositions: positions,
});

/** A plan of one beam with three control points, of which the later ones name only what changes. */
export function planRecord(edit: (record: DicomRecord) => DicomRecord = (record) => record): DicomRecord {
  return edit({
    SOPClassUID: SOP_CLASS.rtPlan,
    SOPInstanceUID: derivedUid('plan'),
    Modality: 'RTPLAN',
    PatientID: 'P1',
    RTPlanLabel: 'boost',
    FrameOfReferenceUID: derivedUid('frame'),
    ReferencedStructureSetSequence: [
      { ReferencedSOPClassUID: SOP_CLASS.rtStructureSet, ReferencedSOPInstanceUID: derivedUid('rtss') },
    ],
    PatientSetupSequence: [{ PatientSetupNumber: 1, PatientPosition: 'HFS' }],
    DoseReferenceSequence: [{ DoseReferenceNumber: 1, DoseReferenceDescription: 'PTV', TargetPrescriptionDose: 50 }],
    FractionGroupSequence: [
      {
        FractionGroupNumber: 1,
        NumberOfFractionsPlanned: 25,
        ReferencedBeamSequence: [{ ReferencedBeamNumber: 1, BeamMeterset: 123.5 }],
      },
    ],
    BeamSequence: [
      {
        BeamNumber: 1,
        BeamName: 'arc',
        BeamType: 'DYNAMIC',
        RadiationType: 'PHOTON',
        TreatmentDeliveryType: 'TREATMENT',
        TreatmentMachineName: 'L1',
        SourceAxisDistance: 1000,
        FinalCumulativeMetersetWeight: 2,
        BeamLimitingDeviceSequence: [
          { RTBeamLimitingDeviceType: 'ASYMX', NumberOfLeafJawPairs: 1 },
          { RTBeamLimitingDeviceType: 'MLCX', NumberOfLeafJawPairs: 3, LeafPositionBoundaries: [-15, -5, 5, 15] },
        ],
        ControlPointSequence: [
          {
            ControlPointIndex: 0,
            NominalBeamEnergy: 6,
            GantryAngle: 180,
            BeamLimitingDeviceAngle: 10,
            PatientSupportAngle: 0,
            IsocenterPosition: [1, 2, 3],
            CumulativeMetersetWeight: 0,
            BeamLimitingDevicePositionSequence: [jaws('ASYMX', -50, 40), jaws('MLCX', -10, -11, -12, 10, 11, 12)],
          },
          {
            ControlPointIndex: 1,
            GantryAngle: 200,
            CumulativeMetersetWeight: 1,
            BeamLimitingDevicePositionSequence: [jaws('MLCX', -1, -2, -3, 1, 2, 3)],
          },
          { ControlPointIndex: 2, GantryAngle: 220, CumulativeMetersetWeight: 2 },
        ],
      },
    ],
  });
}

export function registrationRecord(matrix: readonly number[], type = 'RIGID'): DicomRecord {
  return {
    SOPClassUID: SOP_CLASS.spatialRegistration,
    SOPInstanceUID: derivedUid('registration'),
    Modality: 'REG',
    FrameOfReferenceUID: derivedUid('planning frame'),
    RegistrationSequence: [
      {
        FrameOfReferenceUID: derivedUid('planning frame'),
        MatrixRegistrationSequence: [
          {
            MatrixSequence: [
              {
                FrameOfReferenceTransformationMatrixType: 'RIGID',
                FrameOfReferenceTransformationMatrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
              },
            ],
          },
        ],
      },
      {
        FrameOfReferenceUID: derivedUid('other frame'),
        MatrixRegistrationSequence: [
          {
            MatrixSequence: [
              { FrameOfReferenceTransformationMatrixType: type, FrameOfReferenceTransformationMatrix: matrix },
            ],
          },
        ],
      },
    ],
  };
}
