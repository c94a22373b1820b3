import { batch, computed, effect, signal } from '@preact/signals';
import type { Transform } from '../../engine/core/frames.ts';
import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import type { FieldFixture } from '../../planners/guidance/fixtures/fixture.ts';
import type { LoopFigures } from '../../planners/guidance/loop/figures.ts';
import type { RobotAbout, RobotCommand, RobotSample } from '../../planners/guidance/messages.ts';
import { HAND_HZ } from '../../sim/robots/robot-observer.ts';
import { faultOf } from '../engine/fault.ts';
import type { Surface } from '../engine/messages.ts';
import type { Connection, RobotListener, RobotSession } from '../guide/session.ts';
import { fault } from './workspace.ts';

/** The robot that is watched, wherever its states come from. What is derived is computed. */

export const session = signal<RobotSession | undefined>(undefined);
export const connection = signal<Connection>({ state: 'ended', text: 'no robot' });
export const about = signal<RobotAbout | undefined>(undefined);
/** Sixty times a second. */
export const robotState = signal<RobotSample | undefined>(undefined);
/** The same a few times a second, for text and controls. */
export const shownState = signal<RobotSample | undefined>(undefined);
export const figures = signal<LoopFigures | undefined>(undefined);
export const keepOutSurfaces = signal<readonly Surface[]>([]);
/** What a robot of elsewhere keeps out of that is no simple shape. */
export const keepOutFields = signal<readonly FieldFixture[]>([]);
/** Distances to each keep-out [m] over the last {@link KEPT_SEC}, with their times. */
export const KEPT_SEC = 10;
/** Grows with every packet of the hand. */
export const handVersion = signal(0);
/** When something came last, on the page's clock [ms]. */
export const heardMs = signal(0);
/** Now, a few times a second while there is a robot [ms]. */
export const nowMs = signal(0);
/** Why the robot holds, as far as this page knows. */
export const heldBecause = signal<string | undefined>(undefined);

/** From the robot's base to the patient frame (LPS), both in metres. */
export const T_patient_base = signal<Transform | undefined>(undefined);
/** A motion that was planned and is not carried out yet. */
export const planned = signal<JointTrajectory | undefined>(undefined);
/** Where along the planned motion its ghost is shown, 0 to 1. */
export const ghostShare = signal(1);
export const robotLayers = signal({ robot: true, spheres: false, frames: false, trail: true, keepOuts: true });

export const ageMs = computed(() => Math.max(0, nowMs.value - heardMs.value));
export const isDriven = computed(() => session.value !== undefined && session.value.kind !== 'recording');
/** Whether this page may move the robot now. */
export const isArmed = computed(
  () => isDriven.value && robotState.value?.state === 'ENABLED' && robotState.value.armedBy === 'you',
);

/**
 * Why nobody may change what motions are checked against (place of the base, margins, trocar): the loop goes on with what it was started
 * with, and the page would plan for another place. Undefined where it may be changed.
 */
export const lockedBecause = computed(() => {
  const state = robotState.value?.state ?? 'DISABLED';
  if (!isDriven.value || state === 'DISABLED') return undefined;
  return `Locked while the robot is ${state}: disarm it to change this.`;
});

/** The hand of the last {@link KEPT_SEC}: seven numbers a sample, the oldest overwritten. */
export const handRing = { samples: new Float64Array(7 * HAND_HZ * KEPT_SEC), count: 0 };

/** Sinks beside the page: a recorder. */
const listeners = new Set<Partial<RobotListener>>();

export function listen(listener: Partial<RobotListener>): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function heard(): void {
  heardMs.value = performance.now();
}

