import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PatientView } from '../engine/messages.ts';
import { type Aim, aimAt, aims, verdictOf } from '../state/aims.ts';
import { css, structureColor } from '../state/colors.ts';
import { curves, dvhMostGy } from '../state/curves.ts';
import { hidden } from '../state/display.ts';
import { viewKeys } from '../state/keys.ts';
import { dragGoal, endDrag } from './steer-drag.ts';

/** Where doses and volumes lie in the figure [CSS px]. */
export interface PlotFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Points to where the goal is met. */
const turns = { dose: { true: 180, false: 0 }, volume: { true: 90, false: 270 } } as const;

const press = viewKeys<Aim>('Goal on the curves with the focus', [
  { keys: ['ArrowLeft', 'ArrowDown'], what: 'aim lower', act: (aim) => step(aim, -1) },
  { keys: ['ArrowRight', 'ArrowUp'], what: 'aim higher', act: (aim) => step(aim, 1) },
  { keys: ['PageDown'], what: 'much lower', act: (aim) => step(aim, -10) },
  { keys: ['PageUp'], what: 'much higher', act: (aim) => step(aim, 10) },
  { keys: ['Home'], what: "back to the protocol's limit", act: (aim) => aimAt(aim, aim.goal.limit) },
]);

/** Half a Gy, or half a percent. */
const STEP = 0.5;

const largest = ({ unit }: Aim): number => (unit === '%' ? 100 : 1000);
const step = (aim: Aim, steps: number): void =>
  aimAt(aim, Math.min(largest(aim), Math.max(0, aim.value + STEP * steps)));

/** The goal in words: what it asks, what is aimed at, what the plan achieves. */
export function goalInWords(aim: Aim): string {
  const { goal, unit, value, result } = aim;
  const most = goal.comparator === '<=' ? 'at most' : 'at least';
  const has = result?.value == null ? '' : `; the plan has ${result.value.toFixed(1)} ${unit} (${verdictOf(aim)})`;
  const aimed = value === goal.limit ? '' : `, aim ${Number(value.toFixed(1))} ${unit}`;
  return `${goal.structure}: ${goal.metric} ${most} ${goal.limit} ${unit}${aimed}${has}`;
}

/** Goals as triangles on the cumulative curves, filled where they are met: dragged, they are aims, and the dose follows. */
export function GoalMarks({ patient, frame, onTell }: GoalMarksProps) {
  const { left, top, width, height } = frame;
  if (curves.value?.kind !== 'cumulative' || dvhMostGy.value === 0) return null;
  return (
    <div class="goal-marks" style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }}>
      {aims.value.map((aim) =>
        aim.canPursue && aim.place !== undefined && !hidden.value.has(aim.goal.structure) ? (
          <GoalMark
            key={`${aim.goal.structure} ${aim.goal.metric} ${aim.goal.limit}`}
            aim={aim}
            color={css(structureColor(aim.structure, patient.structures[aim.structure].role))}
            onTell={onTell}
          />
        ) : null,
      )}
    </div>
  );
}

interface GoalMarksProps {
  readonly patient: PatientView;
  readonly frame: PlotFrame;
  /** What is to be read below the curves; undefined when that is over. */
  readonly onTell: (words: string | undefined) => void;
}

function GoalMark({ aim, color, onTell }: { aim: Aim; color: string; onTell: GoalMarksProps['onTell'] }) {
  const isHeld = useSignal(false);
  /** Which objective pursued it when the drag began. */
  const held = useRef<number | undefined>(undefined);
  const { goal, unit, value, result, volumeCc } = aim;
  const place = aim.place as NonNullable<Aim['place']>;
  const isAcross = place.along === 'dose';
  const drag = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    if (!isHeld.value) return;
    const box = (event.currentTarget.parentElement as HTMLElement).getBoundingClientRect();
    const share = isAcross ? (event.clientX - box.left) / box.width : (box.bottom - event.clientY) / box.height;
    const limit = Math.max(0, share) * (isAcross ? dvhMostGy.value : 100);
    dragGoal({ ...goal, limit: Math.min(largest(aim), limit) }, volumeCc, held.current);
    onTell(goalInWords(aim));
  };
  const release = (): void => {
    if (isHeld.value) endDrag();
    isHeld.value = false;
  };
  // A mark may go while it is held.
  useEffect(() => release, []);
  return (
    <div
      class="goal-mark"
      role="slider"
      tabIndex={0}
      aria-label={`Aim of ${goal.metric} of ${goal.structure} on the curves`}
      aria-orientation={isAcross ? 'horizontal' : 'vertical'}
      aria-valuemin={0}
      aria-valuemax={largest(aim)}
      aria-valuenow={Number(value.toFixed(2))}
      aria-valuetext={`${Number(value.toFixed(2))} ${unit}. ${goalInWords(aim)}`}
      data-held={isHeld.value}
      style={{
        left: `${Math.min(100, (100 * place.doseGy) / dvhMostGy.value)}%`,
        bottom: `${place.volumePercent}%`,
        cursor: isAcross ? 'ew-resize' : 'ns-resize',
      }}
      onFocus={() => onTell(goalInWords(aim))}
      onBlur={() => onTell(undefined)}
      onPointerEnter={() => onTell(goalInWords(aim))}
      onPointerLeave={() => isHeld.value || onTell(undefined)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = aim.pursuer;
        isHeld.value = true;
      }}
      onPointerMove={drag}
      onPointerUp={release}
      onPointerCancel={release}
      onLostPointerCapture={release}
      onKeyDown={(event) => {
        if (press(event, aim)) onTell(goalInWords(aim));
      }}
    >
      <svg viewBox="-8 -8 16 16" aria-hidden="true">
        <path
          d="M-4 -6L6 0L-4 6Z"
          transform={`rotate(${turns[place.along][`${place.isMost}`]})`}
          fill={result?.pass === false ? 'var(--panel)' : color}
          stroke={color}
        />
      </svg>
    </div>
  );
}
