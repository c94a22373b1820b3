import { computed, signal } from '@preact/signals';
import type uPlot from 'uplot';
import type { PatientView } from '../engine/messages.ts';
import { other } from '../state/comparison.ts';
import { type Curves, curves, dvhMostGy } from '../state/curves.ts';
import { hidden } from '../state/display.ts';
import { viewKeys } from '../state/keys.ts';
import { type DvhPlace, nearestPlace, volumeAt } from './dvh-reach.ts';
import { type DvhPoint, dragPoint, endDrag } from './steer-drag.ts';

/** A pointer so near to a curve takes hold of it [px]. */
const REACH_PX = 12;
/** The keys' steps, of the axis of doses. */
const STEP = 1 / 200;

interface Held {
  /** Number of the structure. */
  readonly structure: number;
  readonly from: DvhPoint;
  readonly asked: DvhPoint;
}

const structuresOf = (patient: PatientView): readonly number[] =>
  patient.structures.flatMap(({ name, voxels }, n) => (hidden.peek().has(name) || voxels.length === 0 ? [] : [n]));

/** Pointer and keys on the curves: a place is read out, and a curve of the plan that is dragged becomes an objective. */
export class DvhHand {
  readonly #patient: PatientView;
  /** Where it reads; the volume follows the curves. */
  readonly #at = signal<Omit<DvhPlace, 'volumePercent'> | undefined>(undefined);
  /** The curve that is held, where it was taken hold of, and what is asked of it. */
  readonly #held = signal<Held | undefined>(undefined);

  constructor(patient: PatientView) {
    this.#patient = patient;
  }

