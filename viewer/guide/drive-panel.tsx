import { computed, signal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { RobotJoint } from '../../engine/core/robot.ts';
import { ToolWatch } from '../../planners/motion/rcm/tool-watch.ts';
import { robotNamed } from '../../planners/motion/robot/own-robots.ts';
import { fixed } from '../state/fixed.ts';
import { about, command, connection, isArmed, robotState, shownState } from '../state/robot.ts';
import { outdated } from './guide-actions.ts';

/** Grows with every Hold: what was wished before is not to be done after it. */
const holds = signal(0);

/** Arms the robot, and moves its joints once it is armed. */
export function DrivePanel() {
  const sample = shownState.value;
  const isThere = connection.value.state === 'connected';
  const armed = isArmed.value;
  const isElsewhere = sample?.armedBy === 'other';
  const clutches = sample?.motion === 'hand';
  return (
    <>
      <div class="row">
        <button
          type="button"
          disabled={!isThere || armed || isElsewhere || sample?.state === 'FAULT' || outdated.value !== undefined}
          onClick={() => command({ command: 'arm' })}
        >
          Arm
        </button>
        <button type="button" disabled={!isThere || isElsewhere} onClick={() => command({ command: 'disarm' })}>
          Disarm
        </button>
        <button
          type="button"
          disabled={!isThere || !armed}
          onClick={() => {
            holds.value++;
            void command({ command: 'hold' });
          }}
        >
          Hold
        </button>
        <button
          type="button"
          aria-pressed={clutches}
          disabled={!isThere || !armed}
          onClick={() => command({ command: 'clutch', closed: !clutches })}
        >
          Follow the hand
        </button>
      </div>
      <p class="figures" data-testid="mode">
        {outdated.value ?? modeText(sample?.state, armed, isElsewhere)}
      </p>
      <Joints />
    </>
  );
}

function modeText(state: string | undefined, armed: boolean, isElsewhere: boolean): string {
  if (isElsewhere) return 'Monitor: it is armed elsewhere, by another viewer. STOP works here, too.';
  if (armed) return 'Control: this page may move the robot.';
  if (state === 'FAULT') return 'Stopped. Disarm, then arm again.';
  return 'Monitor: arm the robot to move it.';
}

function Joints() {
  const now = about.value;
  if (now === undefined) return null;
  const model = robotNamed(now.robot);
  const free = freeJoints.value;
  return (
    <fieldset>
      <legend>Joints</legend>
      {now.trocarM === undefined ? null : (
        <p class="faint">
          One joint alone would take the shaft out of its trocar, unless it turns about the shaft: plan to a place, or
          follow the hand.
        </p>
      )}
      {model.active.map((joint, n) => (
        <Joint
          key={model.joints[joint].name}
          joint={model.joints[joint]}
          index={n}
          isFree={free === undefined || free[n] === true}
        />
      ))}
    </fieldset>
  );
}

/** A joint turns about the shaft where a turn by so much leaves the trocar where it is [rad; m]. */
const TRIED_RAD = 0.1;
const STAYS_M = 1e-6;

/** Of each joint, whether it may move alone; undefined where there is no trocar to stay in. The robot's side checks it, too. */
const freeJoints = computed<readonly boolean[] | undefined>(() => {
  const { robot, tool, trocarM } = about.value ?? {};
  const q = shownState.value?.measured;
  if (robot === undefined || tool === undefined || trocarM === undefined || q === undefined) return undefined;
  const watch = new ToolWatch(robotNamed(robot), tool, trocarM);
  const errorM = (joints: readonly number[]): number => {
    watch.set(joints);
    return watch.inTrocar?.trocarErrorM ?? Number.NaN;
  };
  const nowM = errorM(q);
  return q.map((_, n) => Math.abs(errorM(q.map((at, j) => (j === n ? at + TRIED_RAD : at))) - nowM) < STAYS_M);
});

/** A joint that may turn without end is moved within a turn each way [rad]. */
const ENDLESS_RAD = Math.PI;

interface JointProps {
  readonly joint: RobotJoint;
  readonly index: number;
  /** Whether it may move alone. */
  readonly isFree: boolean;
}

/** One joint, in degrees or mm; where it is let go the robot goes, all other joints staying. */
function Joint({ joint, index, isFree }: JointProps) {
  /** What the user wants and the robot was not told yet [rad or m]. */
  const wanted = useSignal<number | undefined>(undefined);
  const isHeld = useSignal(false);
  const measured = useComputed(() => shownState.value?.measured[index] ?? 0);
  const isResting = useComputed(() => robotState.value?.motion === 'hold');
  const isSlide = joint.type === 'prismatic';
  const unit = isSlide ? 'mm' : '°';
  const perUnit = isSlide ? 1e-3 : Math.PI / 180;
  const lower = Math.max(joint.limits?.lower ?? 0, isSlide ? -10 : -2 * ENDLESS_RAD);
  const upper = Math.min(joint.limits?.upper ?? 0, isSlide ? 10 : 2 * ENDLESS_RAD);

  // A wish is one of this arming: none outlives a stop, a pause, a hold or the link.
  useSignalEffect(() => {
    if (isArmed.value && connection.value.state === 'connected') return;
    wanted.value = undefined;
    isHeld.value = false;
  });
  useSignalEffect(() => {
    if (holds.value > 0) wanted.value = undefined;
  });

  // While it still moves, the newest wish waits.
  useSignalEffect(() => {
    const to = wanted.value;
    if (to === undefined || isHeld.value || !isResting.value || !isArmed.value) return;
    const positions = [...(robotState.peek()?.setpoint ?? [])];
    positions[index] = to;
    wanted.value = undefined;
    void command({ command: 'joints', positions });
  });

  const shown = (wanted.value ?? measured.value) / perUnit;
  const take = (text: string): void => {
    wanted.value = Math.min(upper, Math.max(lower, Number(text) * perUnit));
  };
  const told = fixed(shown, 1);
  return (
    <label class="joint">
      <span>{joint.name}</span>
      <input
        type="range"
        min={lower / perUnit}
        max={upper / perUnit}
        step={0.5}
        value={shown}
        disabled={!isArmed.value || !isFree}
        aria-valuetext={`${told} ${isSlide ? 'millimetres' : 'degrees'}`}
        onPointerDown={() => (isHeld.value = true)}
        onPointerUp={() => (isHeld.value = false)}
        onPointerCancel={() => (isHeld.value = false)}
        onInput={(event) => take(event.currentTarget.value)}
      />
      <span class="faint">
        {told} {unit}
      </span>
    </label>
  );
}
