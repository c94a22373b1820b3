import type { Command } from 'commander';
import { beamAngles } from '../inputs/angles.ts';
import { wholeNumberOption } from '../inputs/numbers.ts';
import { defaultBixelMm, defaultMachine } from '../planning/settings.ts';
import type { Session } from '../session.ts';

/** Coarser than the phantom's 3 mm: done in seconds, with nearly the same figures. */
const demoDoseGridMm = 5;

interface DemoOptions {
  readonly once: boolean;
  readonly port: number;
  readonly open: boolean;
}

/** The robot of the demo is simulated in the page: the server has none. */
const serving = {
  host: '127.0.0.1',
  patients: [],
  page: 'demo',
  scale: 0.2,
  rate: 1000,
  handSeed: 1,
  keepOut: [],
  interfaces: [],
};

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

/** `isocenter demo`: plans the built-in C-shape, then serves the page that shows it, with a robot in it. */
export function registerDemo(program: Command, session: Session): void {
  program
    .command('demo')
    .description('plan the built-in phantom tg119-cshape, say what to try next, and serve it in the viewer')
    .option('--once', 'end after the plan', false)
    .option('--port <n>', 'port of the page; 0: any that is free', wholeNumberOption('port', 0, 65_535), 8080)
    .option('--open', 'open the page in the browser', false)
    .action(async ({ once, port, open }: DemoOptions) => {
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
      if (once) return;
      const { runServe } = await import('../server/run.ts');
      process.stdout.write('\nThe same, planned live, and a robot arm guided around the core:\n');
      await runServe({ ...serving, port, open }, session);
      // Stopping a server is how it ends.
      if (session.signal.aborted) process.exitCode = 0;
    });
}
