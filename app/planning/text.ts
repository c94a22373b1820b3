import { fixed, table } from '../../engine/core/text-table.ts';
import type { PlanReport } from '../../planners/radiation/report/plan-report.ts';
import { evaluationText, matchesText, remarksText } from '../output/evaluation-text.ts';

/** A plan for people to read. */
export function planText(report: PlanReport, out?: string): string {
  const { device, timeMs, beams } = report;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  const threads = device.kind === 'wasm' ? `, ${device.threads} thread${device.threads === 1 ? '' : 's'}` : '';
  const head = [
    `Plan of ${report.patient}: ${report.protocol} on ${report.machine}, ${report.fractions} fractions`,
    `  device      ${device.kind} (${device.name}${threads})`,
    `  size        ${report.voxels} voxels, ${report.bixels} bixels, ${beams.length} beams`,
    `  optimiser   objective ${report.objective.toPrecision(6)} after ${report.iterations} iterations (${report.stop})`,
    `  time        ${seconds(timeMs.total)}: read ${seconds(timeMs.read)}, geometry ${seconds(timeMs.geometry)}, ` +
      `optimise ${seconds(timeMs.optimize)}, evaluate ${seconds(timeMs.evaluate)}`,
    `  memory      ${fixed(report.peakRssMb, 1)} MB at most`,
  ];
  return [
    `${head.join('\n')}\n`,
    `Beams\n${beamTable(report)}`,
    matchesText(report.matches),
    evaluationText(report.structures, report.goals),
    remarksText(report.warnings, report.notes),
    out === undefined ? '' : `Written to ${out}: plan.json, dose.csv, report.html, dicom/\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function beamTable({ beams }: PlanReport): string {
  return table(
    ['gantry', 'couch', 'collimator', 'isocentre x, y, z [mm]', 'SSD [mm]', 'bixels'].map((title) => ({ title })),
    beams.map((beam) => [
      fixed(beam.gantryDeg, 1),
      fixed(beam.couchDeg, 1),
      fixed(beam.collimatorDeg, 1),
      beam.isocenterMm.map((mm) => mm.toFixed(1)).join(', '),
      fixed(beam.ssdMm, 1),
      String(beam.bixels),
    ]),
  );
}
