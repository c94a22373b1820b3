import { computed, effect, signal } from '@preact/signals';
import { inputError } from '../../engine/core/errors.ts';
import { inverse } from '../../engine/core/frames.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import { parseRegistration } from '../../engine/formats/registration.ts';
import type { MotionFigures } from '../../planners/motion/planning/plan-motion.ts';
import { bareTip } from '../../planners/motion/rcm/tool.ts';
import { faultOf } from '../engine/fault.ts';
import type { PatientView } from '../engine/messages.ts';
import { crosshair } from '../state/display.ts';
import {
  about,
  command,
  ghostShare,
  isArmed,
  keepOutFields,
  lockedBecause,
  openSession,
  planned,
  robotState,
  session,
} from '../state/robot.ts';
import { fault, openings, patient } from '../state/workspace.ts';
import { MotionClient } from './motion-client.ts';
import { forWorkers, ownRobots, robotName } from './own-robots.ts';
import { baseFromPatient, defaultPlacement, placed, placement, placementOf, uprightWith } from './placement.ts';
import type { KeepOutMargin } from './places.ts';
import { ServerSession } from './server-session.ts';
import type { GuideScene, KeepOutSpec } from './session.ts';
import { SimulatorSession } from './simulator-session.ts';
import { chosenTrocarMm, entryOf, trocarPlace } from './trocar.ts';

/** What the user chooses for the simulator, and what the page does with robots. */
/** Structure -> margin [mm]. */
export const keepOuts = signal<ReadonlyMap<string, number>>(new Map());
/** Metres of the tool per metre of the hand. */
export const scale = signal(0.2);
export const handSeed = signal(1);
/** Whether the user says where the base stands; else it follows robot, patient and keep-outs. */
export const isPlacedByUser = signal(false);

/** Where the tip shall come to [mm, LPS]; the crosshair unless the user gives numbers. */
export const goalMm = signal<Vec3>([0, 0, 0]);
export const speedShare = signal(0.2);
export const planning = signal<'idle' | 'planning' | 'executing'>('idle');
export const planFigures = signal<(MotionFigures & { readonly ms: number }) | undefined>(undefined);
/** Why there is no motion. */
export const planMessage = signal<string | undefined>(undefined);

export const DEFAULT_MARGIN_MM = 5;
const motions = new MotionClient();
let seed = 0;

let patientId: string | undefined;

/** The first organ is kept out of, in a new patient, and nothing else: the user knows better. A registration stays that patient's. */
effect(() => {
  const view = patient.value;
  if (view !== undefined && view.id === patientId) return;
  patientId = view?.id;
  const organ = view?.structures.find(({ role, voxels }) => role === 'organ' && voxels.length > 0);
  keepOuts.value = new Map(organ === undefined ? [] : [[organ.name, DEFAULT_MARGIN_MM]]);
  isPlacedByUser.value = false;
  chosenTrocarMm.value = undefined;
});

effect(() => {
  const view = patient.value;
  // A simulator keeps the base that it was started with.
  const isSimulated = session.value?.kind === 'simulator';
  const isFixed = isPlacedByUser.value || isSimulated || lockedBecause.value !== undefined;
  if (view === undefined || isFixed) return;
  // Another tip may reach elsewhere.
  void ownRobots.value;
  const wanted = margins();
  try {
    const robot = about.value?.robot ?? robotName.value;
    const trocarM = about.value?.trocarM;
    placement.value =
      trocarM === undefined
        ? defaultPlacement(robot, view, wanted, entryOf(robot, view, wanted))
        : uprightWith(trocarM, trocarPlace(view, wanted));
  } catch (error) {
    fault.value = faultOf(error);
  }
});

effect(() => {
  goalMm.value = crosshair.value;
});

function margins(): KeepOutMargin[] {
  return [...keepOuts.value].map(([name, marginMm]) => ({ name, marginMm }));
}

/** The trocar and where the tip begins, as the next start of the simulator has them. */
export const entry = computed(() => entryOf(robotName.value, patient.value, margins()));

/** Grows whenever what a motion is checked against changes; a motion of before is not carried out. */
let geometry = 0;
effect(() => {
  about.value;
  placed.value;
  patient.value;
  keepOuts.value;
  keepOutFields.value;
  geometry++;
  discardPlan();
});

/** Shows what a deed throws. */
export async function attempt(deed: () => Promise<void> | void): Promise<void> {
  try {
    await deed();
  } catch (error) {
    fault.value = faultOf(error);
  }
}

/** What the simulator was started with. */
const started = signal<
  Pick<GuideScene, 'opening' | 'T_patient_base'> & { readonly keepOuts: ReadonlyMap<string, number> }
>();

/** Why a simulated robot must not be moved any longer: what it keeps out of is not what the page shows. */
export const outdated = computed<string | undefined>(() => {
  const then = started.value;
  if (session.value?.kind !== 'simulator' || then === undefined) return undefined;
  const isSame =
    then.opening === openings.value &&
    then.keepOuts === keepOuts.value &&
    placed.value.every((value, n) => value === then.T_patient_base[n]);
  return isSame
    ? undefined
    : 'The patient, the base or the keep-outs are others than it was started with: simulate again.';
});

