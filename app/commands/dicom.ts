import type { Command } from 'commander';
import { inputError } from '../../engine/core/errors.ts';
import type { Survey } from '../dicom/survey.ts';
import type { Session } from '../session.ts';
import { registerDicomPull } from './dicom/pull.ts';
import { registerDicomPush } from './dicom/push.ts';
import { registerDicomQuery } from './dicom/query.ts';

/** `isocenter dicom`: what is in DICOM files, whether it hangs together, and patients as DICOM files. */
export function registerDicom(program: Command, session: Session): void {
  const dicom = program
    .command('dicom')
    .description('look into DICOM files, check them, export patients; query, pull and push archives');
  dicom
    .command('info')
    .description('say what a folder of DICOM files holds')
    .argument('<folder>')
    .option('--json', 'print one JSON object')
    .action(async (folder: string, { json }: { json?: boolean }) => {
      await show(await surveyOf(folder, session), json === true);
    });
  dicom
    .command('check')
    .description('say what is wrong with a folder of DICOM files; fails where something is')
    .argument('<folder>')
    .option('--json', 'print one JSON object')
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const found = await surveyOf(folder, session);
      const errors = found.findings.filter(({ severity }) => severity === 'error');
      if (json === true || errors.length === 0) await show(found, json === true);
      if (errors.length === 0) return;
      const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
      const hint = 'isocenter dicom info shows all there is to say';
      throw inputError('dicom/check', `${errors[0].message}${more}`, hint);
    });
  dicom
    .command('export')
    .description('write a phantom or an OpenKBP patient as CT, RT Structure Set and RT Dose')
    .argument('<patient>', 'OpenKBP folder (with ct.csv in it), or phantom:NAME')
    .argument('<out>', 'folder for the files')
    .option('--json', 'print one JSON object')
    .action(async (patient: string, out: string, { json }: { json?: boolean }) => {
      const { exportDicom } = await import('../dicom/export.ts');
      const report = await exportDicom(patient, out, session);
      if (json === true) {
        const { toJson } = await import('../../engine/core/json.ts');
        process.stdout.write(toJson(report));
        return;
      }
      const dose = report.hasDose ? ', the reference dose' : '';
      process.stdout.write(
        `${report.patient}: ${report.images} images, ${report.structures.length} structures${dose} written to ${report.out}\n`,
      );
    });
  registerDicomQuery(dicom, session);
  registerDicomPull(dicom, session);
  registerDicomPush(dicom, session);
}

async function surveyOf(folder: string, session: Session): Promise<Survey> {
  const { readDicomFolder } = await import('../dicom/folder.ts');
  const { survey } = await import('../dicom/survey.ts');
  try {
    session.progress.show('reading', true);
    return await survey(await readDicomFolder(folder, session, true));
  } finally {
    session.progress.clear();
  }
}

async function show(found: Survey, json: boolean): Promise<void> {
  if (json) {
    const { toJson } = await import('../../engine/core/json.ts');
    process.stdout.write(toJson(found));
    return;
  }
  const { table } = await import('../../engine/core/text-table.ts');
  const columns = ['kind', 'patient', 'files', 'what'].map((title) => ({ title, align: 'left' as const }));
  const rows = found.items.map(({ kind, patientId, files, summary }) => [kind, patientId, String(files), summary]);
  process.stdout.write(`${found.path}\n${table(columns, rows)}`);
  for (const { severity, message } of found.findings) process.stdout.write(`${severity}: ${message}\n`);
  if (found.others > 0) process.stdout.write(`${found.others} files are no DICOM files\n`);
}
