import type { Device } from '../../engine/compute/device.ts';
import { optimizeFluence } from '../../planners/radiation/fluence/optimize.ts';
import { exactMatrix } from '../../tests/planners/radiation/dose/exact-dose.ts';
import {
  convexObjective,
  cShape,
  type FluenceCase,
  openKbpPatient,
} from '../../tests/planners/solver/fluence-cases.ts';
import { minimizeSpectral } from '../../tests/support/spectral-projected-gradient.ts';
import { openKbpFolders } from '../cases.ts';
import { table } from './markdown.ts';

/**
 * The default stop against an independent optimiser: spectral projected gradients in float64 on the explicit matrix of the
 * closed-form model.
 */
export async function independentOptima(device: Device, data: string): Promise<string> {
  const folders = openKbpFolders(data);
  const openKbp = (name: string, gridMm: number) => (): Promise<FluenceCase> =>
    openKbpPatient(device, folders.get(name) as string, { gridMm, bixelMm: 5, beams: 9 });
  const cases: [string, () => Promise<FluenceCase>][] = [
    ['pt_143, 9 beams, 4 mm grid', openKbp('pt_143', 4)],
    ['pt_170, 9 beams, 5 mm grid', openKbp('pt_170', 5)],
    ['tg119-cshape, 5 beams, 4 mm voxels', () => cShape(device, 4, 5)],
  ];
  const rows: (string | number)[][] = [];
  for (const [name, make] of cases) {
    const { plan, aims, setup } = await make();
    const found = await optimizeFluence(plan.operator, plan.terms, aims);
    const { matrix, bixels } = exactMatrix(setup);
    const optimum = minimizeSpectral(
      { matrix, bixels, objective: convexObjective(plan.terms) },
      found.weights,
      1e-6,
      4000,
    );
    rows.push([
      name,
      `${matrix.length / bixels} x ${bixels}`,
      found.value.toFixed(3),
      optimum.value.toFixed(3),
      (found.value / optimum.value).toFixed(4),
      `${optimum.iterations} (${optimum.projectedGradient.toExponential(1)})`,
    ]);
    console.log(rows.at(-1)?.join(' | '));
    plan.operator.free();
  }
  return [
    '## Optimum: an independent solver on the explicit matrix',
    '',
    'f* from spectral projected gradients in float64 on the explicit matrix of the closed-form model, started where the default',
    'rule stopped; its iterations and how far the projected gradient fell from there. Limit of the ratio: 1.01.',
    '',
    table(['case', 'matrix', 'objective at the default stop', 'f*', 'ratio', 'iterations of the solver'], rows),
  ].join('\n');
}
