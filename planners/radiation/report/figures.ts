import type { Vec3 } from '../../../engine/core/grid.ts';
import { fixed } from '../../../engine/core/text-table.ts';
import { dvhFigure } from './dvh-figure.ts';
import type { Report } from './model.ts';
import type { PlaneKind } from './planes.ts';
import { sliceFigure } from './slice-figure.ts';
import { escapeText } from './svg.ts';
import { htmlTable, Markup } from './tables.ts';

/** Text width of an A4 page with margins of 15 mm, at 96 pixels an inch. */
const pagePx = 680;

export function histogramFigure({ curves, protocol, prescriptionGy, maximum }: Report): string {
  const mostGy = 1.05 * Math.max(prescriptionGy, maximum?.gy ?? 0);
  const marksGy = protocol.targets.map((target) => target.prescriptionGy);
  const svg = dvhFigure(curves, { widthPx: pagePx, heightPx: 400, mostGy, marksGy });
  return `<figure>${svg}<figcaption>Cumulative dose-volume histogram, total dose. Letters as in the table; targets have wide lines; dotted verticals are the prescriptions.</figcaption></figure>`;
}

/** Two pages of planes: through the centre, and through the dose maximum. */
export function planesSections(report: Report): string {
  const { plan, centreMm, maximum } = report;
  const centre = plan === undefined ? 'the centroid of the targets' : 'the isocentre';
  return (
    planesPage(report, centre, centreMm) +
    (maximum === undefined
      ? '<h2>Planes through the dose maximum</h2><p>There is no dose, hence no maximum.</p>'
      : planesPage(report, `the dose maximum, ${fixed(maximum.gy, 2)} Gy`, maximum.atMm))
  );
}

function planesPage(report: Report, what: string, atMm: Vec3): string {
  const draw = (kind: PlaneKind, widthPx: number, heightPx: number): string => {
    const { svg, positionMm, unlabelled } = sliceFigure(report.scene, kind, atMm, { widthPx, heightPx });
    const axis = { axial: 'z', sagittal: 'x', coronal: 'y' }[kind];
    const rest = unlabelled.length === 0 ? '' : ` Drawn without room for a label: ${unlabelled.join(', ')}.`;
    const title = `${kind[0].toUpperCase()}${kind.slice(1)}, ${axis} = ${fixed(positionMm, 1)} mm.${rest}`;
    return `<figure>${svg}<figcaption>${escapeText(title)}</figcaption></figure>`;
  };
  const half = (pagePx - 16) / 2;
  return `<section class="planes"><h2>Planes through ${escapeText(what)}</h2><div class="axial">${draw('axial', 500, 400)}${levelsTable(report)}</div><div class="pair">${draw('sagittal', half, 310)}${draw('coronal', half, 310)}</div>${planesKey(report)}</section>`;
}

function levelsTable({ levels }: Report): string {
  const rows = levels.map(({ percent, gy, width, dash }) => {
    const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    const line = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="8" aria-hidden="true"><path d="M0 4H40" stroke="#000" stroke-width="${width}"${dashes}/></svg>`;
    return [new Markup(line), `${percent} %`, `${fixed(gy, 2)}`];
  });
  const columns = [{ title: 'Line' }, { title: 'Isodose', isNumber: true }, { title: 'Gy', isNumber: true }];
  return htmlTable(columns, rows, 'isodoses');
}

function planesKey({ prescriptionGy, scene }: Report): string {
  const { centre, width } = scene.window;
  return `<p class="small">Isodoses: dark lines with white edges, in percent of ${fixed(prescriptionGy, 2)} Gy. Structures: white lines with dark edges, letters as in the table of structures. Cross: isocentre; triangle: dose maximum. Each picture is the voxel layer of the dose nearest to the point. CT window: centre ${centre} HU, width ${width} HU. Patient frame DICOM LPS; axial planes seen from the feet.</p>`;
}
