import { describe, expect, it } from 'vitest';
import { readDicomHead } from '../../../../engine/formats/dicom/head.ts';
import { readDicom } from '../../../../engine/formats/dicom/read.ts';
import { chooseImage, filesOfPatient, openQuestion } from '../../../../engine/formats/dicom/study/choose.ts';
import { imagesMissing } from '../../../../engine/formats/dicom/study/references.ts';
import { SOP_CLASS } from '../../../../engine/formats/dicom/uids.ts';
import { writeDicom } from '../../../../engine/formats/dicom/write.ts';
import { failsWith } from '../../../support/errors.ts';

const image = (series: string, frame: string, uid = `${series}.9`, patient = 'P') =>
  readDicom(
    `CT ${uid}`,
    writeDicom({
      SOPClassUID: SOP_CLASS.ctImage,
      SOPInstanceUID: uid,
      SeriesInstanceUID: series,
      FrameOfReferenceUID: frame,
      PatientID: patient,
    }),
  );

const drawing = (uid: string, frame: string, series = '', images: readonly string[] = []) =>
  readDicom(
    `RS ${uid}`,
    writeDicom({
      SOPClassUID: SOP_CLASS.rtStructureSet,
      SOPInstanceUID: uid,
      PatientID: 'P',
      StructureSetLabel: `set ${uid}`,
      ReferencedFrameOfReferenceSequence: [
        {
          FrameOfReferenceUID: frame,
          RTReferencedStudySequence: [
            {
              RTReferencedSeriesSequence: [
                {
                  SeriesInstanceUID: series === '' ? [] : series,
                  ContourImageSequence: images.map((one) => ({
                    ReferencedSOPClassUID: SOP_CLASS.ctImage,
                    ReferencedSOPInstanceUID: one,
                  })),
                },
              ],
            },
          ],
        },
      ],
      StructureSetROISequence: [{ ROINumber: 1, ROIName: 'Cord', ReferencedFrameOfReferenceUID: frame }],
    }),
  );

describe('of several series and structure sets', () => {
  const two = [image('1.1', '5.1'), image('1.2', '5.2')];

  it('the series is used on which the only structures were drawn', () => {
    const { ct, notes } = chooseImage([...two, drawing('2.1', '5.2', '1.2')], {});
    expect(ct.seriesInstanceUid).toBe('1.2');
    expect(notes.join()).toMatch(/Of 2 CT series the one is used on which the structures were drawn/);
  });

  it('the series in the frame of reference of structures that name no series', () => {
    expect(chooseImage([...two, drawing('2.1', '5.1')], {}).ct.seriesInstanceUid).toBe('1.1');
  });

  it('a chosen series brings the structures drawn on it, and chosen structures their series', () => {
    const sets = [drawing('2.1', '5.1', '1.1'), drawing('2.2', '5.2', '1.2')];
    const bySeries = chooseImage([...two, ...sets], { series: '1.2' });
    expect(bySeries.structures?.sopInstanceUid).toBe('2.2');
    expect(bySeries.notes.join()).toMatch(/Of 2 structure sets the one that belongs to the CT/);
    const bySet = chooseImage([...two, ...sets], { structureSet: 'set 2.1' });
    expect(bySet.ct.seriesInstanceUid).toBe('1.1');
    failsWith(() => chooseImage([...two, ...sets], {}), 'dicom/series', '1.2 (1 images, no description)');
    failsWith(() => chooseImage([...two, ...sets], { structureSet: 'x' }), 'dicom/structure-sets', 'set 2.2 (2.2)');
  });

  it('two sets of one series are asked for; a copy of a set is no other set', () => {
    const [ct] = two;
    const set = drawing('2.1', '5.1', '1.1');
    expect(chooseImage([ct, set, set], {}).structures?.sopInstanceUid).toBe('2.1');
    failsWith(
      () => chooseImage([ct, set, drawing('2.2', '5.1', '1.1')], {}),
      'dicom/structure-sets',
      'there are 2 structure sets: set 2.1 (2.1); set 2.2 (2.2)',
    );
  });

  it('structures drawn on another series of the same frame are used, and it is said', () => {
    const { notes } = chooseImage([two[0], drawing('2.1', '5.1', '1.7')], {});
    expect(notes.join()).toMatch(/drawn on series 1\.7, not on that of the CT/);
  });

  it('no CT at all is said before anything else', () => {
    const sets = [drawing('2.1', '5.1', '1.1'), drawing('2.2', '5.2', '1.2')];
    failsWith(() => chooseImage(sets, {}), 'dicom/no-ct', 'there is no CT');
  });
});

