import { type Command, Option } from 'commander';
import type { DevicePreference } from '../../engine/compute/open.ts';
import { inputError } from '../../engine/core/errors.ts';
import { numberOption, pointOption, wholeNumberOption } from '../inputs/numbers.ts';
import type { Session } from '../session.ts';

interface PlanOptions {
  readonly robot: string;
  readonly srdf?: string;
  readonly limits?: string;
  readonly scene?: string;
  readonly request: string;
  readonly tool?: string;
  readonly rcm?: readonly [number, number, number];
  readonly rcmCourse?: string;
  readonly rcmPeriodic?: boolean;
  readonly rcmTarget?: 'trocar' | 'base';
  readonly rcmHold?: number;
  readonly seed: number;
  readonly maxIterations?: number;
  readonly optimize?: boolean;
  readonly objective?: string;
  readonly device: DevicePreference;
  readonly out?: string;
  readonly json?: boolean;
}

/** `isocenter motion plan` and `isocenter motion bench`. */
export function registerMotion(program: Command, session: Session): void {
  const motion = program.command('motion').description('motions of robot arms');
  motion
    .command('plan')
    .description('plan a collision-free, jerk-limited trajectory')
    .requiredOption('--robot <name|file>', 'built-in robot, or a URDF file')
    .option('--srdf <file>', 'SRDF of the robot: groups, and link pairs that are not checked')
    .option('--limits <file>', 'YAML of joint limits that the URDF does not hold, as acceleration and jerk')
    .option('--scene <file>', 'MoveIt PlanningScene in YAML (default: nothing in the way)')
    .requiredOption('--request <file>', 'MoveIt MotionPlanRequest in YAML')
    .option('--tool <file>', 'YAML of a tool with a straight shaft: link, length, origin, axis, tip, radius [m]')
    .option(
      '--rcm <x,y,z>',
      'trocar that the shaft passes through [m, base frame]; needs --tool',
      pointOption('rcm', 'base'),
    )
    .option('--rcm-course <file>', 'CSV of how the trocar moves: time_s,x_m,y_m,z_m; it is at --rcm in the first row')
    .option('--rcm-periodic', 'the course begins again at its last row')
    .addOption(
      new Option('--rcm-target <what>', 'what the goal moves with: the trocar (default), or nothing').choices([
        'trocar',
        'base',
      ]),
    )
    .option(
      '--rcm-hold <s>',
      'how long the tool stays at its goal, following the trocar [s]',
      numberOption('rcm-hold', 's', 0, 600),
    )
    .option('--seed <n>', 'seed of all random numbers', wholeNumberOption('seed', 0, 4294967295), 0)
    .option(
      '--max-iterations <n>',
      'samples before the search gives up (default: 200000)',
      wholeNumberOption('max-iterations', 1, 100_000_000),
    )
    .option('--optimize', 'optimise the whole trajectory: shorter and gentler, never in collision, through the trocar')
    .option('--objective <file>', 'YAML of weights to optimise for: duration, jerk, clearance')
    .addOption(new Option('--device <kind>', 'where to optimise').choices(['auto', 'wasm', 'webgpu']).default('auto'))
    .option('--out <file>', 'write the trajectory there, in the shape of trajectory_msgs/JointTrajectory')
    .option('--json', 'print one JSON object instead of tables')
    .action(async ({ json, ...settings }: PlanOptions) => {
      const { runMotionPlan } = await import('../motion/plan.ts');
      const report = await runMotionPlan(settings, session);
      if (json) {
        const { toJson } = await import('../../engine/core/json.ts');
        process.stdout.write(toJson(report));
      } else {
        const { motionText } = await import('../motion/text.ts');
        process.stdout.write(motionText(report, settings.out));
      }
      if (!report.solved) throw inputError(`motion/${report.reason}`, report.message, hintFor(report.reason));
    });
  motion
    .command('bench')
    .description('plan every problem of a MotionBenchMaker folder and measure')
    .argument('<dir>', 'folder with *_spherized.urdf, *.srdf and <set>_<robot>/scene*.yaml, request*.yaml')
    .option('--robot <name>', 'name of the robot in the folder (default: that of its *_spherized.urdf)')
    .option('--seed <n>', 'seed of all random numbers', wholeNumberOption('seed', 0, 4294967295), 0)
    .option('--runs <n>', 'runs of each problem; the median counts', wholeNumberOption('runs', 1, 1000), 3)
    .option('--json', 'print one JSON object instead of tables')
    .action(async (dir: string, options: { robot?: string; seed: number; runs: number; json?: boolean }) => {
      const { json, ...settings } = options;
      const { benchText, runMotionBench } = await import('../motion/bench.ts');
      const report = await runMotionBench({ dir, ...settings }, session);
      if (json) {
        const { toJson } = await import('../../engine/core/json.ts');
        process.stdout.write(toJson(report));
      } else process.stdout.write(benchText(report));
    });
}

function hintFor(reason: string): string {
  if (reason === 'rcm-cannot-follow') {
    return 'start from other joints, let the target move otherwise (--rcm-target), or give other limits by --limits';
  }
  if (reason.includes('outside-limits')) return 'give positions within the limits, or other limits by --limits';
  if (reason.includes('collision') || reason.includes('too-close')) {
    return 'move the robot or the object apart; spheres of a link may be coarser than its shape';
  }
  if (reason.startsWith('rcm')) return 'the shaft must pass through the trocar at the start and at the goal';
  if (reason === 'goal-unreachable') return 'give a pose that the arm reaches, or let the orientation free';
  return 'raise --max-iterations, or try another --seed';
}
