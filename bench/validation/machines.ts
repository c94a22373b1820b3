import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../../engine/compute/device.ts';
import { builtinMachine } from '../../planners/radiation/machine/registry.ts';
import { machineReport } from '../../planners/radiation/machine/report.ts';
import { parseOutputFactors, parsePrimaryFluence, parseTprTable } from '../../planners/radiation/machine/tables.ts';
import { table } from './markdown.ts';

const machines = [
  { name: 'generic-6mv', prefix: 'photon6MV_synergy' },
  { name: 'artiste-6mv', prefix: 'photon6MV_artiste' },
] as const;

/** Percentage depth dose of 10 cm x 10 cm at SSD 100 cm, mean of both linacs, and of the machine's own fields. */
const ORACLE_PDD: Readonly<Record<string, Readonly<Record<number, readonly number[]>>>> = {
  'generic-6mv': { 50: [85.2, 64.0, 47.8, 35.9], 100: [86.7, 67.3, 51.4, 39.4], 200: [87.5, 70.2, 55.4, 43.4] },
  'artiste-6mv': { 50: [85.1, 63.6, 47.5, 35.6], 100: [86.7, 67.3, 51.4, 39.4], 200: [87.7, 70.1, 55.4, 43.4] },
};
const DEPTHS = [50, 100, 150, 200];
const FIELDS = [30, 50, 150, 200, 300];

/** What the dose engine computes in a water tank, against each machine's own measurements. */
export async function machineTables(device: Device, data: string): Promise<string> {
  const depth: (string | number)[][] = [];
  const scalars: (string | number)[][] = [];
  for (const { name, prefix } of machines) {
    const read = (kind: string): string => readFileSync(join(data, 'beam-6mv', `${prefix}_${kind}.dat`), 'utf8');
    const tpr = parseTprTable(read('tpr'), `${prefix}_tpr.dat`);
    const factors = parseOutputFactors(read('of'), `${prefix}_of.dat`);
    const profile = parsePrimaryFluence(read('primflu'), `${prefix}_primflu.dat`);
    const report = await machineReport(device, builtinMachine(name));
    for (const curve of report.depthDoses) {
      const oracle = ORACLE_PDD[name][curve.fieldMm];
      const cells = DEPTHS.map((d, i) => `${interpolate(curve.depthMm, curve.percent, d).toFixed(1)} (${oracle[i]})`);
      depth.push([name, `${curve.fieldMm / 10} cm`, curve.maximumDepthMm, ...cells]);
    }
    const at = (field: number, d: number): number => {
      const column = tpr.fieldMm.indexOf(field);
      return tpr.ratio[tpr.depthMm.indexOf(d) * tpr.fieldMm.length + column];
    };
    const errors = FIELDS.map((field) => {
      const i = report.outputFactors.fieldMm.indexOf(field);
      const measured = interpolate(factors.fieldMm, factors.factor, field);
      return `${(100 * (report.outputFactors.factor[i] / measured - 1)).toFixed(2)}`;
    });
    const { radiusMm, ratio } = report.inAirProfile;
    const worst = Math.max(
      ...radiusMm.map((r, i) =>
        r > 140 ? 0 : Math.abs(ratio[i] / interpolate(profile.radiusMm, profile.fluence, r) - 1),
      ),
    );
    scalars.push([
      name,
      `${report.tpr2010.toFixed(4)} (${(at(100, 200) / at(100, 100)).toFixed(4)})`,
      errors.join(', '),
      `${(100 * worst).toFixed(2)} %`,
      `${report.penumbra.widthMm.toFixed(1)} mm`,
      report.calibration.gyPerMu.toFixed(5),
    ]);
  }
  return [
    '## Machines: what the dose engine computes in a water tank',
    '',
    'Percentage depth dose at SSD 100 cm; in brackets the measured value (10 cm: mean of the two linacs). Limit: 1.0 point.',
    '',
    table(['machine', 'field', 'd_max [mm]', '5 cm', '10 cm', '15 cm', '20 cm'], depth),
    '',
    'TPR20,10 of 10 cm (measured; limit 0.005), output factors at 3, 5, 15, 20, 30 cm against the table (limit 1.5 %), in-air',
    'profile to 140 mm (limit 1.5 %), penumbra 80 to 20 % of 10 cm at 10 cm depth, calibration (limit: 0.01 Gy/MU).',
    '',
    table(['machine', 'TPR20,10', 'output factor errors [%]', 'in-air profile, worst', 'penumbra', 'Gy/MU'], scalars),
  ].join('\n');
}

function interpolate(xs: ArrayLike<number>, ys: ArrayLike<number>, x: number): number {
  let i = 0;
  while (i < xs.length - 2 && xs[i + 1] < x) i++;
  const t = (x - xs[i]) / (xs[i + 1] - xs[i]);
  return ys[i] + t * (ys[i + 1] - ys[i]);
}
