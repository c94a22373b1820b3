import { fixed, table } from '../../engine/core/text-table.ts';
import type { MachineReport } from '../../planners/radiation/machine/report.ts';

/** A machine's report for people to read. */
export function machineReportText(report: MachineReport): string {
  const { calibration, penumbra, inAirProfile, outputFactors } = report;
  return [
    `Machine ${report.machine}, as the dose engine computes it in water\n` +
      `  calibration  ${(100 * calibration.gyPerMu).toFixed(4)} cGy/MU at ${calibration.depthMm} mm, ` +
      `SSD ${calibration.ssdMm} mm, field ${calibration.fieldMm} mm\n` +
      `  TPR20,10     ${report.tpr2010.toFixed(4)}\n` +
      `  penumbra     ${penumbra.widthMm.toFixed(2)} mm (80 to 20 %), half dose at ${penumbra.halfWidthMm.toFixed(2)} mm; ` +
      `field ${penumbra.fieldMm} mm, SSD ${penumbra.ssdMm} mm, depth ${penumbra.depthMm} mm\n`,
    depthDoseText(report),
    `Output factors, square fields, SSD ${outputFactors.ssdMm} mm, depth ${outputFactors.depthMm} mm\n` +
      pairs(['side [mm]', 'factor'], outputFactors.fieldMm, [outputFactors.factor], 4),
    `In-air profile\n${pairs(['radius [mm]', 'ratio'], inAirProfile.radiusMm, [inAirProfile.ratio], 4)}`,
    offAxisText(report),
  ].join('\n');
}

function depthDoseText({ depthDoses }: MachineReport): string {
  const titles = ['depth [mm]', ...depthDoses.map(({ fieldMm }) => `${fieldMm} mm`)];
  const maxima = depthDoses.map(({ fieldMm, maximumDepthMm }) => `${fieldMm} mm at ${maximumDepthMm} mm`).join(', ');
  const columns = depthDoses.map(({ percent }) => percent);
  return (
    `Depth dose on the axis [%], SSD ${depthDoses[0].ssdMm} mm, by side of the square field\n` +
    pairs(titles, depthDoses[0].depthMm, columns, 1) +
    `  maximum: ${maxima}\n`
  );
}

function offAxisText({ offAxisProfiles }: MachineReport): string {
  const [first] = offAxisProfiles;
  const titles = ['x [mm]', ...offAxisProfiles.map(({ depthMm }) => `${depthMm} mm`)];
  const columns = offAxisProfiles.map(({ ratio }) => ratio);
  return (
    `Off-axis ratios, field ${first.fieldMm} mm, SSD ${first.ssdMm} mm, by depth\n` +
    pairs(titles, first.offAxisMm, columns, 3)
  );
}

/** A table whose first column is whole numbers and whose others have fixed decimals. */
function pairs(
  titles: readonly string[],
  first: readonly number[],
  columns: readonly (readonly number[])[],
  decimals: number,
): string {
  return table(
    titles.map((title) => ({ title })),
    first.map((value, i) => [String(value), ...columns.map((column) => fixed(column[i], decimals))]),
  );
}
