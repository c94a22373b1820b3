import { inputError } from '../../engine/core/errors.ts';
import { table } from '../../engine/core/text-table.ts';
import { isUid, type JsonDataset } from '../../engine/formats/dicomweb/model.ts';
import type { Session } from '../session.ts';
import { archiveAddress } from './address.ts';
import { Archive } from './client.ts';

export interface QuerySettings {
  readonly url: string;
  readonly insecure?: boolean | undefined;
  readonly patient?: string | undefined;
  /** YYYYMMDD, or a range of two with a dash, one of which may be missing. */
  readonly date?: string | undefined;
  readonly modality?: string | undefined;
  /** Lists the series of this study instead of studies. */
  readonly study?: string | undefined;
}

export interface StudyRow {
  readonly studyUid: string;
  readonly patientId: string;
  readonly patientName: string;
  readonly date: string;
  readonly modalities: readonly string[];
  readonly description: string;
  readonly instances: number | null;
}

export interface SeriesRow {
  readonly seriesUid: string;
  readonly modality: string;
  readonly number: string;
  readonly description: string;
  readonly instances: number | null;
}

/** The object of `isocenter dicom query --json`. */
export type QueryReport = { readonly studies: readonly StudyRow[] } | { readonly series: readonly SeriesRow[] };

export async function runQuery(settings: QuerySettings, { signal }: Session): Promise<QueryReport> {
  const { url, insecure = false, patient, date, modality, study } = settings;
  const archive = new Archive(archiveAddress(url, insecure), signal);
  if (date !== undefined && !/^(\d{8}(-(\d{8})?)?|-\d{8})$/.test(date)) {
    throw inputError('dicomweb/date', `--date ${date} is no date`, 'write 20260131, or a range: 20260101-20260131');
  }
  if (study !== undefined) {
    const rows = await archive.series(needUid(study, 'study'), {
      ...(modality === undefined ? {} : { Modality: modality }),
      includefield: 'SeriesDescription,NumberOfSeriesRelatedInstances',
    });
    return { series: rows.map(seriesRow).sort((a, b) => Number(a.number) - Number(b.number)) };
  }
  const rows = await archive.studies({
    ...(patient === undefined ? {} : { PatientID: patient }),
    ...(date === undefined ? {} : { StudyDate: date }),
    ...(modality === undefined ? {} : { ModalitiesInStudy: modality }),
    includefield: 'StudyDescription,NumberOfStudyRelatedInstances,ModalitiesInStudy',
  });
  return { studies: rows.map(studyRow).sort((a, b) => (a.date < b.date ? 1 : -1)) };
}

/** @throws IsocenterError `dicomweb/uid` */
export function needUid(text: string, option: string): string {
  if (isUid(text)) return text;
  const shown = JSON.stringify(text.slice(0, 70));
  throw inputError('dicomweb/uid', `--${option} ${shown} is no UID`, '`isocenter dicom query` lists the UIDs');
}

export function queryText(report: QueryReport): string {
  const left = (title: string) => ({ title, align: 'left' as const });
  const count = (n: number | null): string => (n === null ? '-' : String(n));
  if ('series' in report) {
    if (report.series.length === 0) return 'No series matches.\n';
    return table(
      [left('series'), left('modality'), { title: 'number' }, { title: 'objects' }, left('description')],
      report.series.map((s) => [s.seriesUid, s.modality, s.number, count(s.instances), s.description].map(printable)),
    );
  }
  if (report.studies.length === 0) return 'No study matches.\n';
  return table(
    [
      left('study'),
      left('patient'),
      left('name'),
      left('date'),
      left('has'),
      { title: 'objects' },
      left('description'),
    ],
    report.studies.map((s) =>
      [s.studyUid, s.patientId, s.patientName, s.date, s.modalities.join(' '), count(s.instances), s.description].map(
        printable,
      ),
    ),
  );
}

/** Without what could drive a terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

function studyRow(row: JsonDataset): StudyRow {
  return {
    studyUid: row.text('StudyInstanceUID'),
    patientId: row.text('PatientID'),
    patientName: row.text('PatientName'),
    date: row.text('StudyDate'),
    modalities: row.texts('ModalitiesInStudy'),
    description: row.text('StudyDescription'),
    instances: countOf(row.text('NumberOfStudyRelatedInstances')),
  };
}

function seriesRow(row: JsonDataset): SeriesRow {
  return {
    seriesUid: row.text('SeriesInstanceUID'),
    modality: row.text('Modality'),
    number: row.text('SeriesNumber'),
    description: row.text('SeriesDescription'),
    instances: countOf(row.text('NumberOfSeriesRelatedInstances')),
  };
}

function countOf(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}
