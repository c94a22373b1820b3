import type { Vec3 } from '../../engine/core/grid.ts';
import type { PatientView, SliceAxis } from '../engine/messages.ts';
import { crosshair, drawsLine, frames, line, pointer, windowing } from '../state/display.ts';
import { viewKeys } from '../state/keys.ts';
import { type Framing, fromView, looks, sliceIndex, slicePosition } from './slice-geometry.ts';

const ZOOM = { least: 0.2, most: 50 } as const;

/** What pointer and keys do on a slice. */
export class SliceHand {
  static readonly #press = viewKeys<SliceHand>(
    'Slice with the focus',
    [
      { keys: ['ArrowUp'], what: 'next slice', act: (hand) => hand.#step(1) },
      { keys: ['ArrowDown'], what: 'slice before', act: (hand) => hand.#step(-1) },
      { keys: ['PageUp'], what: 'ten slices on', act: (hand) => hand.#step(10) },
      { keys: ['PageDown'], what: 'ten slices back', act: (hand) => hand.#step(-10) },
      { keys: ['Home'], what: 'first slice', act: (hand) => hand.#step(-1e6) },
      { keys: ['End'], what: 'last slice', act: (hand) => hand.#step(1e6) },
      { keys: ['Shift+ArrowLeft'], what: 'crosshair to the left', act: (hand) => hand.#nudge('across', -1) },
      { keys: ['Shift+ArrowRight'], what: 'crosshair to the right', act: (hand) => hand.#nudge('across', 1) },
      { keys: ['Shift+ArrowUp'], what: 'crosshair up', act: (hand) => hand.#nudge('up', 1) },
      { keys: ['Shift+ArrowDown'], what: 'crosshair down', act: (hand) => hand.#nudge('up', -1) },
      { keys: ['+', '='], what: 'larger', act: (hand) => hand.#zoom(1.25) },
      { keys: ['-'], what: 'smaller', act: (hand) => hand.#zoom(0.8) },
      { keys: ['0'], what: 'the whole slice', act: (hand) => hand.#frame(undefined) },
    ],
    [
      ['Drag', 'crosshair, or the line of the profile'],
      ['Shift and drag', 'window of the image'],
      ['Right drag', 'move the image'],
      ['Wheel', 'slices'],
      ['Ctrl and wheel', 'zoom'],
    ],
  );
  readonly #grid: PatientView['grid'];
  readonly #axis: SliceAxis;
  readonly #framing: () => Framing;

  constructor(patient: PatientView, axis: SliceAxis, framing: () => Framing) {
    this.#grid = patient.grid;
    this.#axis = axis;
    this.#framing = framing;
  }

  down(event: PointerEvent & { readonly currentTarget: HTMLElement }): void {
    event.currentTarget.setPointerCapture(event.pointerId);
    if (event.button !== 0 || event.shiftKey) return;
    const p = this.#at(event);
    if (drawsLine.value) line.value = { from: p, to: p };
    else crosshair.value = p;
  }

  move(event: PointerEvent & { readonly currentTarget: HTMLElement }): void {
    const p = this.#at(event);
    pointer.value = p;
    if (event.buttons === 0) return;
    if (event.buttons === 1 && event.shiftKey) {
      const { centre, width } = windowing.value;
      windowing.value = { centre: centre + 2 * event.movementY, width: Math.max(1, width + 2 * event.movementX) };
    } else if (event.buttons === 1) {
      if (!drawsLine.value) crosshair.value = p;
      else if (line.value !== undefined) line.value = { ...line.value, to: p };
    } else this.#pan(event.movementX, event.movementY);
  }

  leave(): void {
    pointer.value = undefined;
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey) this.#zoom(event.deltaY > 0 ? 1 / 1.15 : 1.15);
    else this.#step(event.deltaY > 0 ? -1 : 1);
  }

  key(event: KeyboardEvent): void {
    SliceHand.#press(event, this);
  }

  /** The point of the slice under an event. */
  #at(event: { clientX: number; clientY: number; currentTarget: HTMLElement }): Vec3 {
    const look = looks[this.#axis];
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const at = fromView(look, this.#framing(), width, height, event.clientX - left, event.clientY - top);
    const p = [0, 0, 0];
    p[this.#axis] = slicePosition(this.#grid, this.#axis, this.#index());
    p[look.across] = at.acrossMm;
    p[look.up] = at.upMm;
    return p as unknown as Vec3;
  }

  #index(): number {
    return sliceIndex(this.#grid, this.#axis, crosshair.value[this.#axis]);
  }

  #step(count: number): void {
    const last = this.#grid.size[this.#axis] - 1;
    const index = Math.min(last, Math.max(0, this.#index() + count));
    this.#put(this.#axis, slicePosition(this.#grid, this.#axis, index));
  }

  /** One voxel on, as the screen has it. */
  #nudge(way: 'across' | 'up', step: 1 | -1): void {
    const look = looks[this.#axis];
    const axis = look[way];
    const sign = way === 'across' ? look.acrossSign : look.upSign;
    this.#put(axis, crosshair.value[axis] + step * sign * this.#grid.spacingMm[axis]);
  }

  #put(axis: SliceAxis, mm: number): void {
    crosshair.value = crosshair.value.map((held, a) => (a === axis ? mm : held)) as unknown as Vec3;
  }

  #zoom(factor: number): void {
    const { acrossMm, upMm } = this.#framing();
    const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, (frames.value[this.#axis]?.zoom ?? 1) * factor));
    this.#frame({ acrossMm, upMm, zoom });
  }

  #pan(dx: number, dy: number): void {
    const { acrossMm, upMm, mmPerPixel } = this.#framing();
    const { acrossSign, upSign } = looks[this.#axis];
    this.#frame({
      acrossMm: acrossMm - acrossSign * dx * mmPerPixel,
      upMm: upMm + upSign * dy * mmPerPixel,
      zoom: frames.value[this.#axis]?.zoom ?? 1,
    });
  }

  #frame(wanted: (typeof frames.value)[number]): void {
    frames.value = frames.value.map((held, a) => (a === this.#axis ? wanted : held));
  }
}