// It keeps out of what is no longer shown: brakes.
effect(() => {
  if (outdated.value !== undefined && isArmed.peek()) void command({ command: 'disarm' });
});

export function startSimulator(): void {
  void attempt(() => {
    openSession((listener) => {
      const chosen = entry.peek();
      const through = chosen && {
        tool: chosen.tool,
        trocarM: baseFromPatient(chosen.trocarMm),
        tipM: baseFromPatient(chosen.tipMm),
      };
      const settings = { ...sceneOf(robotName.peek()), handSeed: handSeed.peek(), scale: scale.peek(), through };
      started.value = { ...settings, keepOuts: keepOuts.peek() };
      return new SimulatorSession(settings, listener, (shown) => {
        fault.value = shown;
      });
    });
  });
}

export function connectServer(): void {
  openSession((listener) => new ServerSession(listener));
}

/** The patient as the workers take it: without one there is nothing to keep out of. */
function sceneOf(robot: string): GuideScene {
  const view = patient.peek();
  const grid = view?.grid ?? { size: [1, 1, 1] as const, spacingMm: [1, 1, 1] as const, originMm: [0, 0, 0] as const };
  const kept = view === undefined ? [] : keepOutsOf(view);
  const own = forWorkers(robot);
  return {
    opening: openings.peek(),
    robot,
    ...(own && { own }),
    grid,
    keepOuts: kept,
    T_patient_base: placed.peek(),
  };
}

function keepOutsOf(view: PatientView): KeepOutSpec[] {
  return view.structures.flatMap(({ name, voxels }) => {
    const marginMm = keepOuts.peek().get(name);
    return marginMm === undefined || voxels.length === 0 ? [] : [{ name, marginMm, voxels }];
  });
}

/** Plans a motion of the tip to {@link goalMm}, free of collisions; its ghost is shown. */
export async function planToGoal(): Promise<void> {
  const now = about.peek();
  const sample = robotState.peek();
  if (now === undefined || sample === undefined) return;
  if (outdated.peek() !== undefined) {
    discardPlan();
    planMessage.value = outdated.peek();
    return;
  }
  planning.value = 'planning';
  planned.value = undefined;
  planFigures.value = undefined;
  planMessage.value = undefined;
  const scene = sceneOf(now.robot);
  const shapes = [...now.shapes, ...keepOutFields.peek()];
  const known = new Set([...shapes, ...scene.keepOuts].map(({ name }) => name));
  const unknown = now.keepOuts.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    planning.value = 'idle';
    planMessage.value = `the robot keeps out of ${unknown.join(', ')}, and this page does not know where that is: open the patient and choose it as a keep-out`;
    return;
  }
  const asked = geometry;
  const answer = await motions.plan({
    scene,
    shapes,
    tool: now.tool ?? bareTip(now.tip),
    trocarM: now.trocarM,
    start: sample.setpoint,
    goal: { kind: 'tip', positionM: baseFromPatient(goalMm.peek()) },
    share: speedShare.peek(),
    seed: seed++,
  });
  planning.value = 'idle';
  if (about.peek() !== now || geometry !== asked) return;
  if (answer.kind === 'fault') fault.value = answer.fault;
  else if (answer.kind === 'unsolved') planMessage.value = answer.message;
  else {
    planFigures.value = { ...answer.figures, ms: answer.ms };
    ghostShare.value = 1;
    planned.value = answer.trajectory;
  }
}

/** Sends the planned motion; the robot's side checks it before anything moves. */
export async function execute(): Promise<void> {
  const course = planned.peek();
  if (course === undefined) return;
  planning.value = 'executing';
  const { timeSec, positions, velocities, accelerations } = course;
  const isTaken = await command({
    command: 'trajectory',
    timeSec: [...timeSec],
    positions: [...positions],
    velocities: [...velocities],
    accelerations: [...accelerations],
  });
  planning.value = 'idle';
  if (isTaken) planned.value = undefined;
}

export function discardPlan(): void {
  planned.value = undefined;
  planFigures.value = undefined;
  planMessage.value = undefined;
}

/** Places the base as a file of `isocenter register` says. */
export function loadRegistration(file: File): Promise<void> {
  return attempt(async () => {
    if (file.size > LARGEST_REGISTRATION) {
      const what = `${file.name} has ${file.size} bytes, above ${LARGEST_REGISTRATION}`;
      throw inputError('guide/registration', what, 'give the file that isocenter register wrote');
    }
    const of = patient.peek()?.id;
    const T_base_patient = parseRegistration(await file.text(), file.name);
    const reason = lockedBecause.peek();
    if (reason !== undefined || patient.peek()?.id !== of) {
      const what = `${file.name} was not taken: ${reason ?? 'another patient is open by now'}`;
      throw inputError('guide/locked', what, 'load it again');
    }
    isPlacedByUser.value = true;
    placement.value = placementOf(inverse(T_base_patient));
  });
}

const LARGEST_REGISTRATION = 1 << 22;