  /** What is read out; undefined where the pointer is near no curve and no key was pressed. */
  readonly place = computed<DvhPlace | undefined>(() => {
    const held = this.#held.value;
    if (held !== undefined) return { structure: held.structure, isOther: false, ...held.asked };
    const at = this.#at.value;
    const now = curves.value;
    const curve = at && now && (at.isOther ? now.other : now.plan)?.[at.structure];
    if (at === undefined || curve === undefined || now === undefined || curve.length === 0) return undefined;
    if (hidden.value.has(this.#patient.structures[at.structure].name)) return undefined;
    return { ...at, volumePercent: volumeAt(curve, now.binWidthGy, at.doseGy) };
  });

  /** The place in words. */
  readonly told = computed(() => {
    const place = this.place.value;
    const now = curves.value;
    if (place === undefined || now === undefined) return '';
    const { name } = this.#patient.structures[place.structure];
    const whose = place.isOther ? `${name} of ${other.value?.name ?? 'the compared dose'}` : name;
    const [gy, percent] = [place.doseGy.toFixed(2), place.volumePercent.toFixed(2)];
    if (this.#held.value !== undefined) return `${whose}: asked for ${percent} % at ${gy} Gy`;
    return now.kind === 'cumulative'
      ? `${whose}: ${percent} % get ${gy} Gy or more`
      : `${whose}: ${percent} % in ${now.binWidthGy.toFixed(2)} Gy from about ${gy} Gy`;
  });

  /** Arrows left and right: along the dose. */
  move(steps: number): void {
    const at = this.#at.peek() ?? this.#first();
    if (at === undefined) return;
    const doseGy = Math.min(dvhMostGy.peek(), Math.max(0, at.doseGy + steps * STEP * dvhMostGy.peek()));
    this.#at.value = { ...at, doseGy };
  }

  /** Arrows up and down: from structure to structure, those of the plan before those of the compared dose. */
  next(step: 1 | -1): void {
    const at = this.#at.peek() ?? this.#first();
    if (at === undefined) return;
    const own = structuresOf(this.#patient).map((structure) => ({ structure, isOther: false }));
    const beside = curves.peek()?.other === undefined ? [] : own.map((one) => ({ ...one, isOther: true }));
    const all = [...own, ...beside];
    const now = all.findIndex(({ structure, isOther }) => structure === at.structure && isOther === at.isOther);
    const to = all[(now + step + all.length) % all.length];
    if (to !== undefined) this.#at.value = { ...at, ...to };
  }

  /** Shift and arrows: the curve is held where it is read, and pulled; its objective is one until it is let go. */
  pull(doseSteps: number, volumePercent: number): void {
    this.#at.value ??= this.#first();
    const held = this.#held.peek() ?? this.#take(this.place.peek());
    if (held === undefined) return;
    const { asked } = held;
    const doseGy = Math.min(dvhMostGy.peek(), Math.max(0, asked.doseGy + doseSteps * STEP * dvhMostGy.peek()));
    this.#ask(held, { doseGy, volumePercent: Math.min(100, Math.max(0, asked.volumePercent + volumePercent)) });
  }

  /** What was held is let go where it is. */
  letGo(): void {
    if (this.#held.peek() === undefined) return;
    endDrag();
    this.#held.value = undefined;
  }

  #take(place: DvhPlace | undefined): Held | undefined {
    if (place === undefined || !canHold(place, curves.peek())) return undefined;
    return { structure: place.structure, from: place, asked: place };
  }

  #ask(held: Held, asked: DvhPoint): void {
    this.#held.value = { ...held, asked };
    dragPoint(this.#patient.structures[held.structure].name, held.from, asked);
  }

  #first(): Omit<DvhPlace, 'volumePercent'> | undefined {
    const structure = structuresOf(this.#patient)[0];
    return structure === undefined ? undefined : { structure, isOther: false, doseGy: dvhMostGy.peek() / 2 };
  }

  /** Listens to the pointer. @returns how to stop it */
  hold(plot: uPlot): () => void {
    const { over } = plot;
    const near = (event: PointerEvent): DvhPlace | undefined => {
      const now = curves.peek();
      return now && nearestPlace(now, (n) => this.#isShown(n), eyeOf(plot, event), REACH_PX);
    };
    const down = (event: PointerEvent): void => {
      this.letGo();
      const held = this.#take(near(event));
      if (held === undefined) return;
      this.#held.value = held;
      over.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent): void => {
      const held = this.#held.peek();
      if (held !== undefined && event.buttons > 0) {
        this.#ask(held, pointOf(plot, event));
        return;
      }
      const place = near(event);
      this.#at.value = place;
      over.style.cursor = this.#take(place) === undefined ? '' : 'grab';
    };
    const up = (): void => this.letGo();
    const leave = (): void => {
      if (this.#held.peek() === undefined) this.#at.value = undefined;
    };
    const heard = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, pointerleave: leave };
    const listeners = Object.entries(heard) as [keyof typeof heard, (event: PointerEvent) => void][];
    for (const [name, hear] of listeners) over.addEventListener(name, hear);
    return () => {
      for (const [name, hear] of listeners) over.removeEventListener(name, hear);
    };
  }

  #isShown(structure: number): boolean {
    return !hidden.peek().has(this.#patient.structures[structure].name);
  }
}

export const pressDvh = viewKeys<DvhHand>(
  'Dose and volume with the focus',
  [
    { keys: ['ArrowLeft'], what: 'read at less dose', act: (hand) => hand.move(-1) },
    { keys: ['ArrowRight'], what: 'read at more dose', act: (hand) => hand.move(1) },
    { keys: ['PageDown'], what: 'at much less', act: (hand) => hand.move(-20) },
    { keys: ['PageUp'], what: 'at much more', act: (hand) => hand.move(20) },
    { keys: ['ArrowUp'], what: 'structure before', act: (hand) => hand.next(-1) },
    { keys: ['ArrowDown'], what: 'next structure', act: (hand) => hand.next(1) },
    { keys: ['Shift+ArrowLeft'], what: 'ask for less dose there', act: (hand) => hand.pull(-1, 0) },
    { keys: ['Shift+ArrowRight'], what: 'ask for more dose', act: (hand) => hand.pull(1, 0) },
    { keys: ['Shift+ArrowDown'], what: 'ask for less volume', act: (hand) => hand.pull(0, -1) },
    { keys: ['Shift+ArrowUp'], what: 'ask for more volume', act: (hand) => hand.pull(0, 1) },
  ],
  [['Drag a curve', 'ask for less or more']],
);

/** An objective can be made of the plan's own cumulative curves. */
const canHold = ({ isOther }: DvhPlace, now: Curves | undefined): boolean => !isOther && now?.kind === 'cumulative';

function eyeOf(plot: uPlot, event: PointerEvent) {
  const { left, top } = plot.over.getBoundingClientRect();
  return {
    x: (gy: number) => plot.valToPos(gy, 'x'),
    y: (percent: number) => plot.valToPos(percent, 'y'),
    at: { x: event.clientX - left, y: event.clientY - top },
  };
}

function pointOf(plot: uPlot, event: PointerEvent): DvhPoint {
  const { left, top } = plot.over.getBoundingClientRect();
  return {
    doseGy: Math.max(0, plot.posToVal(event.clientX - left, 'x')),
    volumePercent: Math.min(100, Math.max(0, plot.posToVal(event.clientY - top, 'y'))),
  };
}
