import { type Command, Option } from 'commander';
import type { DevicePreference } from '../../engine/compute/open.ts';
import type { CommissionSettings } from '../machine/commission.ts';
import type { Session } from '../session.ts';

/** `isocenter machine commission` and `isocenter machine report`. */
export function registerMachine(program: Command, session: Session): void {
  const machine = program.command('machine').description('beam models of linacs');
  machine
    .command('commission')
    .description('fit a beam model to measured tables')
    .requiredOption(
      '--tpr <file>',
      'tissue-phantom ratios: first row 0 and field sides [mm], then depth [mm] and ratios',
    )
    .requiredOption('--output-factors <file>', 'rows of field side [mm] and output factor')
    .requiredOption('--primary-fluence <file>', 'rows of distance from the axis [mm] and in-air fluence')
    .requiredOption(
      '--params <file>',
      'rows of key and number: SAD, photon_energy, fwhm_gauss, dose_reference_ssd, ...',
    )
    .requiredOption('--name <name>', 'name of the machine')
    .requiredOption('--out <file>', 'beam model to write, for plan --machine')
    .action(async (settings: CommissionSettings) => {
      const { runCommission } = await import('../machine/commission.ts');
      process.stdout.write(await runCommission(settings, session));
    });
  machine
    .command('report')
    .description('depth doses, TPR20,10, output factors and profiles as the dose engine computes them in water')
    .argument('<machine>', 'built-in name, or a file written by machine commission')
    .addOption(new Option('--device <kind>', 'where to compute').choices(['auto', 'wasm', 'webgpu']).default('auto'))
    .option('--json', 'print one JSON object instead of tables')
    .action(async (name: string, { device, json }: { device: DevicePreference; json?: boolean }) => {
      const { runMachineReport } = await import('../machine/report.ts');
      process.stdout.write(await runMachineReport({ machine: name, device, json: json ?? false }, session));
    });
}
