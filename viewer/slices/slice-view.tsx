import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { PatientView, SliceAxis, SliceLines } from '../engine/messages.ts';
import type { Stage } from '../scene/stage.ts';
import { crosshair, doseStyle, hidden, isodoseLevels, windowing } from '../state/display.ts';
import { doseVersion, prescriptionGy, shapes } from '../state/workspace.ts';
import { type Framing, fromView, looks, sliceIndex, slicePosition, wholeSlice } from './slice-geometry.ts';
import type { SliceMaterial } from './slice-material.ts';
import { drawOverlay } from './slice-overlay.ts';
import { SliceScene } from './slice-scene.ts';

interface SliceViewProps {
  readonly axis: SliceAxis;
  readonly patient: PatientView;
  readonly stage: Stage;
  readonly material: SliceMaterial;
}

/**
 * One slice. Drag: crosshair; wheel, arrows, page keys: slices; Ctrl and wheel, + and -: zoom; right drag: pan; Shift and drag:
 * window.
 */
export function SliceView({ axis, patient, stage, material }: SliceViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const scene = useRef<SliceScene | undefined>(undefined);
  const framing = useSignal<Framing | undefined>(undefined);
  const outlines = useSignal<readonly SliceLines[]>([]);
  const isolines = useSignal<readonly SliceLines[]>([]);
  const look = looks[axis];
  const { grid } = patient;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const made = new SliceScene(element, axis, grid, material);
    scene.current = made;
    framing.value = wholeSlice(grid, look, element.clientWidth, element.clientHeight);
    const leave = stage.add(made);
    const watch = new ResizeObserver(() => {
      framing.value = wholeSlice(grid, look, element.clientWidth, element.clientHeight);
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      leave();
    };
  }, [patient, stage, material]);

  useSignalEffect(() => {
    const index = sliceIndex(grid, axis, crosshair.value[axis]);
    let isOld = false;
    void shapes.outlines(axis, index).then((lines) => {
      if (!isOld) outlines.value = lines;
    });
    return () => {
      isOld = true;
    };
  });

  useSignalEffect(() => {
    const index = sliceIndex(grid, axis, crosshair.value[axis]);
    const isShown = doseVersion.value > 0 && doseStyle.value.showsLines;
    const levels = isodoseLevels.value.map((percent) => (percent * prescriptionGy.value) / 100);
    let isOld = false;
    const put = (lines: readonly SliceLines[]): void => {
      if (!isOld) isolines.value = lines;
    };
    if (isShown) void shapes.isolines(axis, index, levels).then(put);
    else put([]);
    return () => {
      isOld = true;
    };
  });

  useSignalEffect(() => {
    const canvas = overlay.current;
    const frame = framing.value;
    const p = crosshair.value;
    if (canvas === null || frame === undefined) return;
    const position = slicePosition(grid, axis, sliceIndex(grid, axis, p[axis]));
    // What other views do to the crosshair leaves this image as it is.
    if (scene.current?.show(frame, position)) stage.draw(scene.current);
    drawOverlay(canvas, stage.isSoftware, {
      patient,
      look,
      framing: frame,
      outlines: outlines.value,
      isolines: isolines.value,
      levelsGy: isodoseLevels.value.map((percent) => (percent * prescriptionGy.value) / 100),
      prescriptionGy: prescriptionGy.value,
      hidden: hidden.value,
      cross: { acrossMm: p[look.across], upMm: p[look.up] },
    });
  });

  const moveTo = (event: { clientX: number; clientY: number }): void => {
    const element = box.current;
    const frame = framing.value;
    if (element === null || frame === undefined) return;
    const bounds = element.getBoundingClientRect();
    const at = fromView(
      look,
      frame,
      bounds.width,
      bounds.height,
      event.clientX - bounds.left,
      event.clientY - bounds.top,
    );
    const p = [...crosshair.value];
    p[look.across] = at.acrossMm;
    p[look.up] = at.upMm;
    crosshair.value = p as unknown as Vec3;
  };

  const stepSlices = (count: number): void => {
    const index = sliceIndex(grid, axis, crosshair.value[axis]) + count;
    const p = [...crosshair.value];
    p[axis] = slicePosition(grid, axis, Math.min(grid.size[axis] - 1, Math.max(0, index)));
    crosshair.value = p as unknown as Vec3;
  };

  const zoom = (factor: number): void => {
    const frame = framing.value;
    if (frame === undefined) return;
    const mmPerPixel = Math.min(20, Math.max(0.02, frame.mmPerPixel * factor));
    framing.value = { ...frame, mmPerPixel };
  };

  const drag = (event: PointerEvent): void => {
    const frame = framing.value;
    if (event.buttons === 0 || frame === undefined) return;
    if (event.shiftKey && event.buttons === 1) {
      const { centre, width } = windowing.value;
      windowing.value = {
        centre: centre + 2 * event.movementY,
        width: Math.max(1, width + 2 * event.movementX),
      };
    } else if (event.buttons === 1) moveTo(event);
    else {
      framing.value = {
        ...frame,
        acrossMm: frame.acrossMm - look.acrossSign * event.movementX * frame.mmPerPixel,
        upMm: frame.upMm + look.upSign * event.movementY * frame.mmPerPixel,
      };
    }
  };

  const keys: Readonly<Record<string, () => void>> = {
    ArrowUp: () => stepSlices(1),
    ArrowDown: () => stepSlices(-1),
    PageUp: () => stepSlices(10),
    PageDown: () => stepSlices(-10),
    Home: () => stepSlices(-1e6),
    End: () => stepSlices(1e6),
    '+': () => zoom(0.8),
    '=': () => zoom(0.8),
    '-': () => zoom(1.25),
  };

  const index = sliceIndex(grid, axis, crosshair.value[axis]);
  const position = slicePosition(grid, axis, index);
  return (
    <div
      ref={box}
      class="view slice"
      data-view={look.name.toLowerCase()}
      role="slider"
      aria-label={`${look.name} slice`}
      aria-valuemin={0}
      aria-valuemax={grid.size[axis] - 1}
      aria-valuenow={index}
      aria-valuetext={`${position.toFixed(1)} mm`}
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        if (event.button === 0 && !event.shiftKey) moveTo(event);
      }}
      onPointerMove={drag}
      onContextMenu={(event) => event.preventDefault()}
      onWheel={(event) => {
        event.preventDefault();
        if (event.ctrlKey) zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15);
        else stepSlices(event.deltaY > 0 ? -1 : 1);
      }}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (act === undefined || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        act();
      }}
    >
      <canvas ref={overlay} />
      <div class="caption">
        {look.name} {position.toFixed(1)} mm, slice {index + 1} of {grid.size[axis]}
      </div>
    </div>
  );
}
