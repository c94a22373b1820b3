import type { Command } from 'commander';
import { pointOption } from '../inputs/numbers.ts';
import type { Session } from '../session.ts';

interface RegisterOptions {
  readonly target?: readonly [number, number, number];
  readonly out: string;
  readonly json?: boolean;
}

/** `isocenter register`: the patient in the robot's base frame, from fiducials measured in both. */
export function registerRegister(program: Command, session: Session): void {
  program
    .command('register')
    .description('register a patient to a robot from fiducials measured in both frames')
    .argument('<fixed>', "CSV of fiducials in the robot's base frame: rows name,x,y,z or x,y,z, in mm")
    .argument('<moving>', 'CSV of the same fiducials in the patient frame (DICOM LPS), in mm')
    .option(
      '--target <x,y,z>',
      'point of the patient frame [mm] for which the registration error is predicted',
      pointOption('target'),
    )
    .requiredOption('--out <file>', 'JSON to write: T_base_patient (rows; metres) and the errors [mm]')
    .option('--json', 'print the JSON object instead of tables')
    .action(async (fixed: string, moving: string, { target, out, json }: RegisterOptions) => {
      const { registrationText, runRegistration } = await import('../registration/run.ts');
      const report = await runRegistration({ fixed, moving, targetMm: target, out }, session);
      if (json) {
        const { toJson } = await import('../../engine/core/json.ts');
        process.stdout.write(toJson(report));
      } else process.stdout.write(registrationText(report, out));
    });
}
