import type { Grid, Vec3, Volume } from '../../../engine/core/grid.ts';
import { type Isoline, isolines, outlines } from './isolines.ts';
import { layerMm, maskOf, nearestLayer, type PlaneKind, planeOf, planeViews, type Raster } from './planes.ts';
import { greyPng, pngAddress } from './png.ts';
import { cornersOf, cross, letters, round, scaleBar, triangle } from './slice-marks.ts';
import { escapeText, LabelSpace, shortName, textWidth } from './svg.ts';

export interface IsodoseLevel {
  readonly percent: number;
  readonly gy: number;
  readonly dash: string;
  readonly width: number;
}

const styles: readonly (readonly [percent: number, width: number, dash: string])[] = [
  [107, 2.2, '1.5 2.5'],
  [105, 1.2, '2 2'],
  [100, 2.2, ''],
  [95, 1.3, ''],
  [90, 1.1, '9 2 2 2'],
  [80, 1.3, '8 3'],
  [50, 1.6, '12 3 3 3'],
  [30, 1.1, '4 3'],
];

/** The isodose lines of a report, in percent of a prescription; told apart by width and dash pattern. */
export function isodoseLevels(prescriptionGy: number): IsodoseLevel[] {
  return styles.map(([percent, width, dash]) => ({ percent, gy: (percent * prescriptionGy) / 100, width, dash }));
}

export interface SliceScene {
  readonly ct: Volume;
  /** Total dose [Gy]; on the grid of the structures. */
  readonly dose: Volume;
  readonly structures: readonly { readonly letter: string; readonly name: string; readonly voxels: Uint32Array }[];
  readonly levels: readonly IsodoseLevel[];
  /** What the pictures show [mm, LPS]. */
  readonly box: { readonly least: Vec3; readonly most: Vec3 };
  /** [HU] */
  readonly window: { readonly centre: number; readonly width: number };
  /** Marked with a cross where it lies near the plane [mm, LPS]. */
  readonly isocenterMm?: Vec3 | undefined;
  /** Marked with a triangle [mm, LPS]. */
  readonly maximumMm?: Vec3 | undefined;
}

export interface SliceFigure {
  readonly kind: PlaneKind;
  /** Of the plane along its normal [mm]. */
  readonly positionMm: number;
  readonly svg: string;
  /** Structures in the picture whose label found no room. */
  readonly unlabelled: readonly string[];
}

/**
 * One plane: CT in grey, structures as white lines with dark edges, isodoses as black lines with white edges, each with its label.
 * The plane is the voxel layer of the dose nearest to the point.
 */
