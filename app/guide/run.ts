import { Worker } from 'node:worker_threads';
import { inputError } from '../../engine/core/errors.ts';
import { activeNames } from '../../engine/core/robot.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import { readTool } from '../../engine/formats/tool.ts';
import { readTracks } from '../../engine/formats/tracks/csv.ts';
import { jointReadingOf } from '../../engine/ros2/crtk/motion.ts';
import type { RosMessage } from '../../engine/ros2/messages/types.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { createGuidance } from '../../planners/guidance/servo/guidance.ts';
import { PoseSteadier } from '../../planners/guidance/tremor/pose.ts';
import { createRcmIk, RCM_SOLVED, rcmReason, solveRcmIk } from '../../planners/motion/rcm/ik.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { builtinRobot, builtinTip } from '../../planners/motion/robot/registry.ts';
import { SimulatedRobot } from '../../sim/robots/simulated-robot.ts';
import { readInput, readTextInput } from '../inputs/files.ts';
import { toJson } from '../output/json.ts';
import { waitUntil } from '../ros2/discovery.ts';
import { openNode } from '../ros2/open.ts';
import type { DdsNodeOptions } from '../ros2/options.ts';
import { record } from '../ros2/record.ts';
import type { Session } from '../session.ts';
import { FigureWindow, type LoopFigures } from './figures.ts';
import { type KeepOutSettings, loadKeepOuts } from './keep-outs.ts';
import {
  COMMAND,
  COMMANDS,
  clockSec,
  createSharedLoop,
  HAND_SEQUENCE,
  HEAD,
  RESTS,
  RING_RECORDS,
  type SharedLoop,
  STOP,
} from './layout.ts';
import type { LoopSettings } from './loop.ts';

export interface GuideSettings extends DdsNodeOptions, KeepOutSettings {
  readonly robot: string;
  readonly hand: string;
  readonly ros2?: boolean;
  readonly namespace?: string;
  readonly scale: number;
  readonly tool?: string;
  readonly rcm?: readonly [number, number, number];
  readonly horizonMs: number;
  readonly rate: number;
  readonly duration?: number;
  readonly record?: string;
  readonly json?: boolean;
}

/** Namespaces of the robots' CRTK topics, as dVRK names its arms. */
const NAMESPACES: Readonly<Record<string, string>> = { psm: '/PSM1', 'psm-si': '/PSM1', ecm: '/ECM' };
/** How long a robot may take to tell where it is [ms]. */
const ROBOT_MS = 5000;
/** Where a tool begins that is led without a robot: so far beyond its trocar [m]. */
const BEYOND_M = 0.08;

