import type { Command } from 'commander';

export interface ArchiveOptions {
  readonly url: string;
  readonly insecure?: boolean;
  readonly json?: boolean;
}

const CREDENTIALS = `
Credentials come from the environment only: ISOCENTER_DICOMWEB_USER with ISOCENTER_DICOMWEB_PASSWORD, or
ISOCENTER_DICOMWEB_TOKEN.`;

/** What the commands that talk to an archive share. */
export function addArchiveOptions(command: Command): Command {
  return command
    .requiredOption('--url <url>', 'root of a DICOMweb service, such as http://localhost:8042/dicom-web')
    .option('--insecure', 'allow plain http to another machine')
    .option('--json', 'print one JSON object')
    .addHelpText('after', CREDENTIALS);
}
