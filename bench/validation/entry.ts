import { mat4 } from 'gl-matrix';
import type { Device } from '../../engine/compute/device.ts';
import { type Transform, transformPoint } from '../../engine/core/frames.ts';
import { type Vec3, voxelCentreMm } from '../../engine/core/grid.ts';
import { normal, type Random, seededRandom } from '../../engine/core/random.ts';
import { planEntry } from '../../planners/motion/entry/plan-entry.ts';
import type { EntryRequest } from '../../planners/motion/entry/request.ts';
import { targetError } from '../../planners/motion/registration/errors.ts';
import { principalAxes } from '../../planners/motion/registration/point-set.ts';
import { rigidFit } from '../../planners/motion/registration/rigid-fit.ts';
import {
  type EntryCase,
  exhaust,
  patientCases,
  phantomCases,
  refusalCounts,
} from '../../tests/planners/motion/entry/cases.ts';
import { table } from './markdown.ts';

const TARGETS = 4;
const LISTED = 20;

/** Entries against exhaustive search, and predicted registration errors against simulation. */
export async function entryTables(device: Device, data: string): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const entryCase of [...phantomCases, ...patientCases(data)]) rows.push(await compareCase(device, entryCase));
  return [
    '## Entry: ranked ways in against an exhaustive search',
    '',
    `Each case with its own target and ${TARGETS} more, drawn (seed 251) from the voxels of the structure it aims at or from around its`,
    'point; one candidate in each cube of 6 mm. The exhaustive search (float64, own code) measures every candidate against every voxel of every',
    `structure. Counted are requests whose first rank, whose whole list of ${LISTED} and whose refusals, counted by kind, agree; the`,
    'largest difference is that of the cost over all lists. Time: of the planner, one request, fields and trees included.',
    '',
    table(
      [
        'case',
        'candidates',
        'structures',
        'same first rank',
        'same list',
        'same refusals',
        'largest difference [mm]',
        'median [ms]',
        'exhaustive [ms]',
      ],
      rows,
    ),
    '',
    registrationTable(),
  ].join('\n');
}

async function compareCase(device: Device, { name, request }: EntryCase): Promise<(string | number)[]> {
  const random = seededRandom(251);
  const targets: EntryRequest['target'][] = [request().target];
  for (let attempt = 0; targets.length <= TARGETS && attempt < 200; attempt++) {
    const target = { pointMm: drawTarget(random, request()) };
    if (await isPossible(device, request({ target }))) targets.push(target);
  }
  let [first, lists, refusals, difference, candidates] = [0, 0, 0, 0, 0];
  const times: number[] = [];
  const slow: number[] = [];
  for (const target of targets) {
    const asked = request({ target, count: LISTED });
    const started = performance.now();
    const plan = await planEntry(device, asked);
    times.push(performance.now() - started);
    const exhaustive = exhaust(asked, plan.targetMm);
    slow.push(performance.now() - started - (times.at(-1) ?? 0));
    const wanted = exhaustive.ranked.slice(0, LISTED);
    candidates = plan.candidates;
    if (plan.ranked[0]?.voxel === wanted[0]?.voxel) first++;
    if (plan.ranked.map(({ voxel }) => voxel).join() === wanted.map(({ voxel }) => voxel).join()) lists++;
    const [ours, theirs] = [refusalCounts(plan), exhaustive.refused];
    if (ours.size === theirs.size && [...ours].every(([kind, count]) => theirs.get(kind) === count)) refusals++;
    for (const [n, { cost }] of plan.ranked.entries()) {
      difference = Math.max(difference, Math.abs(cost - (wanted[n]?.cost ?? Number.POSITIVE_INFINITY)));
    }
  }
  const of = (count: number): string => `${count} / ${targets.length}`;
  const row = [
    name,
    candidates,
    request().avoid.length,
    of(first),
    of(lists),
    of(refusals),
    difference.toExponential(1),
    median(times).toFixed(0),
    median(slow).toFixed(0),
  ];
  console.log(row.join(' | '));
  return row;
}

function drawTarget(random: Random, { patient, target }: EntryRequest): Vec3 {
  if ('pointMm' in target) return target.pointMm.map((c) => c + 30 * (random() - 0.5)) as unknown as Vec3;
  const { grid, structures } = patient.structureSet;
  const voxels = structures.find(({ name }) => name === target.structure)?.voxels as Uint32Array;
  const point = [0, 0, 0];
  voxelCentreMm(grid, voxels[Math.floor(random() * voxels.length)], point);
  // Anywhere in the voxel's cell.
  return point.map((c, axis) => c + grid.spacingMm[axis] * (random() - 0.5)) as unknown as Vec3;
}

async function isPossible(device: Device, request: EntryRequest): Promise<boolean> {
  try {
    return (await planEntry(device, request)).ranked.length > 0;
  } catch {
    return false;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

const RUNS = 20_000;

/** Predicted target registration error over the simulated one. */
function registrationTable(): string {
  const random = seededRandom(252);
  const within = (half: number): Vec3 => [0, 1, 2].map(() => half * (2 * random() - 1)) as unknown as Vec3;
  const rows = [3, 4, 6, 10].map((count) => {
    const ratios: number[] = [];
    for (let set = 0; set < 10; set++) {
      let fiducials = Array.from({ length: count }, () => within(80));
      while (principalAxes(fiducials).variances[1] < 400) fiducials = Array.from({ length: count }, () => within(80));
      const target = within(150);
      ratios.push(targetError(fiducials, target, 0.5) / simulatedError(random, fiducials, target, 0.5));
    }
    return [count, Math.min(...ratios).toFixed(3), median(ratios).toFixed(3), Math.max(...ratios).toFixed(3)];
  });
  return [
    '### Registration: predicted target error over the simulated one',
    '',
    `Ten random sets of fiducials within 160 mm and a target within 300 mm for each number of them; FLE 0.5 mm, ${RUNS} simulated`,
    'registrations each (seed 252). Limit: 0.9 to 1.1.',
    '',
    table(['fiducials', 'least ratio', 'median', 'largest ratio'], rows),
  ].join('\n');
}

function simulatedError(random: Random, fiducials: readonly Vec3[], target: Vec3, fle: number): number {
  const t: Transform = new Float64Array(16);
  mat4.fromRotation(t, 6 * random(), [normal(random), normal(random), normal(random)]);
  const exact = fiducials.map((p) => transformPoint(t, p));
  const goal = transformPoint(t, target);
  const sigma = fle / Math.sqrt(3);
  let squares = 0;
  for (let run = 0; run < RUNS; run++) {
    const fixed = exact.map((p) => p.map((c) => c + sigma * normal(random)) as unknown as Vec3);
    const found = transformPoint(rigidFit(fixed, fiducials).T_fixed_moving, target);
    squares += (found[0] - goal[0]) ** 2 + (found[1] - goal[1]) ** 2 + (found[2] - goal[2]) ** 2;
  }
  return Math.sqrt(squares / RUNS);
}
