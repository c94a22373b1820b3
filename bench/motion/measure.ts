import { join } from 'node:path';
import { benchText, runMotionBench } from '../../app/motion/bench.ts';
import { Progress } from '../../app/progress.ts';
import { measureBatches } from './batches.ts';
import { type Microseconds, PATH_CASES, timeOtg, timePaths } from './timing.ts';

/** What VAMP's WASM build takes for the same problems on a machine of this kind [us]: median, median, 95 % point. */
const VAMP_WASM = { plan: 254, both: 1020, bothP95: 3295 };
/** Ruckig compiled to WASM, the same recipe on a machine of this kind: mean [us]. */
const RUCKIG_WASM = 11;

/** The Panda set of MotionBenchMaker where the data are at hand, and the timing of motions; prints tables. */
export async function measureMotion(data: string | undefined): Promise<object> {
  const session = { signal: new AbortController().signal, progress: new Progress(process.stderr) };
  const otg = timeOtg(42);
  show('state to state, 7 joints, recipe of Ruckig', otg);
  console.log(
    `mean against ${RUCKIG_WASM} us of Ruckig in WASM (published separately): ${(otg.mean / RUCKIG_WASM).toFixed(2)}`,
  );
  const paths = PATH_CASES.map((c) => ({ name: c.name, ...timePaths(c, 0.02, 1) }));
  for (const path of paths) show(`path, ${path.name}`, path);
  if (data === undefined) {
    console.log('ISOCENTER_DATA is not set: MotionBenchMaker was left out');
    return { otg, paths, batches: await measureBatches(data) };
  }
  const report = await runMotionBench({ dir: join(data, 'mbm', 'panda'), seed: 0, runs: 5 }, session);
  console.log(`\n${benchText(report)}`);
  const { planUs, totalUs } = report.overall;
  const ratios = {
    planMedian: VAMP_WASM.plan / planUs.median,
    bothMedian: VAMP_WASM.both / totalUs.median,
    bothP95: VAMP_WASM.bothP95 / totalUs.p95,
  };
  console.log(
    `VAMP in WASM on a machine of this kind, not in this run: plan ${VAMP_WASM.plan}, both ${VAMP_WASM.both}, 95 % ${VAMP_WASM.bothP95} us; ` +
      `ratios ${ratios.planMedian.toFixed(1)}, ${ratios.bothMedian.toFixed(1)}, ${ratios.bothP95.toFixed(1)}`,
  );
  const batches = await measureBatches(data);
  const { sets, overall, refused } = report;
  return { otg, paths, mbm: { sets, overall, refused }, vampWasm: VAMP_WASM, ratios, batches };
}

function show(name: string, t: Microseconds): void {
  console.log(`${name}: mean ${t.mean.toFixed(1)}, p99 ${t.p99.toFixed(1)}, worst ${t.worst.toFixed(1)} us`);
}
