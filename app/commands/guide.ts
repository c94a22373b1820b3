import { type Command, Option } from 'commander';
import { addKeepOutOptions } from '../guide/options.ts';
import type { GuideSettings } from '../guide/run.ts';
import { numberOption, pointOption } from '../inputs/numbers.ts';
import { addNodeOptions } from '../ros2/options.ts';
import type { Session } from '../session.ts';

/** `isocenter guide`: a hand leads a robot's tool, without its tremor, out of what is forbidden, through the trocar. */
export function registerGuide(program: Command, session: Session): void {
  const command = program
    .command('guide')
    .description('let a hand lead a robot: tremor taken out, keep-outs and trocar kept')
    .addOption(
      new Option('--robot <name>', 'which robot')
        .choices(['psm', 'psm-si', 'ecm', 'panda', 'ur5e', 'kuka'])
        .makeOptionMandatory(),
    )
    .requiredOption('--hand <source>', 'topic:NAME (PoseStamped), csv:FILE (t_s,x_m,y_m,z_m) or synthetic:SEED')
    .option('--ros2', 'lead a robot: read /joint_states, send servo_jp')
    .option('--namespace <name>', "of the robot's CRTK topics (default: /PSM1 for psm, else /NAME)")
    .option('--scale <factor>', 'metres of the tool per metre of the hand', numberOption('scale', '', 0.001, 10), 0.2)
    .option('--tool <file>', 'YAML of a tool with a straight shaft: link, length, origin, axis, tip [m]')
    .option('--rcm <x,y,z>', 'trocar that the shaft stays in [m, base frame]; needs --tool', pointOption('rcm', 'base'))
    .option('--scene <file>', 'MoveIt PlanningScene in YAML whose objects are forbidden')
    .option('--patient <dir>', 'patient whose structures --keep-out names')
    .option('--horizon-ms <ms>', 'how far ahead tremor is predicted', numberOption('horizon-ms', 'ms', 0, 100), 0)
    .option('--rate <hz>', 'cycles a second', numberOption('rate', 'Hz', 100, 2000), 1000)
    .option(
      '--hand-rate <hz>',
      "rate of the hand's topic (default: measured before the start)",
      numberOption('hand-rate', 'Hz', 50, 20_000),
    )
    .option('--duration <s>', 'stop after that time', numberOption('duration', 's', 0, 1e6))
    .option('--record <file>', 'record hand, set-points and joint states to an MCAP file')
    .option('--json', 'print JSON, one object a second');
  addNodeOptions(addKeepOutOptions(command), { rosbridge: false }).action(async (settings: GuideSettings) => {
    const { runGuide } = await import('../guide/run.ts');
    await runGuide(settings, session);
    // A tool brought to rest is how it ends.
    if (session.signal.aborted) process.exitCode = 0;
  });
}
