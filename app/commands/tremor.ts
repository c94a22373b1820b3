import { type Command, Option } from 'commander';
import type { DevicePreference } from '../../engine/compute/open.ts';
import { numberListOption, wholeNumberOption } from '../inputs/numbers.ts';
import type { Session } from '../session.ts';

interface ScoreOptions {
  readonly synthetic?: number;
  readonly filter: string;
  readonly latencyMs: readonly number[];
  readonly columns?: string;
  readonly plot?: string;
  readonly device: DevicePreference;
  readonly json?: boolean;
}

/** `isocenter tremor score`. */
export function registerTremor(program: Command, session: Session): void {
  const tremor = program.command('tremor').description('tremor of the hand, and how well filters take it out');
  tremor
    .command('score')
    .description('score tremor filters on a recording, or on a simulated hand')
    .argument('[file]', 'CSV with a row of names, such as t_s,x,y,z')
    .option(
      '--synthetic <seed>',
      'a simulated hand of that seed instead of a file',
      wholeNumberOption('synthetic', 0, 1e9),
    )
    .option('--filter <name>', 'name of a filter, or all', 'steady-hand')
    .option(
      '--latency-ms <list>',
      'how late the estimate takes effect [ms]',
      numberListOption('latency-ms', 'ms', 0, 500),
      [0, 5, 10, 20, 50],
    )
    .option('--columns <names>', 'columns of the time [s] and of the signals, as t_s,x,y,z')
    .option('--plot <file>', 'draw before and after there, as SVG (first filter, first latency)')
    .addOption(
      new Option('--device <kind>', 'where --filter all computes its batch')
        .choices(['auto', 'wasm', 'webgpu'])
        .default('auto'),
    )
    .option('--json', 'print one JSON object instead of a table')
    .action(async (file: string | undefined, { json, ...settings }: ScoreOptions) => {
      const { runTremorScore, scoreText } = await import('../tremor/score.ts');
      const report = await runTremorScore({ ...settings, file }, session);
      if (json) {
        const { toJson } = await import('../../engine/core/json.ts');
        process.stdout.write(toJson(report));
      } else process.stdout.write(scoreText(report));
    });
}
