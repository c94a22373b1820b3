import { toJson } from '../../engine/core/json.ts';
import { robotUrdf } from '../../planners/generated/robots.ts';
import { builtinRobot, builtinTip } from '../../planners/motion/robot/registry.ts';
import { SimulatedRobot } from '../../sim/robots/simulated-robot.ts';
import { readTextInput } from '../inputs/files.ts';
import { robotNamespace } from '../ros2/namespaces.ts';
import { openNode } from '../ros2/open.ts';
import type { DdsNodeOptions } from '../ros2/options.ts';
import type { Session } from '../session.ts';
import { RealTimeLoop } from './clock.ts';
import { readFaults } from './faults.ts';
import { RosRobot } from './ros-robot.ts';

export interface SimulationSettings extends DdsNodeOptions {
  readonly robot: string;
  readonly faults?: string;
  readonly rate: number;
  readonly seed: number;
  readonly watchdogMs: number;
  readonly delayMs: number;
  readonly noise: number;
  readonly duration?: number;
  readonly json?: boolean;
}

/** Runs a simulated robot in real time until the user stops it, and says how well the pace was kept. */
export async function runSimulation(settings: SimulationSettings, session: Session): Promise<void> {
  const model = builtinRobot(settings.robot);
  const names = model.active.map((j) => model.joints[j].name);
  const faults =
    settings.faults === undefined
      ? []
      : readFaults(
          (await readTextInput(settings.faults, 'faults', 'give a YAML list of faults')).text,
          settings.faults,
          names,
        );
  const robot = new SimulatedRobot(model, {
    seed: settings.seed,
    faults,
    watchdogSec: settings.watchdogMs / 1000,
    delaySec: settings.delayMs / 1000,
    noise: settings.noise,
  });
  const node = await openNode(settings, `${settings.robot.replace('-', '_')}_simulation`);
  node.onWarning((warning) => process.stderr.write(`${warning}\n`));
  const namespace = robotNamespace(settings.robot);
  const ros = new RosRobot(node, model, robot, {
    namespace,
    tip: builtinTip[settings.robot],
    urdf: robotUrdf[settings.robot],
    rateHz: settings.rate,
    ...(settings.json
      ? { onHold: (sinceCommandMs: number) => process.stdout.write(toJson({ event: 'holding', sinceCommandMs })) }
      : {}),
  });
  const loop = new RealTimeLoop(robot.stepSec, (index) => ros.step(index));
  const about = { robot: settings.robot, namespace, joints: names, where: node.where };
  process.stdout.write(settings.json ? toJson(about) : `${settings.robot} as ${namespace} on ${node.where}\n`);
  try {
    await new Promise<void>((resolve) => {
      const timer = settings.duration === undefined ? undefined : setTimeout(resolve, 1000 * settings.duration);
      const stop = () => {
        clearTimeout(timer);
        resolve();
      };
      session.signal.addEventListener('abort', stop, { once: true });
      if (session.signal.aborted) stop();
    });
  } finally {
    loop.stop();
    await node.close();
  }
  const { steps, late, worstLateMs } = loop.figures;
  if (settings.json) process.stdout.write(toJson({ steps, late, worstLateMs, refused: robot.refused }));
  else {
    process.stdout.write(
      `${steps} steps of ${1000 * robot.stepSec} ms, ${late} late, at worst by ${worstLateMs.toFixed(1)} ms; ${robot.refused} commands refused\n`,
    );
  }
}
