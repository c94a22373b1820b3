import type { Vec3 } from '../../engine/core/grid.ts';
import { NumberField } from '../page/number-field.tsx';
import { isPlacedByUser, loadRegistration } from './guide-actions.ts';
import { Locked } from './locked.tsx';
import { type Placement, placement } from './placement.ts';

const fields: readonly (readonly [keyof Placement, number, string, number])[] = [
  ['positionMm', 0, 'x', 2000],
  ['positionMm', 1, 'y', 2000],
  ['positionMm', 2, 'z', 2000],
  ['rpyDeg', 0, 'roll', 360],
  ['rpyDeg', 1, 'pitch', 360],
  ['rpyDeg', 2, 'yaw', 360],
];

/** Where the robot's base stands in the patient. */
export function PlacementPanel() {
  return (
    <details>
      <summary>Place of the base in the patient</summary>
      <Locked legend="Place of the base">
        <div class="row">
          {fields.map(([key, n, label, most]) => (
            <NumberField
              key={label}
              label={label}
              value={placement.value[key][n]}
              min={-most}
              max={most}
              step={1}
              unit={key === 'rpyDeg' ? '°' : 'mm'}
              onChange={(value) => {
                const changed = placement.value[key].map((old, a) => (a === n ? value : old)) as unknown as Vec3;
                isPlacedByUser.value = true;
                placement.value = { ...placement.value, [key]: changed };
              }}
            />
          ))}
        </div>
        <div class="row">
          <button type="button" disabled={!isPlacedByUser.value} onClick={() => (isPlacedByUser.value = false)}>
            As proposed
          </button>
          <label class="button">
            Load a registration
            <input
              type="file"
              class="sr"
              accept=".json,application/json"
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                if (file !== undefined) void loadRegistration(file);
                event.currentTarget.value = '';
              }}
            />
          </label>
        </div>
      </Locked>
      <p class="faint">
        Position [mm, LPS] and roll, pitch, yaw about the patient's axes. The simulator keeps out of structures as they
        lie when it is started.
      </p>
    </details>
  );
}
