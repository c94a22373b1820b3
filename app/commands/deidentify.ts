import type { Command } from 'commander';
import { inputError } from '../../engine/core/errors.ts';
import type { Session } from '../session.ts';

interface DeidentifyFlags {
  readonly keepDates?: boolean;
  readonly removeDates?: boolean;
  readonly keepUids?: boolean;
  readonly keepDevice?: boolean;
  readonly keepInstitution?: boolean;
  readonly keepCharacteristics?: boolean;
  readonly allowBurnedIn?: boolean;
  readonly secretEnv?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** `isocenter deidentify`: DICOM files without identity, or a look at whether some remains. */
export function registerDeidentify(program: Command, session: Session): void {
  program
    .command('deidentify')
    .description('remove identity from DICOM files (PS3.15 Basic Application Level Confidentiality Profile)')
    .argument('<in>', 'folder of DICOM files; with --check, the folder to look into')
    .argument('[out]', 'folder to make; with --check, the originals whose names, IDs and UIDs are looked for')
    .option(
      '--keep-dates',
      'keep dates and times (default: all dates of a patient go back by the same secret number of days)',
    )
    .option('--remove-dates', 'remove dates and times')
    .option('--keep-uids', 'keep UIDs')
    .option('--keep-device', 'keep what names the device: station, serial numbers, treatment machine')
    .option('--keep-institution', 'keep what names the institution')
    .option('--keep-characteristics', 'keep sex, age, size, weight and the like')
    .option('--allow-burned-in', 'take images whose pixels may show identity: captures, screens, overlays')
    .option('--secret-env <name>', 'environment variable with the secret from which pseudonyms are derived')
    .option('--check', 'only look for identity that remains; exit code 2 where some was found')
    .option('--json', 'print one JSON object')
    .action(async (input: string, out: string | undefined, flags: DeidentifyFlags) => {
      const { toJson } = await import('../../engine/core/json.ts');
      if (flags.check) {
        const { checkText, requireNothing, runCheck } = await import('../deidentify/check.ts');
        const report = await runCheck(input, out, session);
        process.stdout.write(flags.json ? toJson(report) : checkText(report));
        requireNothing(report);
        return;
      }
      const settings = { input, out: requireOut(out), options: optionsOf(flags), secretEnv: flags.secretEnv };
      const { deidentifyText, runDeidentify } = await import('../deidentify/run.ts');
      const report = await runDeidentify(settings, session);
      process.stdout.write(flags.json ? toJson(report) : deidentifyText(report));
    });
}

function requireOut(out: string | undefined): string {
  if (out !== undefined) return out;
  throw inputError('deidentify/no-out', 'there is no folder for the output', 'write `isocenter deidentify IN OUT`');
}

function optionsOf(flags: DeidentifyFlags) {
  const { keepDates, removeDates, keepUids = false, allowBurnedIn = false } = flags;
  if (keepDates && removeDates) {
    throw inputError('deidentify/dates', '--keep-dates and --remove-dates exclude each other', 'give one of them');
  }
  const dates = keepDates ? ('keep' as const) : removeDates ? ('remove' as const) : ('shift' as const);
  const keep = new Set<'characteristics' | 'device' | 'institution'>();
  if (flags.keepCharacteristics) keep.add('characteristics');
  if (flags.keepDevice) keep.add('device');
  if (flags.keepInstitution) keep.add('institution');
  return { dates, keepUids, keep, allowBurnedIn };
}
