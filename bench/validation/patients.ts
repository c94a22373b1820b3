import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../../engine/compute/device.ts';
import { readOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import { evaluateDose } from '../../planners/radiation/evaluation/evaluate.ts';
import type { GoalResult } from '../../planners/radiation/evaluation/goals.ts';
import { planPatient } from '../../planners/radiation/planning/plan.ts';
import { loadOpenKbp, openKbpFolders, standardRequest } from '../cases.ts';
import { table } from './markdown.ts';

const PROTOCOL = 'head-neck-openkbp';
const LONG_RUN = 3000;

const passed = (goals: readonly GoalResult[]): number => goals.filter((goal) => goal.pass === true).length;
const largest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, b), 0);

/** One protocol for all: goals against the reference doses, and the default stop against a long run. */
export async function patientTables(device: Device, data: string): Promise<string> {
  const quality: (string | number)[][] = [];
  const details: (string | number)[][] = [];
  const optimality: (string | number)[][] = [];
  let [ours, theirs, all] = [0, 0, 0];
  for (const [name, folder] of [...openKbpFolders(data)].sort(([a], [b]) => Number(a.slice(3)) - Number(b.slice(3)))) {
    const patient = loadOpenKbp(folder);
    const plan = await planPatient(device, standardRequest(patient, PROTOCOL));
    const { fluence, evaluation } = plan;
    const dose = readOpenKbpDose(readFileSync(join(folder, 'dose.csv')), 'dose.csv');
    const reference = evaluateDose({ patient, protocol: plan.protocol, dose });
    quality.push([
      name,
      fluence.dose.length,
      fluence.weights.length,
      `${passed(evaluation.goals)} / ${evaluation.goals.length}`,
      `${passed(reference.goals)} / ${reference.goals.length}`,
      largest(fluence.dose).toFixed(1),
      fluence.iteration,
    ]);
    ours += passed(evaluation.goals);
    theirs += passed(reference.goals);
    all += evaluation.goals.length;
    for (const [i, goal] of evaluation.goals.entries()) {
      const other = reference.goals[i];
      const show = (g: GoalResult): string => (g.value === null ? '-' : `${g.value.toFixed(1)}${g.pass ? '' : ' ✗'}`);
      details.push([name, goal.structure, goal.metric, `${goal.comparator} ${goal.limit}`, show(goal), show(other)]);
    }
    const long = await planPatient(
      device,
      standardRequest(patient, PROTOCOL, { optimizer: { tolerance: 0, maxIterations: LONG_RUN } }),
    );
    optimality.push([
      name,
      fluence.value.toFixed(2),
      fluence.iteration,
      long.fluence.value.toFixed(2),
      long.fluence.iteration,
      (fluence.value / long.fluence.value).toFixed(4),
      (fluence.projectedGradientNorm / fluence.initialProjectedGradientNorm).toExponential(1),
    ]);
    console.log(`${name}: ${quality.at(-1)?.join(' ')} | ${optimality.at(-1)?.join(' ')}`);
  }
  quality.push(['**all**', '', '', `**${ours} / ${all}**`, `**${theirs} / ${all}**`, '', '']);
  return [
    '## Plans: one protocol for all patients',
    '',
    '`head-neck-openkbp`, nine beams, 5 mm bixels, `generic-6mv`, no tuning for a patient. The reference doses are those that',
    'OpenKBP publishes with the patients. Limit of the maximum: 80.5 Gy (115 % of 70 Gy).',
    '',
    table(['patient', 'voxels', 'bixels', 'goals passed', 'reference dose', 'maximum [Gy]', 'iterations'], quality),
    '',
    'Every goal [Gy]; ✗ marks a failed one.',
    '',
    table(['patient', 'structure', 'metric', 'limit', 'isocenter', 'reference dose'], details),
    '',
    `### Default stop against a run of ${LONG_RUN} iterations`,
    '',
    'Objective where the default rule stops, and where a run without any rule ends (it may end earlier, when float32 sees no',
    'more descent). Limit of the ratio: 1.01. The last column is the projected gradient norm over that of the start.',
    '',
    table(
      ['patient', 'objective', 'iterations', 'long run', 'its iterations', 'ratio', 'projected gradient'],
      optimality,
    ),
  ].join('\n');
}
