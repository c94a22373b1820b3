import type { Command } from 'commander';
import type { Session } from '../session.ts';

/** `isocenter doctor`: what this computer offers, what is chosen and why, and whether it computes correctly. */
export function registerDoctor(program: Command, session: Session): void {
  program
    .command('doctor')
    .description('say what isocenter finds on this computer, what it chooses and why, and check it')
    .option('--json', 'print one JSON object instead of text')
    .action(async ({ json }: { json?: boolean }) => {
      const { examine } = await import('../doctor/examine.ts');
      const report = await examine(session);
      if (json) {
        const { toJson } = await import('../../engine/core/json.ts');
        process.stdout.write(toJson(report));
      } else {
        const { doctorText } = await import('../doctor/text.ts');
        process.stdout.write(doctorText(report));
      }
      if (!report.healthy) process.exitCode = 1;
    });
}
