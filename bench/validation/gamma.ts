import type { Device } from '../../engine/compute/device.ts';
import { gammaAt } from '../../kernels/gamma/reference.ts';
import { gammaIndex } from '../../planners/radiation/evaluation/gamma.ts';
import { cube, type DosePair, fieldsDose, plannedPair, plastimatchGamma } from '../gamma-cases.ts';
import { table } from './markdown.ts';

const CRITERIA = [
  [3, 3],
  [2, 2],
] as const;
/** Every so-many-th point is searched by brute force. */
const EVERY = 331;

/** Gamma of planned and analytic doses beside plastimatch's and brute force. */
export async function gammaTables(device: Device): Promise<string> {
  const grid = cube(40, 2);
  const pairs: DosePair[] = [
    { name: 'five fields, 2.5 mm, 3 %', reference: fieldsDose(grid, 0, 1), evaluated: fieldsDose(grid, 2.5, 1.03) },
    await plannedPair(device, 'tg119-cshape', 'tg119-cshape', [56, 50, 16]),
    await plannedPair(device, 'head-and-neck', 'tg119-head-neck', [56, 50, 16]),
  ];
  const rows: (string | number)[][] = [];
  for (const pair of pairs) {
    for (const [dosePercent, distanceMm] of CRITERIA) {
      const criteria = { dosePercent, distanceMm, thresholdPercent: 10 };
      const ours = await gammaIndex(device, pair.reference, pair.evaluated, criteria);
      const peer = plastimatchGamma(pair, criteria);
      const judged = [...ours.gamma.keys()].filter((n) => ours.gamma[n] >= 0);
      const apart = judged.map((n) => Math.abs(ours.gamma[n] - peer.gamma[n]));
      rows.push([
        pair.name,
        `${dosePercent} % / ${distanceMm} mm`,
        ours.points,
        ours.passPercent.toFixed(2),
        peer.passPercent.toFixed(2),
        (apart.reduce((sum, x) => sum + x, 0) / apart.length).toFixed(4),
        Math.max(...apart.slice(0, 1e5)).toFixed(3),
        bruteForceError(pair, ours, judged).toExponential(1),
      ]);
      console.log(rows.at(-1)?.join(' | '));
    }
  }
  const head = [
    'dose',
    'criteria',
    'points',
    'pass [%]',
    'plastimatch [%]',
    'apart, mean',
    'apart, max',
    'brute force',
  ];
  return `## Gamma index

On 2 mm grids, global, above 10 % of the largest reference dose. Planned doses: five beams, moved by (2.2, -1.5, 1) mm, with a slope of
output across. "Apart": largest and mean difference of gamma from \`plastimatch gamma --interp-search\`. "Brute force": largest difference from a
search over the same trilinear dose in float64, at every ${EVERY}th point. plastimatch searches along the lines from each voxel to its 26
neighbours, with the dose linear on them; on diagonals that is another dose than the trilinear one, and inside a cell it looks at nothing
else. So its gamma lies above or below ours by some hundredths where the dose bends, which moves points across 1 where many are near it.

${table(head, rows)}`;
}

function bruteForceError(
  { reference, evaluated }: DosePair,
  { gamma, criteria }: Awaited<ReturnType<typeof gammaIndex>>,
  judged: readonly number[],
): number {
  const shape = {
    reference: reference.grid,
    evaluated: evaluated.grid,
    distanceMm: criteria.distanceMm,
    doseTolerance: (criteria.dosePercent / 100) * criteria.normalisationGy,
    local: false,
    thresholdGy: 0,
    maxGamma: criteria.maxGamma,
  };
  const { size, spacingMm, originMm } = reference.grid;
  let largest = 0;
  for (let at = 0; at < judged.length; at += EVERY) {
    const n = judged[at];
    const index = [n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / (size[0] * size[1]))];
    const point = index.map((i, a) => originMm[a] + i * spacingMm[a]);
    largest = Math.max(largest, Math.abs(gamma[n] - gammaAt(shape, point, reference.data[n], evaluated.data)));
  }
  return largest;
}
