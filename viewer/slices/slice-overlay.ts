import type { Vec3 } from '../../engine/core/grid.ts';
import type { PatientView, SliceLines } from '../engine/messages.ts';
import { drawnShare, paintedSize, screenRatio } from '../scene/painted-box.ts';
import { css, structureColor } from '../state/colors.ts';
import type { structureStyle } from '../state/display.ts';
import type { ShownLevel } from '../state/dose-display.ts';
import { type Framing, type SliceLook, toView } from './slice-geometry.ts';

export interface OverlayContent {
  readonly patient: PatientView;
  readonly look: SliceLook;
  readonly framing: Framing;
  readonly outlines: readonly SliceLines[];
  readonly structureStyle: typeof structureStyle.value;
  readonly isolines: readonly SliceLines[];
  readonly levels: readonly ShownLevel[];
  readonly hidden: ReadonlySet<string>;
  /** [mm, LPS] */
  readonly cross: Vec3;
  /** Ends of the profile's line [mm, LPS]. */
  readonly line: { readonly from: Vec3; readonly to: Vec3 } | undefined;
}

const dashes: readonly (readonly number[])[] = [[], [8, 3], [4, 3], [2, 3], [10, 3, 2, 3], [1, 4]];

/** Dash patterns tell isodose lines apart without colour. */
export const isodoseDash = (level: number): readonly number[] => dashes[level % dashes.length];

/** Draws what lies over the image of a slice: outlines, isodose lines, crosshair, letters and scale. */
export function drawOverlay(canvas: HTMLCanvasElement, content: OverlayContent): void {
  const { width, height } = paintedSize(canvas);
  const ratio = screenRatio() * drawnShare();
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  drawCross(context, content, width, height);
  for (const lines of content.outlines) {
    const structure = content.patient.structures[lines.of];
    if (structure === undefined || content.hidden.has(structure.name)) continue;
    context.strokeStyle = css(structureColor(lines.of, structure.role));
    context.lineWidth = structure.role === 'target' ? 2 : 1.5;
    context.setLineDash([]);
    trace(context, content, lines, width, height);
    context.stroke();
    if (!content.structureStyle.fills || structure.role === 'external') continue;
    context.fillStyle = css(structureColor(lines.of, structure.role), content.structureStyle.opacity);
    context.fill('evenodd');
  }
  for (const lines of content.isolines) {
    const level = content.levels[lines.of];
    if (level === undefined) continue;
    context.strokeStyle = css(level.color);
    context.lineWidth = 1.25;
    context.setLineDash([...isodoseDash(lines.of)]);
    trace(context, content, lines, width, height);
    context.stroke();
  }
  context.setLineDash([]);
  drawLine(context, content, width, height);
  drawLetters(context, content, width, height);
}

/** Lines come along the axes of the grid; the first of them is the smaller axis of the two. */
function trace(
  context: CanvasRenderingContext2D,
  { look, framing }: OverlayContent,
  { points, starts }: SliceLines,
  width: number,
  height: number,
): void {
  const isSwapped = look.across > look.up;
  context.beginPath();
  for (let run = 0; run + 1 < starts.length; run++) {
    for (let n = starts[run]; n < starts[run + 1]; n++) {
      const a = points[2 * n + (isSwapped ? 1 : 0)];
      const u = points[2 * n + (isSwapped ? 0 : 1)];
      const { x, y } = toView(look, framing, width, height, a, u);
      if (n === starts[run]) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
  }
}

/** The profile's line, A where it begins. */
function drawLine(
  context: CanvasRenderingContext2D,
  { look, framing, line }: OverlayContent,
  width: number,
  height: number,
): void {
  if (line === undefined) return;
  const [a, b] = [line.from, line.to].map((p) => toView(look, framing, width, height, p[look.across], p[look.up]));
  context.strokeStyle = context.fillStyle = 'rgb(255 240 120)';
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(a.x, a.y);
  context.lineTo(b.x, b.y);
  context.stroke();
  context.font = '600 12px system-ui, sans-serif';
  context.textAlign = 'left';
  // A line that is seen from its end is a point.
  if (Math.hypot(a.x - b.x, a.y - b.y) < 14) {
    context.fillText('A B', a.x + 6, a.y - 6);
    return;
  }
  context.fillText('A', a.x + 6, a.y - 6);
  context.fillText('B', b.x - 14, b.y - 6);
}

function drawCross(
  context: CanvasRenderingContext2D,
  { look, framing, cross }: OverlayContent,
  width: number,
  height: number,
): void {
  const { x, y } = toView(look, framing, width, height, cross[look.across], cross[look.up]);
  context.strokeStyle = 'rgb(120 200 255 / 0.6)';
  context.lineWidth = 1;
  context.setLineDash([]);
  context.beginPath();
  for (const [x0, y0, x1, y1] of [
    [0, y, x - 8, y],
    [x + 8, y, width, y],
    [x, 0, x, y - 8],
    [x, y + 8, x, height],
  ]) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
}

function drawLetters(
  context: CanvasRenderingContext2D,
  { look, framing }: OverlayContent,
  width: number,
  height: number,
): void {
  context.fillStyle = 'rgb(235 235 235)';
  context.font = '600 13px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  const [left, right, top, bottom] = look.letters;
  context.fillText(left, 12, height / 2);
  context.fillText(right, width - 12, height / 2);
  context.fillText(top, width / 2, 12);
  context.fillText(bottom, width / 2, height - 12);
  const scaleMm = [100, 50, 20, 10, 5].find((mm) => mm / framing.mmPerPixel < 0.35 * width) ?? 5;
  const length = scaleMm / framing.mmPerPixel;
  context.strokeStyle = context.fillStyle;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(width - 14 - length, height - 26);
  context.lineTo(width - 14, height - 26);
  context.stroke();
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'right';
  context.fillText(`${scaleMm} mm`, width - 14, height - 36);
}
