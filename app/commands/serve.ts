import { type Command, Option } from 'commander';
import { addKeepOutOptions } from '../guide/options.ts';
import { numberOption, pointOption, wholeNumberOption } from '../inputs/numbers.ts';
import { patientArgument } from '../inputs/patient-options.ts';
import { addNodeOptions } from '../ros2/options.ts';
import type { ServeSettings } from '../server/run.ts';
import type { Session } from '../session.ts';

type ServeOptions = Omit<ServeSettings, 'patients' | 'show'>;

/** `isocenter serve` and `isocenter view`: the viewer in the browser, with plans and a robot of this computer. */
export function registerServe(program: Command, session: Session): void {
  const serve = program
    .command('serve')
    .description('serve the viewer, and plans, a robot and recordings of this computer to it')
    .argument('[patients...]', `what viewers may open besides the phantoms: ${patientArgument}`)
    .option('--open', 'open the page in the browser', false);
  addServeOptions(serve).action((patients: string[], options: ServeOptions) => run({ ...options, patients }, session));
  const view = program
    .command('view')
    .description('open the viewer in the browser')
    .argument('[patient]', patientArgument)
    .option('--no-open', 'print the address only');
  addServeOptions(view).action((patient: string | undefined, options: ServeOptions) =>
    run({ ...options, patients: patient === undefined ? [] : [patient], show: patient }, session),
  );
}

async function run(settings: ServeSettings, session: Session): Promise<void> {
  const { runServe } = await import('../server/run.ts');
  await runServe(settings, session);
  // Stopping a server is how it ends.
  if (session.signal.aborted) process.exitCode = 0;
}

function addServeOptions(command: Command): Command {
  command
    .option('--port <n>', 'port; 0: any that is free', wholeNumberOption('port', 0, 65_535), 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(
      new Option('--robot <name>', 'a robot to watch and drive').choices([
        'psm',
        'psm-si',
        'ecm',
        'panda',
        'ur5e',
        'kuka',
      ]),
    )
    .option('--ros2', 'topics of ROS 2; the robot is one of ROS 2, not a simulated one')
    .option('--namespace <name>', "of the robot's CRTK topics (default: /PSM1 for psm, else /NAME)")
    .option('--tool <file>', 'YAML of a tool with a straight shaft: link, length, origin, axis, tip [m]')
    .option('--rcm <x,y,z>', 'trocar that the shaft stays in [m, base frame]; needs --tool', pointOption('rcm', 'base'))
    .option('--scene <file>', 'MoveIt PlanningScene in YAML whose objects the robot keeps away from')
    .option('--scale <factor>', 'metres of the tool per metre of the hand', numberOption('scale', '', 0.001, 10), 0.2)
    .option('--rate <hz>', "cycles a second of the robot's loop", numberOption('rate', 'Hz', 100, 2000), 1000)
    .option('--hand-seed <n>', 'seed of the simulated hand', wholeNumberOption('hand-seed', 0, 4294967295), 1)
    .option('--recordings <dir>', 'folder of MCAP files to play')
    .option('--json', 'print the address as JSON');
  return addNodeOptions(addKeepOutOptions(command), { rosbridge: false });
}
