import { Worker } from 'node:worker_threads';
import { clockSec } from '../../engine/compute/platform.ts';
import { toJson } from '../../engine/core/json.ts';
import { activeNames } from '../../engine/core/robot.ts';
import type { RosMessage } from '../../engine/ros2/messages/types.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { FigureWindow, type LoopFigures } from '../../planners/guidance/loop/figures.ts';
import {
  COMMAND,
  COMMANDS,
  createSharedLoop,
  HEAD,
  RESTS,
  RING_RECORDS,
  type SharedLoop,
  STOP,
} from '../../planners/guidance/loop/layout.ts';
import type { LoopSettings } from '../../planners/guidance/loop/loop-settings.ts';
import { builtinRobot, builtinTip } from '../../planners/motion/robot/registry.ts';
import { checkStart, whereItBegins } from '../../sim/robots/start.ts';
import { robotNamespace } from '../ros2/namespaces.ts';
import { openNode } from '../ros2/open.ts';
import type { DdsNodeOptions } from '../ros2/options.ts';
import { record } from '../ros2/record.ts';
import type { Session } from '../session.ts';
import { type HandChoice, HandTopic, loadHand } from './hand.ts';
import { type KeepOutSettings, loadKeepOuts } from './keep-outs.ts';
import { whereRobotIs } from './start.ts';
import { loadLedTool, type ToolSettings } from './tool.ts';

export interface GuideSettings extends DdsNodeOptions, KeepOutSettings, ToolSettings {
  readonly robot: string;
  readonly hand: string;
  readonly ros2?: boolean;
  readonly namespace?: string;
  readonly scale: number;
  readonly horizonMs: number;
  readonly rate: number;
  readonly handRate?: number;
  readonly duration?: number;
  readonly record?: string;
  readonly json?: boolean;
}

/** Runs the loop until the user stops it; the first Ctrl-C brings the tool to rest. */
export async function runGuide(settings: GuideSettings, session: Session): Promise<void> {
  const model = builtinRobot(settings.robot);
  const tool = await loadLedTool(settings, builtinTip[settings.robot]);
  const hand = await loadHand(settings.hand);
  const fixtures = await loadKeepOuts(settings, model.links[0].name, session);
  const needsNode = settings.ros2 === true || hand.topic !== undefined;
  const node = needsNode ? await openNode(settings, 'isocenter_guide') : undefined;
  const namespace = settings.namespace ?? robotNamespace(settings.robot);
  try {
    node?.onWarning((warning) => process.stderr.write(`${warning}\n`));
    const names = activeNames(model);
    const shared = createSharedLoop(fixtures.length, names.length);
    const topic = node === undefined || hand.topic === undefined ? undefined : new HandTopic(node, hand.topic, shared);
    const handRateHz = settings.handRate ?? (await topic?.rateHz(session.signal)) ?? settings.rate;
    const start =
      node !== undefined && settings.ros2 === true
        ? await whereRobotIs(node, names, session.signal)
        : whereItBegins(settings.robot, tool, settings.rcm);
    const loop: LoopSettings = {
      robot: settings.robot,
      tool,
      fixtures,
      scale: settings.scale,
      periodSec: 1 / settings.rate,
      horizonSec: settings.horizonMs / 1000,
      handRateHz,
      start,
      ...(settings.rcm === undefined ? {} : { trocarM: settings.rcm }),
      ...(hand.source === undefined ? {} : { hand: hand.source }),
    };
    checkStart(loop);
    const ended = new AbortController();
    const recording =
      settings.record === undefined || node === undefined
        ? undefined
        : record(node, settings.record, { topics: recorded(hand.topic, namespace) }, ended.signal);
    try {
      await follow({ settings, loop, shared, node, namespace, durationSec: endOf(settings, hand) }, session);
    } finally {
      ended.abort();
      await recording;
    }
  } finally {
    await node?.close();
  }
}

function recorded(topic: string | undefined, namespace: string): string[] {
  return [`${namespace}/servo_jp`, '/joint_states', ...(topic === undefined ? [] : [topic])];
}

/** When the run ends by itself [s]: where the user says, and with a recording. */
function endOf({ duration }: GuideSettings, { durationSec }: HandChoice): number | undefined {
  if (duration === undefined || durationSec === undefined) return duration ?? durationSec;
  return Math.min(duration, durationSec);
}

interface Run {
  readonly settings: GuideSettings;
  readonly loop: LoopSettings;
  readonly shared: SharedLoop;
  readonly node: RosNode | undefined;
  readonly namespace: string;
  readonly durationSec: number | undefined;
}

