import type { Command } from 'commander';
import { beamAngles } from '../inputs/angles.ts';
import { defaultBixelMm, defaultMachine } from '../planning/settings.ts';
import type { Session } from '../session.ts';

/** Coarser than the phantom's 3 mm: done in seconds, with nearly the same figures. */
const demoDoseGridMm = 5;

const next = `
What next
  isocenter plan phantom:tg119-cshape --beams 5      fewer beams: see what it costs
  isocenter plan FOLDER --out plan                   a patient (DICOM or OpenKBP): plan.json, dose.csv, DICOM
  isocenter machine report generic-6mv               the beam in a water tank
  isocenter motion plan --help                       a robot arm among obstacles, or through a trocar
  isocenter doctor                                   what this computer computes with
  isocenter --help                                   everything else
For research, not for clinical use.
`;

/** `isocenter demo`: plans the built-in C-shape. */
export function registerDemo(program: Command, session: Session): void {
  program
    .command('demo')
    .description('plan the built-in phantom tg119-cshape and say what to try next')
    .action(async () => {
      const { runPlan } = await import('../planning/run.ts');
      const { planText } = await import('../planning/text.ts');
      const report = await runPlan(
        {
          patient: 'phantom:tg119-cshape',
          machine: defaultMachine,
          angles: beamAngles({}),
          bixelMm: defaultBixelMm,
          doseGridMm: demoDoseGridMm,
          device: 'auto',
        },
        session,
      );
      process.stdout.write(planText(report) + next);
    });
}
