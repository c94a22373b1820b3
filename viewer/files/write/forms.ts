/** What can be exported of a plan, as the menu names it. */
export const exportForms = {
  all: 'Everything (zip)',
  report: 'Report (HTML)',
  plan: 'Plan (plan.json)',
  csv: 'Dose (dose.csv)',
  dicom: 'DICOM (zip)',
  nrrd: 'Dose (NRRD)',
  nifti: 'Dose (NIfTI)',
} as const;

export type ExportForm = keyof typeof exportForms;