export function sliceFigure(
  scene: SliceScene,
  kind: PlaneKind,
  throughMm: Vec3,
  size: { readonly widthPx: number; readonly heightPx: number },
): SliceFigure {
  const view = planeViews[kind];
  const { grid } = scene.dose;
  const layer = nearestLayer(grid, kind, throughMm[view.normal]);
  const positionMm = layerMm(grid, kind, layer);
  const { least, most } = scene.box;
  const [spanU, spanV] = [most[view.u] - least[view.u], most[view.v] - least[view.v]];
  const scale = Math.min(size.widthPx / spanU, size.heightPx / spanV);
  const [width, height] = [spanU * scale, spanV * scale];
  const x = (mm: number): number => (mm - least[view.u]) * scale;
  const y = (mm: number): number => (view.vUp ? most[view.v] - mm : mm - least[view.v]) * scale;
  const toPx = (line: Isoline): Float64Array => line.points.map((mm, n) => (n % 2 === 0 ? x(mm) : y(mm)));

  const space = new LabelSpace(2, 2, width - 2, height - 2);
  for (const [left, top] of cornersOf(width, height)) space.take(left, top, 14, 16);
  const bar = scaleBar(width, height, scale);
  space.take(bar.left - 2, height - 24, bar.length + 4, 22);
  const under: string[] = [];
  const labels: string[] = [];
  const unlabelled: string[] = [];
  const doseLines = scene.levels.map((level) => isolines(planeOf(scene.dose, kind, positionMm), level.gy).map(toPx));
  scene.levels.forEach((level, n) => {
    if (doseLines[n].length === 0) return;
    const d = doseLines[n].map((points, l) => pathOf(points, isClosed(doseLines[n][l]))).join('');
    const dashes = level.dash === '' ? '' : ` stroke-dasharray="${level.dash}"`;
    under.push(
      `<path d="${d}" stroke="#fff" stroke-opacity=".75" stroke-width="${level.width + 1.8}"/><path class="isodose" data-percent="${level.percent}" d="${d}" stroke="#000" stroke-width="${level.width}"${dashes}/>`,
    );
    const full = `${level.percent} % ${shortGy(level.gy)} Gy`;
    const label = place(
      doseLines[n],
      size.widthPx > 450 ? [full, `${level.percent} %`] : [`${level.percent} %`],
      space,
      n,
    );
    if (label !== undefined) labels.push(textAt(label, 'dose-label'));
  });
  const outlinesPart: string[] = [];
  for (const [order, { letter, name, voxels }] of scene.structures.entries()) {
    const mask = maskOf(grid, voxels, kind, layer);
    if (mask === undefined) continue;
    const lines = outlines(mask).map(toPx);
    const d = lines.map((points) => pathOf(points, true)).join('');
    outlinesPart.push(
      `<path d="${d}" stroke="#000" stroke-width="2.2"/><path class="contour" data-structure="${letter}" d="${d}" stroke="#fff" stroke-width="1.1"/>`,
    );
    const label = place(lines, [`${letter} ${shortName(name, 16)}`, letter], space, scene.levels.length + order);
    if (label === undefined) unlabelled.push(`${letter} ${name}`);
    else labels.push(textAt(label, 'structure-label'));
  }
  const marks = [
    marker(scene.isocenterMm, view.normal, positionMm, grid, (p) => cross(x(p[view.u]), y(p[view.v]))),
    marker(scene.maximumMm, view.normal, positionMm, grid, (p) => triangle(x(p[view.u]), y(p[view.v]))),
  ];
  const [W, H] = [round(width), round(height)];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="0 0 ${W} ${H}" width="${W}" height="${H}" role="img" aria-label="${kind} plane"><rect width="${W}" height="${H}" fill="#000"/>${ctImage(scene, kind, positionMm, x, y)}<g fill="none" stroke-linejoin="round">${outlinesPart.join('')}${under.join('')}${marks.join('')}</g><g font-size="9">${labels.join('')}</g>${bar.svg}${letters(view.letters, width, height)}</svg>`;
  return { kind, positionMm, svg, unlabelled };
}

function ctImage(
  { ct, window, box }: SliceScene,
  kind: PlaneKind,
  positionMm: number,
  x: (mm: number) => number,
  y: (mm: number) => number,
): string {
  const view = planeViews[kind];
  const raster: Raster = planeOf(ct, kind, positionMm);
  const range = (axis: 0 | 1, patientAxis: 0 | 1 | 2, count: number): [number, number] => {
    const index = (mm: number): number => (mm - raster.originMm[axis]) / raster.stepMm[axis];
    const first = Math.max(0, Math.floor(index(box.least[patientAxis])));
    const last = Math.min(count - 1, Math.ceil(index(box.most[patientAxis])));
    return [first, Math.max(first, last)];
  };
  const [i0, i1] = range(0, view.u, raster.width);
  const [j0, j1] = range(1, view.v, raster.height);
  const [w, h] = [i1 - i0 + 1, j1 - j0 + 1];
  const grey = new Uint8Array(w * h);
  const low = window.centre - window.width / 2;
  for (let j = 0; j < h; j++) {
    const from = raster.width * (view.vUp ? j1 - j : j0 + j) + i0;
    for (let i = 0; i < w; i++) {
      grey[j * w + i] = Math.min(255, Math.max(0, Math.round(((raster.values[from + i] - low) / window.width) * 255)));
    }
  }
  const edge = (axis: 0 | 1, n: number): number => raster.originMm[axis] + (n - 0.5) * raster.stepMm[axis];
  const [left, right] = [x(edge(0, i0)), x(edge(0, i1 + 1))];
  const [top, bottom] = view.vUp ? [y(edge(1, j1 + 1)), y(edge(1, j0))] : [y(edge(1, j0)), y(edge(1, j1 + 1))];
  return `<image x="${round(left)}" y="${round(top)}" width="${round(right - left)}" height="${round(bottom - top)}" preserveAspectRatio="none" href="${pngAddress(greyPng(w, h, grey))}"/>`;
}

interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** A free place on one of the lines, the longest first. */
function place(
  lines: readonly Float64Array[],
  texts: readonly string[],
  space: LabelSpace,
  turn: number,
): Label | undefined {
  const longest = lines.toSorted((a, b) => b.length - a.length).slice(0, 4);
  for (const text of texts) {
    const width = textWidth(text, 9);
    for (const points of longest) {
      const count = points.length / 2;
      const step = Math.max(1, Math.floor(count / 48));
      // Lines that run side by side begin at different turns, so that their labels do not pile up.
      const begin = Math.floor(((turn * 0.382) % 1) * count);
      for (let s = 0; s < count; s += step) {
        const n = (begin + s) % count;
        const [x, y] = [points[2 * n], points[2 * n + 1]];
        if (space.take(x - width / 2, y - 5.5, width, 11)) return { x, y: y + 3, text };
      }
    }
  }
  return undefined;
}

function textAt({ x, y, text }: Label, name: string): string {
  const [fill, halo] = name === 'dose-label' ? ['#000', '#fff'] : ['#fff', '#000'];
  return `<text class="${name}" x="${round(x)}" y="${round(y)}" text-anchor="middle" fill="${fill}" stroke="${halo}" stroke-width="2.6" stroke-linejoin="round" paint-order="stroke">${escapeText(text)}</text>`;
}

function marker(
  p: Vec3 | undefined,
  normal: 0 | 1 | 2,
  positionMm: number,
  grid: Grid,
  draw: (p: Vec3) => string,
): string {
  if (p === undefined || Math.abs(p[normal] - positionMm) > grid.spacingMm[normal] * 0.75) return '';
  return draw(p);
}

function isClosed(points: Float64Array): boolean {
  const n = points.length;
  return n > 4 && points[0] === points[n - 2] && points[1] === points[n - 1];
}

function pathOf(points: Float64Array, closed: boolean): string {
  let d = '';
  for (let n = 0; n < points.length; n += 2) d += `${n === 0 ? 'M' : 'L'}${round(points[n])} ${round(points[n + 1])}`;
  return closed ? `${d}Z` : d;
}

function shortGy(gy: number): string {
  return String(Math.round(gy * 100) / 100);
}
