import type { Vec3 } from '../../engine/core/grid.ts';
import { NumberField } from '../page/number-field.tsx';
import { crosshair } from '../state/display.ts';
import { fixed } from '../state/fixed.ts';
import { ghostShare, isArmed, planned, shownState } from '../state/robot.ts';
import {
  discardPlan,
  execute,
  goalMm,
  planFigures,
  planMessage,
  planning,
  planToGoal,
  speedShare,
} from './guide-actions.ts';
import { patientFromBase } from './placement.ts';

const axes = ['x', 'y', 'z'] as const;

/** Plans a motion of the tip to a place in the patient, shows it, and lets the robot carry it out. */
export function GoalPanel() {
  const course = planned.value;
  const isResting = shownState.value?.motion === 'hold';
  return (
    <fieldset>
      <legend>Goal of the tip: the crosshair, or numbers [mm]</legend>
      <TipPlace />
      <div class="row">
        {axes.map((axis, n) => (
          <NumberField
            key={axis}
            label={axis}
            value={goalMm.value[n]}
            min={-2000}
            max={2000}
            step={1}
            onChange={(value) => {
              goalMm.value = goalMm.value.map((old, a) => (a === n ? value : old)) as unknown as Vec3;
            }}
          />
        ))}
        <button type="button" onClick={() => (goalMm.value = crosshair.value)}>
          Crosshair
        </button>
      </div>
      <div class="row">
        <NumberField
          label="Speed"
          value={100 * speedShare.value}
          min={1}
          max={100}
          step={5}
          unit="% of the limits"
          onChange={(value) => (speedShare.value = value / 100)}
        />
        <button type="button" disabled={planning.value !== 'idle' || !isResting} onClick={() => void planToGoal()}>
          Plan
        </button>
        <button
          type="button"
          disabled={course === undefined || planning.value !== 'idle' || !isArmed.value || !isResting}
          onClick={() => void execute()}
        >
          Execute
        </button>
        <button type="button" disabled={course === undefined} onClick={discardPlan}>
          Discard
        </button>
      </div>
      <p class="figures" role="status" data-testid="motion">
        {motionText()}
      </p>
      {course === undefined ? null : (
        <label class="joint">
          <span>Along the way</span>
          <input
            type="range"
            min="0"
            max="1"
            step="0.01"
            value={ghostShare.value}
            onInput={(event) => (ghostShare.value = Number(event.currentTarget.value))}
          />
          <span class="faint">{(ghostShare.value * course.timeSec[course.timeSec.length - 1]).toFixed(2)} s</span>
        </label>
      )}
    </fieldset>
  );
}

function TipPlace() {
  const sample = shownState.value;
  if (sample === undefined) return null;
  const [x, y, z] = sample.tip.position;
  const mm = patientFromBase([x, y, z]).map((value) => fixed(value, 1));
  return (
    <p class="figures" data-testid="tip">
      Tip at {mm.join(', ')} mm
    </p>
  );
}

function motionText(): string {
  if (planning.value === 'planning') return 'Planning';
  if (planMessage.value !== undefined) return `No motion: ${planMessage.value}`;
  const made = planFigures.value;
  if (planned.value === undefined || made === undefined) return 'Ghosts show where a planned motion begins and ends.';
  const clear = Number.isFinite(made.minClearanceM)
    ? `, ${(1000 * made.minClearanceM).toFixed(1)} mm clear at least`
    : '';
  const off =
    made.maxRcmErrorM === undefined
      ? ''
      : `, the shaft at most ${(1000 * made.maxRcmErrorM).toFixed(3)} mm from the trocar`;
  return `Planned in ${made.ms.toFixed(0)} ms: ${made.durationSec.toFixed(2)} s${clear}${off}. ${isArmed.value ? 'Execute it.' : 'Arm the robot to execute it.'}`;
}
