import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Lines } from '../engine/client.ts';
import type { PatientView, SliceAxis, SliceLines } from '../engine/messages.ts';
import { paintedSize } from '../scene/painted-box.ts';
import type { Stage } from '../scene/stage.ts';
import { fieldsSent, other } from '../state/comparison.ts';
import { crosshair, doseStyle, frames, hidden, line, type Quantity, structureStyle } from '../state/display.ts';
import { type ShownLevel, shownLevels } from '../state/dose-display.ts';
import { fixed } from '../state/fixed.ts';
import { activity, doseVersion, shapes } from '../state/workspace.ts';
import { framingOf, looks, sliceIndex, slicePosition, wholeSlice } from './slice-geometry.ts';
import { SliceHand } from './slice-hand.ts';
import type { SliceMaterial } from './slice-material.ts';
import { drawOverlay, type OverlayContent } from './slice-overlay.ts';
import { SliceScene } from './slice-scene.ts';

interface SliceViewProps {
  readonly axis: SliceAxis;
  readonly patient: PatientView;
  readonly stage: Stage;
  readonly material: SliceMaterial;
  readonly quantity: Quantity;
  /** What it is called beside other views of the same axis. */
  readonly title?: string;
}

/** Gamma of 1, where agreement ends. */
const gammaLevels: readonly ShownLevel[] = [{ gy: 1, color: [255, 255, 255], label: 'gamma 1', hasSurface: false }];

/** The slices that are likely to be wanted next. */
const neighbours = (index: number, count: number): number[] =>
  [index + 1, index - 1].filter((n) => n >= 0 && n < count);

/** Puts the lines of the first slice of `slices`, at once where they are known; asks for the others ahead. @returns how to stop it */
function takeLines(
  linesOf: (index: number) => Lines,
  slices: readonly number[],
  put: (lines: readonly SliceLines[]) => void,
): () => void {
  let isOld = false;
  const [found] = slices.map(linesOf);
  if (found instanceof Promise) {
    void found.then((lines) => {
      if (!isOld) put(lines);
    });
  } else {
    put(found);
  }
  return () => {
    isOld = true;
  };
}

/** One slice: image, dose or what compares two, outlines, isolines; {@link SliceHand} says how it is used. */
export function SliceView({ axis, patient, stage, material, quantity, title }: SliceViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const scene = useRef<SliceScene | undefined>(undefined);
  const size = useSignal({ width: 0, height: 0 });
  const outlines = useSignal<readonly SliceLines[]>([]);
  const isolines = useSignal<{ lines: readonly SliceLines[]; levels: readonly ShownLevel[] }>({
    lines: [],
    levels: [],
  });
  const look = looks[axis];
  const { grid } = patient;
  const framing = useComputed(() => {
    const { width, height } = size.value;
    return framingOf(wholeSlice(grid, look, width, height), frames.value[axis]);
  });
  const hand = useMemo(() => new SliceHand(patient, axis, () => framing.value), [patient, axis]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const made = new SliceScene(element, axis, grid, material);
    scene.current = made;
    const measure = (): void => {
      const { width, height } = paintedSize(element);
      if (width !== size.peek().width || height !== size.peek().height) size.value = { width, height };
    };
    measure();
    const leave = stage.add(made);
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => {
      watch.disconnect();
      leave();
      made.dispose();
    };
  }, [patient, stage, material]);

  useSignalEffect(() => {
    const index = sliceIndex(grid, axis, crosshair.value[axis]);
    return takeLines(
      (of) => shapes.outlines(axis, of),
      [index, ...neighbours(index, grid.size[axis])],
      (lines) => {
        outlines.value = lines;
      },
    );
  });

  useSignalEffect(() => {
    const index = sliceIndex(grid, axis, crosshair.value[axis]);
    const field = quantity === 'difference' ? undefined : quantity;
    const isShown = doseVersion.value > 0 && doseStyle.value.showsLines;
    const levels = quantity === 'gamma' ? gammaLevels : shownLevels.value;
    // What the worker has been given: it answers from that.
    const isKnown = quantity === 'plan' || (fieldsSent.value > 0 && other.value !== undefined);
    const put = (lines: readonly SliceLines[]): void => {
      isolines.value = { lines, levels };
    };
    if (!isShown || !isKnown || field === undefined) {
      put([]);
      return;
    }
    const wanted = levels.map(({ gy }) => gy);
    // While the dose changes, lines of other slices would be old before they are seen.
    const ahead = activity.value === 'idle' ? neighbours(index, grid.size[axis]) : [];
    return takeLines((of) => shapes.isolines(field, axis, of, wanted), [index, ...ahead], put);
  });

  useSignalEffect(() => {
    const canvas = overlay.current;
    const p = crosshair.value;
    if (canvas === null || size.value.width === 0) return;
    const position = slicePosition(grid, axis, sliceIndex(grid, axis, p[axis]));
    // What other views do to the crosshair leaves this image as it is.
    if (scene.current?.show(framing.value, position)) stage.draw(scene.current);
    const content: OverlayContent = {
      patient,
      look,
      framing: framing.value,
      outlines: outlines.value,
      structureStyle: structureStyle.value,
      isolines: isolines.value.lines,
      levels: isolines.value.levels,
      hidden: hidden.value,
      cross: p,
      line: line.value,
    };
    stage.paint(canvas, () => drawOverlay(canvas, content));
  });

  const index = sliceIndex(grid, axis, crosshair.value[axis]);
  const position = slicePosition(grid, axis, index);
  const name = title === undefined ? look.name : `${look.name}, ${title}`;
  return (
    <div
      ref={box}
      class="view slice"
      data-view={title === undefined ? look.name.toLowerCase() : quantity}
      role="slider"
      aria-label={`${name} slice`}
      aria-valuemin={0}
      aria-valuemax={grid.size[axis] - 1}
      aria-valuenow={index}
      aria-valuetext={`${fixed(position, 1)} mm`}
      tabIndex={0}
      onPointerDown={(event) => hand.down(event)}
      onPointerMove={(event) => hand.move(event)}
      onPointerLeave={() => hand.leave()}
      onContextMenu={(event) => event.preventDefault()}
      onWheel={(event) => hand.wheel(event)}
      onKeyDown={(event) => hand.key(event)}
    >
      <canvas ref={overlay} />
      <div class="caption">
        {name} {fixed(position, 1)} mm, slice {index + 1} of {grid.size[axis]}
      </div>
    </div>
  );
}
