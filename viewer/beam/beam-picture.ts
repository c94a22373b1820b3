import { axisOf, type Transform } from '../../engine/core/frames.ts';
import type { Beam } from '../../planners/radiation/beams/beam.ts';
import type { StructureView } from '../engine/messages.ts';
import { css, doseColor, structureColor } from '../state/colors.ts';
import type { BeamImage } from './beam-worker.ts';

export interface BeamPicture {
  readonly image: BeamImage;
  readonly beam: Beam;
  /** Structures in the order of the image's outlines, and their places in the patient's list. */
  readonly structures: readonly (StructureView & { readonly place: number })[];
  /** [MU per fraction] of the beam's bixels; undefined until there is a plan. */
  readonly weights: Float32Array | undefined;
  readonly mostMu: number;
  readonly fluenceOpacity: number;
}

/** Draws a beam's-eye view: from the source, x of the collimator to the right and y up. */
export function drawBeam(canvas: HTMLCanvasElement, picture: BeamPicture): void {
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const side = canvas.clientWidth;
  canvas.width = canvas.height = side * ratio;
  const context = canvas.getContext('2d');
  if (context === null || side === 0) return;
  const { halfMm } = picture.image.eye;
  const perMm = side / (2 * halfMm);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawRadiograph(context, picture.image, side);
  // From here on in mm of the isocentre plane, y up.
  const at = (x: number, y: number): [number, number] => [(x + halfMm) * perMm, (halfMm - y) * perMm];
  drawFluence(context, picture, at, perMm);
  for (const [n, lines] of picture.image.outlines.entries()) {
    const { place, role } = picture.structures[n];
    context.strokeStyle = css(structureColor(place, role));
    context.lineWidth = role === 'target' ? 2 : 1.5;
    context.beginPath();
    for (const points of lines) {
      for (let k = 0; k < points.length; k += 2) {
        const [x, y] = at(points[k], points[k + 1]);
        if (k === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
      context.closePath();
    }
    context.stroke();
  }
  drawField(context, picture.beam, at);
  drawAxes(context, halfMm, at);
  drawLetters(context, picture.beam.transform, side);
}

/** Bright where much matter lies, as a film is. */
function drawRadiograph(context: CanvasRenderingContext2D, { eye, lengthsMm }: BeamImage, side: number): void {
  const { pixels } = eye;
  const image = new ImageData(pixels, pixels);
  let most = 1;
  for (const length of lengthsMm) if (length > most) most = length;
  for (let row = 0; row < pixels; row++) {
    for (let column = 0; column < pixels; column++) {
      const length = lengthsMm[(pixels - 1 - row) * pixels + column];
      const grey = 205 * (length / most) ** 1.5;
      image.data.set([grey, grey, grey, 255], 4 * (row * pixels + column));
    }
  }
  const film = new OffscreenCanvas(pixels, pixels);
  film.getContext('2d')?.putImageData(image, 0, 0);
  context.drawImage(film, 0, 0, side, side);
}

type ToCanvas = (x: number, y: number) => [number, number];

function drawFluence(context: CanvasRenderingContext2D, picture: BeamPicture, at: ToCanvas, perMm: number): void {
  const { bixels } = picture.beam;
  const { weights, mostMu, fluenceOpacity } = picture;
  if (weights === undefined || fluenceOpacity === 0 || !(mostMu > 0)) return;
  for (const [i, cell] of bixels.cells.entries()) {
    if (!(weights[i] > 0)) continue;
    const x = bixels.firstXMm + (cell % bixels.columns) * bixels.sizeMm - bixels.sizeMm / 2;
    const y = bixels.firstYMm + Math.floor(cell / bixels.columns) * bixels.sizeMm + bixels.sizeMm / 2;
    context.fillStyle = css(doseColor(weights[i] / mostMu), fluenceOpacity);
    context.fillRect(...at(x, y), bixels.sizeMm * perMm, bixels.sizeMm * perMm);
  }
}

/** Outline of the open bixels, and the jaws as the rectangle around them. */
function drawField(context: CanvasRenderingContext2D, { bixels }: Beam, at: ToCanvas): void {
  const { columns, rows, sizeMm, firstXMm, firstYMm } = bixels;
  const open = new Set(bixels.cells);
  const isOpen = (c: number, r: number): boolean =>
    c >= 0 && r >= 0 && c < columns && r < rows && open.has(r * columns + c);
  const left = firstXMm - sizeMm / 2;
  const low = firstYMm - sizeMm / 2;
  context.strokeStyle = 'rgb(255 220 90)';
  context.lineWidth = 1.5;
  context.beginPath();
  const edge = (x0: number, y0: number, x1: number, y1: number): void => {
    context.moveTo(...at(x0, y0));
    context.lineTo(...at(x1, y1));
  };
  for (const cell of bixels.cells) {
    const c = cell % columns;
    const r = Math.floor(cell / columns);
    const [x0, y0] = [left + c * sizeMm, low + r * sizeMm];
    const [x1, y1] = [x0 + sizeMm, y0 + sizeMm];
    if (!isOpen(c - 1, r)) edge(x0, y0, x0, y1);
    if (!isOpen(c + 1, r)) edge(x1, y0, x1, y1);
    if (!isOpen(c, r - 1)) edge(x0, y0, x1, y0);
    if (!isOpen(c, r + 1)) edge(x0, y1, x1, y1);
  }
  context.stroke();
  const [x0, y0] = at(left, low + rows * sizeMm);
  const [x1, y1] = at(left + columns * sizeMm, low);
  context.setLineDash([6, 4]);
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  context.setLineDash([]);
}

/** Axes of the collimator through the isocentre, a tick every 10 mm and a long one every 50. */
function drawAxes(context: CanvasRenderingContext2D, halfMm: number, at: ToCanvas): void {
  context.strokeStyle = context.fillStyle = 'rgb(150 215 255)';
  context.lineWidth = 1;
  context.beginPath();
  const lines: [number, number, number, number][] = [
    [-halfMm, 0, halfMm, 0],
    [0, -halfMm, 0, halfMm],
  ];
  for (let mm = 10; mm < halfMm; mm += 10) {
    const tick = (mm % 50 === 0 ? 0.03 : 0.012) * halfMm;
    for (const place of [-mm, mm]) lines.push([place, -tick, place, tick], [-tick, place, tick, place]);
  }
  for (const [x0, y0, x1, y1] of lines) {
    context.moveTo(...at(x0, y0));
    context.lineTo(...at(x1, y1));
  }
  context.stroke();
  context.font = '600 12px system-ui, sans-serif';
  context.textAlign = 'right';
  context.fillText('X', at(halfMm, 0)[0] - 22, at(0, 0)[1] - 6);
  context.textAlign = 'left';
  context.fillText('Y', at(0, 0)[0] + 8, 32);
}

/** Letters of the patient's directions, by the axes of the beam in the patient's frame. */
export function letterOf(direction: readonly number[]): string {
  const names = [
    ['R', 'L'],
    ['A', 'P'],
    ['I', 'S'],
  ];
  return [0, 1, 2]
    .filter((a) => Math.abs(direction[a]) > 0.3)
    .sort((a, b) => Math.abs(direction[b]) - Math.abs(direction[a]))
    .map((a) => names[a][direction[a] > 0 ? 1 : 0])
    .join('');
}

function drawLetters(context: CanvasRenderingContext2D, transform: Transform, side: number): void {
  const right = axisOf(transform, 0);
  const up = axisOf(transform, 1);
  const less = (v: readonly number[]): number[] => v.map((c) => -c);
  context.fillStyle = 'rgb(255 255 255)';
  context.shadowColor = '#000';
  context.shadowBlur = 4;
  context.font = '600 13px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillText(letterOf(less(right)), 6, side / 2 - 14);
  context.textAlign = 'right';
  context.fillText(letterOf(right), side - 6, side / 2 - 14);
  context.textAlign = 'center';
  context.fillText(letterOf(up), side / 2 - 16, 12);
  context.fillText(letterOf(less(up)), side / 2 - 16, side - 12);
}
