import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { PatientView } from '../engine/messages.ts';
import { download } from '../files/download.ts';
import { css, structureColor } from '../state/colors.ts';
import { other } from '../state/comparison.ts';
import { curves, dvhKind, dvhMostGy } from '../state/curves.ts';
import { hidden } from '../state/display.ts';
import { isDark } from '../state/theme.ts';
import { prescriptionGy } from '../state/workspace.ts';
import { dvhCsv } from './dvh-csv.ts';
import { DvhHand, pressDvh } from './dvh-hand.ts';
import { dashOf, drawCurves, dvhPlot } from './dvh-plot.ts';
import { GoalMarks, type PlotFrame } from './goal-marks.tsx';

const kinds = [
  ['cumulative', 'Cumulative'],
  ['differential', 'Differential'],
] as const;

/**
 * Dose-volume histogram. A curve that is taken hold of and dragged becomes an objective, and the dose follows; pointer and keys
 * read doses and volumes. A dose to compare with is drawn thin.
 */
export function DvhChart({ patient }: { readonly patient: PatientView }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof dvhPlot> | undefined>(undefined);
  const hand = useMemo(() => new DvhHand(patient), [patient]);
  const frame = useSignal<PlotFrame>({ left: 0, top: 0, width: 0, height: 0 });
  /** A goal that is pointed at goes before the place on a curve. */
  const goalTold = useSignal<string | undefined>(undefined);
  const told = goalTold.value ?? hand.told.value;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const made = dvhPlot(element, patient, (at) => (frame.value = at));
    chart.current = made;
    const leave = hand.hold(made.plot);
    const leaveTheme = isDark.subscribe(() => made.plot.redraw(false));
    return () => {
      hand.letGo();
      leave();
      leaveTheme();
      made.end();
      chart.current = undefined;
    };
  }, [patient]);

  useSignalEffect(() => {
    const now = curves.value;
    if (chart.current !== undefined && now !== undefined) drawCurves(chart.current.plot, patient, now);
  });

  useSignalEffect(() => chart.current?.mark(hand.place.value));

  return (
    <figure class="dvh" aria-label="Dose-volume histogram">
      <Choices patient={patient} />
      <div class="plot">
        <div
          ref={box}
          data-testid="dvh"
          role="slider"
          aria-label="Read the curves: left and right change the dose, up and down the structure; with shift they pull the curve"
          aria-valuemin={0}
          aria-valuemax={Math.round(dvhMostGy.value)}
          aria-valuenow={Math.round(hand.place.value?.doseGy ?? 0)}
          aria-valuetext={hand.told.value || 'nothing is read'}
          tabIndex={0}
          onKeyDown={(event) => {
            pressDvh(event, hand);
          }}
          onKeyUp={(event) => {
            if (event.key === 'Shift') hand.letGo();
          }}
          onBlur={() => hand.letGo()}
        />
        <GoalMarks patient={patient} frame={frame.value} onTell={(words) => (goalTold.value = words)} />
      </div>
      <output class="figures" data-testid="dvh-read">
        {told || 'Point at a curve or a goal to read it.'}
      </output>
      <Legend patient={patient} />
      <figcaption>
        Drag a curve, or a goal (▸, filled where it is met), to ask for less or more; {prescriptionGy.value} Gy are
        prescribed.
      </figcaption>
    </figure>
  );
}

function Choices({ patient }: { readonly patient: PatientView }) {
  const now = curves.value;
  const write = (): void => {
    if (now === undefined) return;
    const names = patient.structures.map(({ name }) => name);
    const text = dvhCsv(now, names, other.value?.name);
    download(`dvh-${now.kind}.csv`, new Blob([text], { type: 'text/csv' }));
  };
  return (
    <div class="row">
      {kinds.map(([kind, title]) => (
        <button key={kind} type="button" aria-pressed={dvhKind.value === kind} onClick={() => (dvhKind.value = kind)}>
          {title}
        </button>
      ))}
      <button type="button" disabled={now?.isFine !== true} onClick={write}>
        Curves as CSV
      </button>
    </div>
  );
}

function Legend({ patient }: { readonly patient: PatientView }) {
  return (
    <ul class="legend">
      {patient.structures.map(({ name, role }, n) =>
        hidden.value.has(name) ? null : (
          <li key={name}>
            <svg viewBox="0 0 26 8" aria-hidden="true">
              <path
                d="M0 4H26"
                stroke={css(structureColor(n, role))}
                stroke-width="2"
                stroke-dasharray={dashOf(n).join(' ')}
              />
            </svg>
            {name}
          </li>
        ),
      )}
    </ul>
  );
}
