import { type Command, Option } from 'commander';
import { numberOption, wholeNumberOption } from '../inputs/numbers.ts';
import { addNodeOptions } from '../ros2/options.ts';
import type { Session } from '../session.ts';
import type { SimulationSettings } from '../sim/robot.ts';

/** `isocenter sim robot`: a robot to try things on. */
export function registerSim(program: Command, session: Session): void {
  const sim = program.command('sim').description('simulators');
  const command = sim
    .command('robot')
    .description('a simulated robot as a ROS 2 node: joint states, tf, trajectories, CRTK')
    .addOption(
      new Option('--robot <name>', 'which robot')
        .choices(['psm', 'psm-si', 'ecm', 'panda', 'ur5e', 'kuka'])
        .makeOptionMandatory(),
    )
    .option('--faults <file>', 'YAML list of faults: kind, time [s], duration [s], joint, value')
    .option('--rate <hz>', 'states a second', numberOption('rate', 'Hz', 1, 1000), 100)
    .option('--seed <n>', 'seed of noise and jitter', wholeNumberOption('seed', 0, 4294967295), 1)
    .option('--watchdog-ms <ms>', 'silence after which it holds', numberOption('watchdog-ms', 'ms', 1, 10_000), 30)
    .option('--delay-ms <ms>', 'from a command to its effect', numberOption('delay-ms', 'ms', 0, 1000), 1)
    .option('--noise <sd>', 'of measured positions [rad or m]', numberOption('noise', '', 0, 0.1), 0)
    .option('--duration <s>', 'stop after that time', numberOption('duration', 's', 0, 1e6))
    .option('--json', 'print JSON, one object a line');
  addNodeOptions(command, { rosbridge: false }).action(async (settings: SimulationSettings) => {
    const { runSimulation } = await import('../sim/robot.ts');
    await runSimulation(settings, session);
    // Stopping a simulation is how it ends.
    if (session.signal.aborted) process.exitCode = 0;
  });
}
