import { parseArgs } from 'node:util';
import { type MotionProblem, readMotionBenchmark } from '../../app/inputs/motion-benchmark.ts';
import { mean, spread } from '../../app/motion/spread.ts';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import { kernelModule } from '../../kernels/device.ts';
import { createCollisionReference, isFree } from '../../planners/motion/collision/reference.ts';
import { planPath } from '../../planners/motion/path/plan.ts';
import type { PathResult } from '../../planners/motion/path/result.ts';
import { openMotionSpace } from '../../planners/motion/path/space.ts';

/**
 * `node dist/bench/motion/mbm.js DIR [--seed N] [--runs N] [--validate] [--cylinders exact]`: plans every problem of a
 * MotionBenchMaker folder on one core. Times are wall clock around whole calls; `cold` is the first run of each problem in
 * this process, `warm` the median of the further ones. With --validate every path of the last run is checked again at
 * 1/1000 rad by the float64 reference.
 */
interface Outcome {
  readonly problem: MotionProblem;
  readonly prepareUs: number;
  readonly cold: PathResult;
  readonly warm: PathResult;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '0' },
    runs: { type: 'string', default: '3' },
    validate: { type: 'boolean', default: false },
    cylinders: { type: 'string', default: 'capsules' },
  },
});
if (positionals.length !== 1) {
  console.error('error: give one MotionBenchMaker folder');
  process.exit(2);
}
const { model, problems } = readMotionBenchmark(positionals[0]);
const module = await openStepModule(kernelModule());
const options = { cylindersAsCapsules: values.cylinders !== 'exact' };
const seed = Number(values.seed);
const outcomes = problems.map(measure);
const sets = [...new Set(problems.map(({ set }) => set))];
const report = {
  sets: sets.map((set) => ({ set, ...summarise(outcomes.filter(({ problem }) => problem.set === set)) })),
  overall: summarise(outcomes),
  ...(values.validate ? { validation: validate() } : {}),
};
console.log(JSON.stringify(report, rounded, 2));

function measure(problem: MotionProblem): Outcome {
  const began = performance.now();
  const space = openMotionSpace(module, model, problem.scene, options);
  const prepareUs = 1000 * (performance.now() - began);
  const request = { start: problem.start, goal: problem.goal, seed };
  const cold = planPath(space, request);
  const warm = Array.from({ length: Math.max(1, Number(values.runs)) }, () => planPath(space, request));
  space.close();
  warm.sort((a, b) => a.timesUs.total - b.timesUs.total);
  return { problem, prepareUs, cold, warm: warm[warm.length >> 1] };
}

function summarise(group: readonly Outcome[]) {
  const valid = group.filter(({ warm }) => warm.valid.start && warm.valid.goal);
  const solved = valid.filter(({ warm }) => warm.solved);
  const times = (which: 'cold' | 'warm') => ({
    planUs: spread(solved.map((o) => o[which].timesUs.plan)),
    simplifyUs: spread(solved.map((o) => o[which].timesUs.simplify)),
    totalUs: spread(solved.map((o) => o[which].timesUs.total)),
  });
  return {
    problems: group.length,
    valid: valid.length,
    solved: solved.length,
    invalid: group
      .filter((o) => !valid.includes(o))
      .map((o) => `${o.problem.set} ${o.problem.number}: ${o.warm.message}`),
    ...times('warm'),
    cold: times('cold'),
    prepareUs: spread(group.map((o) => o.prepareUs)),
    iterations: spread(solved.map(({ warm }) => warm.progress.iterations)),
    lengthRad: {
      raw: mean(solved.map(({ warm }) => warm.rawLength)),
      simplified: mean(solved.map(({ warm }) => warm.length)),
    },
  };
}

/** Every path of the last run, sampled at 1/1000 rad. */
function validate() {
  const collisions: string[] = [];
  let configurations = 0;
  for (const { problem, warm } of outcomes.filter((o) => o.warm.solved)) {
    const check = createCollisionReference(model, problem.scene, options);
    for (const q of samples(warm.waypoints, problem.start.length, 1 / 1000)) {
      configurations++;
      if (isFree(check, q)) continue;
      collisions.push(`${problem.set} ${problem.number}`);
      break;
    }
  }
  return { configurations, collisions };
}

function* samples(path: Float64Array, dim: number, step: number): Generator<Float64Array> {
  const q = new Float64Array(dim);
  for (let i = dim; i < path.length; i += dim) {
    let squared = 0;
    for (let k = 0; k < dim; k++) squared += (path[i + k] - path[i - dim + k]) ** 2;
    const parts = Math.max(1, Math.ceil(Math.sqrt(squared) / step));
    for (let p = 0; p <= parts; p++) {
      for (let k = 0; k < dim; k++) q[k] = path[i - dim + k] + ((path[i + k] - path[i - dim + k]) * p) / parts;
      yield q;
    }
  }
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}