const listener: RobotListener = {
  about: (value) => {
    // The same robot on a server that was started anew goes on.
    if (JSON.stringify(value) === JSON.stringify(about.peek())) return;
    batch(() => {
      forgetRobot();
      about.value = value;
    });
  },
  connection: (value) => {
    if (connection.peek().state === 'connected' && value.state === 'connecting' && isArmed.peek()) {
      heldBecause.value = 'the connection was lost: the robot holds by itself';
    }
    connection.value = value;
  },
  state: (sample) => {
    batch(() => {
      heard();
      robotState.value = sample;
    });
    for (const each of listeners) each.state?.(sample);
  },
  hand: (samples) => {
    const { samples: ring } = handRing;
    for (let n = 0; n < samples.length; n += 7) {
      ring.set(samples.subarray(n, n + 7), (7 * handRing.count++) % ring.length);
    }
    batch(() => {
      heard();
      handVersion.value++;
    });
    for (const each of listeners) each.hand?.(samples);
  },
  figures: (value) => {
    figures.value = value;
    for (const each of listeners) each.figures?.(value);
  },
  keepOuts: (surfaces) => {
    keepOutSurfaces.value = surfaces;
  },
  fields: (fields) => {
    keepOutFields.value = fields;
  },
};

let watch: ReturnType<typeof setInterval> | undefined;
/** At any time since the last tick: that the robot holds is heard before it is seen how long the page hung. */
let wasArmed = false;
/** When it was armed last [ms of the page's clock]. */
let lastArmedMs = Number.NEGATIVE_INFINITY;
effect(() => {
  // Both when it begins and when it ends.
  if (isArmed.value || wasArmed) lastArmedMs = performance.now();
  if (isArmed.value) wasArmed = true;
});

/** Opens a session in the place of the one before. */
export function openSession(open: (listener: RobotListener) => RobotSession): void {
  closeSession();
  batch(() => {
    // What an old session still says is not heard.
    let isOld = false;
    const only = Object.fromEntries(
      Object.entries(listener).map(([name, tell]) => [
        name,
        (value: never) => {
          if (!isOld) (tell as (value: never) => void)(value);
        },
      ]),
    ) as unknown as RobotListener;
    const made = open(only);
    session.value = {
      kind: made.kind,
      command: (command) => made.command(command),
      stop: () => made.stop(),
      close: () => {
        isOld = true;
        made.close();
      },
    };
    heard();
  });
  let beforeMs = performance.now();
  wasArmed = false;
  watch = setInterval(() => {
    const now = performance.now();
    if (now - beforeMs > HUNG_MS && wasArmed) {
      heldBecause.value = `the page hung for ${((now - beforeMs) / 1000).toFixed(1)} s`;
    }
    beforeMs = now;
    wasArmed = isArmed.peek();
    batch(() => {
      nowMs.value = now;
      shownState.value = robotState.peek();
    });
  }, TICK_MS);
}

const TICK_MS = 125;
/** A main thread that sleeps so much longer than it should was silent for the robot too [ms]. */
const HUNG_MS = 400;

export function closeSession(): void {
  clearInterval(watch);
  session.peek()?.close();
  batch(() => {
    session.value = undefined;
    forgetRobot();
    connection.value = { state: 'ended', text: 'no robot' };
  });
}

/** What was told of one robot says nothing about another. */
function forgetRobot(): void {
  about.value = undefined;
  robotState.value = undefined;
  shownState.value = undefined;
  figures.value = undefined;
  keepOutSurfaces.value = [];
  keepOutFields.value = [];
  planned.value = undefined;
  heldBecause.value = undefined;
  handRing.count = 0;
}

/** A command of the user; a refusal is shown in the page. @returns whether it was taken */
export async function command(wanted: RobotCommand): Promise<boolean> {
  if (wanted.command === 'arm') heldBecause.value = undefined;
  try {
    await session.peek()?.command(wanted);
    return true;
  } catch (error) {
    fault.value = faultOf(error);
    return false;
  }
}

/** Stops, and stays so: nothing is asked, nothing waited for. */
export function stopRobot(): void {
  session.peek()?.stop();
}

/** A browser may take so long to tell a page that it is hidden [ms]. */
const HIDING_MS = 1500;

document.addEventListener('visibilitychange', () => {
  // A robot may hold before its page hears that it is hidden: beats end first.
  const isHeld = robotState.peek()?.state === 'PAUSED' && performance.now() - lastArmedMs < HIDING_MS;
  if (document.hidden && (isArmed.peek() || isHeld)) heldBecause.value = 'this tab was hidden';
});