describe('patients', () => {
  it('are told apart by their id', () => {
    const files = [image('1.1', '5.1')];
    expect(filesOfPatient(files, {})).toEqual(files);
    expect(filesOfPatient(files, { patientId: 'P' })).toEqual(files);
    failsWith(() => filesOfPatient(files, { patientId: 'Q' }), 'dicom/patients', 'there are: P (1 files)');
  });
});

describe('what is left open can be asked', () => {
  it('patient, then series, then structure set; nothing where the files tell it', () => {
    const two = [image('1.1', '5.1'), image('1.2', '5.2', '1.2.9', 'Q')];
    expect(openQuestion(two, {})).toMatchObject({ field: 'patientId', options: [{ value: 'P' }, { value: 'Q' }] });
    expect(openQuestion(two, { patientId: 'Q' })).toBeUndefined();
    const series = [image('1.1', '5.1'), image('1.2', '5.2')];
    expect(openQuestion(series, {})).toMatchObject({ field: 'series', options: [{ value: '1.1' }, { value: '1.2' }] });
    expect(openQuestion([...series, drawing('2.1', '5.2')], {})).toBeUndefined();
    const sets = [image('1.1', '5.1'), drawing('2.1', '5.1'), drawing('2.2', '5.1')];
    expect(openQuestion(sets, {})).toMatchObject({
      field: 'structureSet',
      options: [{ value: '2.1' }, { value: '2.2' }],
    });
    expect(openQuestion(sets, { structureSet: '2.2' })).toBeUndefined();
  });
});

describe('the head of a file', () => {
  const bytes = writeDicom({
    SOPClassUID: SOP_CLASS.ctImage,
    SOPInstanceUID: '1.1.9',
    SeriesInstanceUID: '1.1',
    PatientID: 'P 1',
    PixelData: new Uint8Array(20_000),
  });

  it('tells object, patient and series, from the first kilobytes alone', () => {
    expect(readDicomHead('a', bytes.subarray(0, 2048))).toEqual({
      sopClassUid: SOP_CLASS.ctImage,
      sopInstanceUid: '1.1.9',
      patientId: 'P 1',
      seriesInstanceUid: '1.1',
    });
  });

  it('that is cut off before it ends says nothing', () => {
    expect(readDicomHead('a', bytes.subarray(0, 300))).toBeUndefined();
    expect(readDicomHead('a', new Uint8Array(64))).toBeUndefined();
  });
});

describe('images that structures were drawn on', () => {
  it('are missed where their series is here', () => {
    const images = ['1.1.1', '1.1.2', '1.1.3'];
    const here = images.slice(0, 2).map((uid) => image('1.1', '5.1', uid));
    expect(imagesMissing([...here, drawing('2.1', '5.1', '1.1', images)]).join()).toMatch(
      /RS 2\.1 names 3 images of CT series 1\.1, of which 1 are not here \(2 are\)/,
    );
    expect(imagesMissing([...here, drawing('2.1', '5.1', '1.1', images.slice(0, 2))])).toEqual([]);
    // Another series altogether is another matter.
    expect(imagesMissing([...here, drawing('2.1', '5.1', '1.7', images)])).toEqual([]);
  });
});
