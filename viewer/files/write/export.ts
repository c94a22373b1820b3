import { strToU8, zipSync } from 'fflate';
import type { PlanOutput } from '../../../planners/radiation/report/plan-files.ts';
import type { ExportForm } from './forms.ts';
import { doseVolume, filesOfPlan, type PlanAtRest, type Writer } from './plan.ts';

export interface WrittenBlob {
  readonly name: string;
  readonly blob: Blob;
}

/** A plan in one form, as one file to be downloaded. */
export async function exportPlan(plan: PlanAtRest, form: ExportForm, writer: Writer): Promise<WrittenBlob> {
  const id = plan.patient.id.replace(/[^\w.-]+/g, '_') || 'patient';
  if (form === 'nrrd') {
    const { writeNrrd } = await import('../../../engine/formats/volumes/nrrd.ts');
    return { name: `${id}-dose.nrrd`, blob: blobOf(writeNrrd(doseVolume(plan.patient)), 'application/octet-stream') };
  }
  if (form === 'nifti') {
    const { writeNifti } = await import('../../../engine/formats/volumes/nifti.ts');
    const bytes = writeNifti(doseVolume(plan.patient), true);
    return { name: `${id}-dose.nii.gz`, blob: blobOf(bytes, 'application/gzip') };
  }
  const files = filesOfPlan(plan, writer);
  switch (form) {
    case 'all':
      return { name: `${id}-plan.zip`, blob: zipOf(files) };
    case 'dicom':
      return { name: `${id}-dicom.zip`, blob: zipOf(files.filter(({ name }) => name.startsWith('dicom/'))) };
    case 'report':
      return single(files, 'report.html', 'text/html');
    case 'plan':
      return single(files, 'plan.json', 'application/json');
    case 'csv':
      return single(files, 'dose.csv', 'text/csv');
  }
}

function single(files: readonly PlanOutput[], wanted: string, type: string): WrittenBlob {
  const content = files.find(({ name }) => name === wanted)?.content ?? '';
  return { name: wanted, blob: blobOf(content, type) };
}

function zipOf(files: readonly PlanOutput[]): Blob {
  const entries = files.map(({ name, content }) => [name, typeof content === 'string' ? strToU8(content) : content]);
  return blobOf(zipSync(Object.fromEntries(entries), { level: 6 }), 'application/zip');
}

function blobOf(content: Uint8Array | string, type: string): Blob {
  return new Blob([content as BlobPart], { type });
}