/** Runs the loop until the user stops it; the first Ctrl-C brings the tool to rest. */
export async function runGuide(settings: GuideSettings, session: Session): Promise<void> {
  const model = builtinRobot(settings.robot);
  const tool = await loadTool(settings);
  const hand = await loadHand(settings.hand);
  const fixtures = await loadKeepOuts(settings, model.links[0].name, session);
  const needsNode = settings.ros2 === true || hand.topic !== undefined;
  const node = needsNode ? await openNode(settings, 'isocenter_guide') : undefined;
  const namespace = settings.namespace ?? NAMESPACES[settings.robot] ?? `/${settings.robot}`;
  try {
    node?.onWarning((warning) => process.stderr.write(`${warning}\n`));
    const names = activeNames(model);
    const start =
      node !== undefined && settings.ros2 === true
        ? await whereRobotIs(node, names, session.signal)
        : whereItBegins(settings, tool);
    const loop: LoopSettings = {
      robot: settings.robot,
      tool,
      fixtures,
      scale: settings.scale,
      periodSec: 1 / settings.rate,
      horizonSec: settings.horizonMs / 1000,
      start,
      ...(settings.rcm === undefined ? {} : { trocarM: settings.rcm }),
      ...(hand.source === undefined ? {} : { hand: hand.source }),
    };
    checkStart(loop);
    const shared = createSharedLoop(fixtures.length, names.length);
    if (node !== undefined && hand.topic !== undefined) listenToHand(node, hand.topic, shared);
    const ended = new AbortController();
    const recording =
      settings.record === undefined || node === undefined
        ? undefined
        : record(node, settings.record, { topics: recorded(hand.topic, namespace) }, ended.signal);
    try {
      await follow(settings, loop, shared, node, namespace, session);
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

/** Carries set-points from the loop's ring to the robot, and figures to the user. */
async function follow(
  settings: GuideSettings,
  loop: LoopSettings,
  shared: SharedLoop,
  node: RosNode | undefined,
  namespace: string,
  session: Session,
): Promise<void> {
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
  const timer = settings.duration === undefined ? undefined : setTimeout(stop, 1000 * settings.duration);
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

function listenToHand(node: RosNode, topic: string, { control, hand }: SharedLoop): void {
  let clutch = true;
  let present = true;
  const flag = (name: string, set: (value: boolean) => void) =>
    node.createSubscription('std_msgs/msg/Bool', `${topic}/${name}`, ({ data }) => set(data === true));
  flag('clutch', (value) => {
    clutch = value;
  });
  flag('operator_present', (value) => {
    present = value;
  });
  node.createSubscription(
    'geometry_msgs/msg/PoseStamped',
    topic,
    (message) => {
      const { position, orientation } = message.pose as Readonly<Record<string, Readonly<Record<string, number>>>>;
      Atomics.add(control, HAND_SEQUENCE, 1);
      hand[0] = clockSec();
      hand[1] = position.x;
      hand[2] = position.y;
      hand[3] = position.z;
      hand[4] = orientation.x;
      hand[5] = orientation.y;
      hand[6] = orientation.z;
      hand[7] = orientation.w;
      hand[8] = clutch ? 1 : 0;
      hand[9] = present ? 1 : 0;
      Atomics.add(control, HAND_SEQUENCE, 1);
    },
    { reliability: 'best_effort', depth: 1 },
  );
}

async function loadTool({ tool, robot, rcm }: GuideSettings): Promise<ToolSpec> {
  if (tool !== undefined) {
    return readTool((await readTextInput(tool, 'tool', 'give a YAML file with link and length')).text, tool);
  }
  if (rcm !== undefined) {
    const hint = 'give --tool FILE.yaml with link and length';
    throw inputError('guide/no-tool', '--rcm needs a tool whose shaft passes through the trocar', hint);
  }
  return { link: builtinTip[robot], lengthM: 1e-3, tipM: [0, 0, 0] };
}

async function loadHand(text: string): Promise<{ topic?: string; source?: LoopSettings['hand'] }> {
  const [, kind, rest] = /^(topic|csv|synthetic):(.+)$/.exec(text) ?? [];
  if (kind === 'topic') return { topic: rest.startsWith('/') ? rest : `/${rest}` };
  if (kind === 'synthetic' && /^\d+$/.test(rest)) return { source: { kind: 'synthetic', seed: Number(rest) } };
  if (kind === 'csv') {
    const bytes = await readInput(rest, 'hand', 'give a CSV with the columns t_s, x_m, y_m and z_m');
    const { timesSec, values } = readTracks(bytes, rest, ['t_s', 'x_m', 'y_m', 'z_m']);
    const rateHz = (timesSec.length - 1) / (timesSec[timesSec.length - 1] - timesSec[0]);
    return { source: { kind: 'recording', tracks: values, rateHz } };
  }
  const hint = 'give topic:NAME (geometry_msgs/msg/PoseStamped), csv:FILE or synthetic:SEED';
  throw inputError('guide/hand', `--hand: ${JSON.stringify(text)}`, hint);
}

async function whereRobotIs(node: RosNode, names: readonly string[], signal: AbortSignal): Promise<Float64Array> {
  let found: Float64Array | undefined;
  const subscription = node.createSubscription('sensor_msgs/msg/JointState', '/joint_states', (message) => {
    const reading = jointReadingOf(message);
    const order = names.map((name) => reading.names.indexOf(name));
    if (order.every((at) => at >= 0)) found = Float64Array.from(order, (at) => reading.positions[at]);
  });
  await waitUntil(() => found !== undefined, ROBOT_MS, signal);
  subscription.close();
  if (found !== undefined) return found;
  throw inputError(
    'guide/no-robot',
    `no /joint_states with ${names.join(', ')} came within ${ROBOT_MS / 1000} s on ${node.where}`,
    'start the robot (isocenter sim robot), or look with isocenter ros2 topics; domain and interface must be the same',
  );
}

/** Without a robot: the tool through its trocar where there is one, else the arm at rest. */
function whereItBegins({ robot, rcm }: GuideSettings, tool: ToolSpec): Float64Array {
  const model = builtinRobot(robot);
  const rest = new SimulatedRobot(model).q;
  if (rcm === undefined) return rest;
  const ik = createRcmIk(model, createTool(model, tool), { seed: 1, centre: true });
  const [x, y, z] = rcm;
  const code = solveRcmIk(ik, rcm, [x, y, z - BEYOND_M], rest);
  if (code === RCM_SOLVED) return ik.solution.slice();
  const message = `the tool does not reach ${1000 * BEYOND_M} mm below the trocar: ${rcmReason(ik, code)}`;
  throw inputError('guide/rcm', message, 'move the trocar, or give a longer tool');
}

/** What the loop would refuse is said here, in words, before anything runs. */
function checkStart(loop: LoopSettings): void {
  const model = builtinRobot(loop.robot);
  const guidance = createGuidance({
    model,
    tool: createTool(model, loop.tool),
    fixtures: loop.fixtures,
    scale: loop.scale,
    periodSec: loop.periodSec,
    filter: new PoseSteadier({ rateHz: 1 / loop.periodSec, horizonSec: loop.horizonSec }),
    ...(loop.trocarM === undefined ? {} : { trocarM: loop.trocarM }),
  });
  const { columns } = guidance.servo.arm.shaft.chain;
  const fault = guidance.start(Float64Array.from(columns, (c) => loop.start[c]));
  if (fault === undefined) return;
  const { now, fixtures } = guidance.servo.arm;
  const deepest = fixtures.distanceM.indexOf(Math.min(...fixtures.distanceM));
  const words: Readonly<Record<string, string>> = {
    fixture: `the tool is inside ${loop.fixtures[deepest]?.name} already, by ${(-1000 * now.fixtureM).toFixed(1)} mm`,
    trocar: `the shaft misses the trocar by ${(1000 * now.trocarErrorM).toFixed(2)} mm`,
    insertion: `only ${(1000 * now.insertedM).toFixed(1)} mm of the shaft are through the trocar`,
    limits: 'a joint is outside its limits',
  };
  throw inputError(
    'guide/start',
    words[fault] ?? `the arm cannot start: ${fault}`,
    'bring the arm to where it may start',
  );
}

function print(figures: LoopFigures, json: boolean): void {
  if (figures.cycles === 0) return;
  if (json) {
    process.stdout.write(toJson(figures));
    return;
  }
  const { rateHz, state, computeUs, lateUs, latencyMs, tremorUm, keepOutsMm, trocarErrorMm, stoppingPct } = figures;
  const keepOuts = Object.entries(keepOutsMm).map(([name, mm]) => `${name} ${mm.toFixed(1)} mm`);
  process.stdout.write(
    `${rateHz.toFixed(0)} Hz, ${state}; cycle ${computeUs.median.toFixed(0)} us (99 % ${computeUs.p99.toFixed(0)}), ` +
      `late ${lateUs.median.toFixed(0)} us (99 % ${lateUs.p99.toFixed(0)}), hand to set-point ${latencyMs.median.toFixed(2)} ms; ` +
      `tremor ${tremorUm.in.toFixed(0)} -> ${tremorUm.out.toFixed(0)} um; trocar ${trocarErrorMm.toFixed(3)} mm; ` +
      `stopping ${stoppingPct.toFixed(1)} %${keepOuts.length === 0 ? '' : `; ${keepOuts.join(', ')}`}\n`,
  );
}