/** Carries set-points from the loop's ring to the robot, and figures to the user. */
async function follow(run: Run, session: Session): Promise<void> {
  const { settings, loop, shared, node, namespace, durationSec } = run;
  const model = builtinRobot(settings.robot);
  const names = activeNames(model);
  const servo = settings.ros2
    ? node?.createPublisher('sensor_msgs/msg/JointState', `${namespace}/servo_jp`)
    : undefined;
  if (node !== undefined && settings.ros2) followState(node, namespace, shared);
  const window = new FigureWindow(
    loop.fixtures.map(({ name }) => name),
    loop.periodSec,
  );
  const total = new FigureWindow(
    loop.fixtures.map(({ name }) => name),
    loop.periodSec,
  );
  const worker = new Worker(new URL('./loop.js', import.meta.url), { workerData: { settings: loop, shared } });
  let fault: Error | undefined;
  worker.once('error', (error) => {
    fault = error;
    Atomics.store(shared.control, RESTS, 1);
    Atomics.notify(shared.control, HEAD);
  });
  const stop = () => Atomics.store(shared.control, STOP, 1);
  session.signal.addEventListener('abort', stop, { once: true });
  if (session.signal.aborted) stop();
  const timer = durationSec === undefined ? undefined : setTimeout(stop, 1000 * durationSec);
  const where = node === undefined ? 'no robot: set-points are worked out only' : node.where;
  if (!settings.json) process.stdout.write(`${settings.robot} led by ${settings.hand}; ${where}\n`);
  const show = setInterval(() => print(window.take(), settings.json === true), 1000);
  let seen = 0;
  const position = new Float64Array(names.length);
  for (;;) {
    const head = Atomics.load(shared.control, HEAD);
    seen = Math.max(seen, head - RING_RECORDS);
    for (; seen < head; seen++) {
      const at = (seen % RING_RECORDS) * shared.stride;
      if (servo !== undefined) {
        const q = at + shared.stride - names.length;
        for (let i = 0; i < names.length; i++) position[i] = shared.ring[q + i];
        servo.publish({ name: names, position });
      }
      const outSec = clockSec();
      window.add(shared.ring, at, outSec);
      total.add(shared.ring, at, outSec);
    }
    if (Atomics.load(shared.control, RESTS) === 1 && Atomics.load(shared.control, HEAD) === seen) break;
    await changed(shared.control, head);
  }
  clearInterval(show);
  clearTimeout(timer);
  session.signal.removeEventListener('abort', stop);
  await worker.terminate();
  if (fault !== undefined) throw fault;
  print(total.take(), settings.json === true);
}

/** Resolves when the loop has written more, or a little later. */
async function changed(control: Int32Array, head: number): Promise<void> {
  const { waitAsync } = Atomics as unknown as {
    waitAsync(words: Int32Array, at: number, value: number, timeoutMs: number): { value: Promise<string> | string };
  };
  await waitAsync(control, HEAD, head, 100).value;
}

/** The loop pauses while the robot is not ready, as its CRTK state says; it goes on when it is. */
function followState(node: RosNode, namespace: string, { control }: SharedLoop): void {
  let wasReady = true;
  node.createSubscription(
    'crtk_msgs/msg/OperatingState',
    `${namespace}/operating_state`,
    ({ state, is_homed }: RosMessage) => {
      const isReady = state === 'ENABLED' && is_homed === true;
      if (isReady === wasReady) return;
      wasReady = isReady;
      Atomics.store(control, COMMAND, isReady ? COMMANDS.resume : COMMANDS.pause);
    },
    'latched',
  );
}

function print(figures: LoopFigures, json: boolean): void {
  if (figures.cycles === 0) return;
  if (json) {
    process.stdout.write(toJson(figures));
    return;
  }
  const { rateHz, state, filter, computeUs, lateUs, latencyMs, tremorUm, keepOutsMm, trocarErrorMm, stoppingPct } =
    figures;
  const keepOuts = Object.entries(keepOutsMm).map(([name, mm]) => `${name} ${mm.toFixed(1)} mm`);
  process.stdout.write(
    `${rateHz.toFixed(0)} Hz, ${state}; cycle ${computeUs.median.toFixed(0)} us (99 % ${computeUs.p99.toFixed(0)}), ` +
      `late ${lateUs.median.toFixed(0)} us (99 % ${lateUs.p99.toFixed(0)}), hand to set-point ${latencyMs.median.toFixed(2)} ms; ` +
      `tremor ${tremorUm.in.toFixed(0)} -> ${tremorUm.out.toFixed(0)} um${filter.predictedPct < 90 ? ` (${filter.state})` : ''}; trocar ${trocarErrorMm.toFixed(3)} mm; ` +
      `stopping ${stoppingPct.toFixed(1)} %${keepOuts.length === 0 ? '' : `; ${keepOuts.join(', ')}`}\n`,
  );
}
