import { MM_PER_M } from '../../engine/core/frames.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import { NumberField } from '../page/number-field.tsx';
import { crosshair, placePicker } from '../state/display.ts';
import { lockedBecause } from '../state/robot.ts';
import { patient } from '../state/workspace.ts';
import { attempt, entry } from './guide-actions.ts';
import { Locked } from './locked.tsx';
import { robotName } from './own-robots.ts';
import { chosenTrocarMm, hasTrocar, loadedTool, loadTool, mayHaveTrocar, shaftMm, toolWords } from './trocar.ts';

const axes = ['x', 'y', 'z'] as const;
/** Longest shaft and its thickest [mm]. */
const LONGEST_MM = 600;
const THICKEST_MM = 10;

/** A tool through a trocar, for arms whose mechanism keeps no remote centre. */
export function TrocarPanel() {
  if (!mayHaveTrocar(robotName.value)) {
    return (
      <p class="faint">The mechanism of {robotName.value} keeps its remote centre: it needs no trocar by software.</p>
    );
  }
  return (
    <Locked legend="Tool and trocar">
      <label>
        <input type="checkbox" checked={hasTrocar.value} onChange={() => (hasTrocar.value = !hasTrocar.value)} /> Tool
        through a trocar
      </label>
      {hasTrocar.value ? <Tool /> : null}
      {hasTrocar.value ? <Trocar /> : null}
    </Locked>
  );
}

function Tool() {
  const { lengthMm, radiusMm } = shaftMm.value;
  const words = toolWords.value;
  return (
    <div class="row">
      {words === undefined ? (
        <>
          <NumberField
            label="Shaft length"
            value={lengthMm}
            min={50}
            max={LONGEST_MM}
            step={10}
            unit="mm"
            onChange={(value) => (shaftMm.value = { ...shaftMm.value, lengthMm: value })}
          />
          <NumberField
            label="Shaft radius"
            value={radiusMm}
            min={0.5}
            max={THICKEST_MM}
            step={0.5}
            unit="mm"
            onChange={(value) => (shaftMm.value = { ...shaftMm.value, radiusMm: value })}
          />
        </>
      ) : (
        <>
          <span class="figures">{words}</span>
          <button type="button" onClick={() => (loadedTool.value = undefined)}>
            Numbers instead
          </button>
        </>
      )}
      <label class="button">
        Load a tool
        <input
          type="file"
          class="sr"
          accept=".yaml,.yml"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file !== undefined) void attempt(() => loadTool(file));
            event.currentTarget.value = '';
          }}
        />
      </label>
    </div>
  );
}

function Trocar() {
  const now = entry.value;
  if (patient.value === undefined || now === undefined) return <p class="faint">Open a patient to put a trocar in.</p>;
  const { tool, trocarMm, tipMm } = now;
  const depthMm = Math.hypot(...tipMm.map((mm, a) => mm - trocarMm[a]));
  const isPicking = placePicker.value === take;
  return (
    <fieldset>
      <legend>Trocar [mm]</legend>
      <div class="row">
        {axes.map((axis, n) => (
          <NumberField
            key={axis}
            label={axis}
            value={trocarMm[n]}
            min={-2000}
            max={2000}
            step={1}
            onChange={(value) => take(trocarMm.map((old, a) => (a === n ? value : old)) as unknown as Vec3)}
          />
        ))}
        <button type="button" onClick={() => take(crosshair.value)}>
          Crosshair
        </button>
        <button
          type="button"
          aria-pressed={isPicking}
          onClick={() => (placePicker.value = isPicking ? undefined : take)}
        >
          Pick in space
        </button>
        <button
          type="button"
          disabled={chosenTrocarMm.value === undefined}
          onClick={() => (chosenTrocarMm.value = undefined)}
        >
          As proposed
        </button>
      </div>
      <p class="faint" data-testid="entry">
        The tip begins {depthMm.toFixed(0)} mm beyond it, at {tipMm.map((mm) => mm.toFixed(0)).join(', ')} mm;{' '}
        {(tool.lengthM * MM_PER_M - depthMm).toFixed(0)} mm of the shaft stay outside. They count when the simulator is
        started again.
      </p>
    </fieldset>
  );
}

function take(atMm: Vec3): void {
  if (lockedBecause.peek() !== undefined) return;
  chosenTrocarMm.value = atMm.map((mm) => Math.round(10 * mm) / 10) as unknown as Vec3;
}
