import { basename, dirname } from 'node:path';
import type { DevicePreference } from '../../engine/compute/open.ts';
import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord, Provenance } from '../../engine/core/provenance.ts';
import { fixed, table } from '../../engine/core/text-table.ts';
import { readTracks } from '../../engine/formats/tracks/csv.ts';
import { openDevice } from '../../kernels/device.ts';
import { isScorable, recordingCase, type ScoreCase } from '../../planners/guidance/scoring/case.ts';
import { runFilter, scoreEstimates, type TremorScore } from '../../planners/guidance/scoring/score.ts';
import { isBankKind, runBank } from '../../planners/guidance/tremor/bank.ts';
import {
  createTremorFilter,
  type TremorFilterName,
  type TremorKind,
  tremorFilterNames,
} from '../../planners/guidance/tremor/create.ts';
import { syntheticCase } from '../../sim/sources/synthetic-case.ts';
import { readInput, sha256 } from '../inputs/files.ts';
import { OutputFiles } from '../output/files.ts';
import { provenance } from '../provenance.ts';
import { checkpoint, type Session } from '../session.ts';
import { beforeAfterSvg } from './plot.ts';

export interface TremorScoreSettings {
  readonly file?: string | undefined;
  readonly synthetic?: number;
  readonly filter: string;
  readonly latencyMs: readonly number[];
  readonly columns?: string;
  readonly plot?: string;
  readonly device: DevicePreference;
}

export interface TremorScoreRow extends Omit<TremorScore, 'errorRms'> {
  readonly filter: TremorFilterName;
  readonly latencyMs: number;
  /** One step of all axes. */
  readonly perSampleUs: { readonly median: number; readonly p99: number };
}

/** The object of `isocenter tremor score --json`. */
export interface TremorScoreReport {
  readonly file: string;
  readonly rateHz: number;
  readonly kind: TremorKind;
  readonly rows: readonly TremorScoreRow[];
  readonly provenance: Provenance;
}

/**
 * Scores filters on one recording or one simulated hand.
 *
 * @throws IsocenterError for options that contradict each other and files that cannot be scored
 */
export async function runTremorScore(settings: TremorScoreSettings, { signal }: Session): Promise<TremorScoreReport> {
  const filters = filtersOf(settings.filter);
  const { scored, inputs } = await loadCase(settings);
  for (const filter of filters) refuseLatency(filter, scored, settings.latencyMs);
  const folder = settings.plot === undefined ? undefined : dirname(settings.plot);
  const name = settings.plot === undefined ? '' : basename(settings.plot);
  const output = folder === undefined ? undefined : OutputFiles.open(folder, [name], 'plot');
  try {
    const batch = settings.filter === 'all' ? await runBatch(scored, settings) : undefined;
    const rows: TremorScoreRow[] = [];
    for (const filter of filters) {
      for (const latencyMs of settings.latencyMs) {
        await checkpoint(signal);
        const latencySec = latencyMs / 1000;
        const ready = batch?.estimates.get(`${filter} ${latencyMs}`);
        // What the batch has estimated is stepped only as long as it takes to time it.
        const stepped = runFilter(ready === undefined ? scored : beginningOf(scored), filter, latencySec);
        const tremor = ready ?? stepped.tremor;
        const { errorRms: _, ...score } = scoreEstimates(scored, tremor, latencySec);
        rows.push({ filter, latencyMs, ...score, perSampleUs: stepTimes(stepped.stepUs) });
        if (rows.length === 1) output?.write(name, beforeAfterSvg(scored, tremor, latencySec, filter));
      }
    }
    output?.commit();
    return {
      file: scored.name,
      rateHz: scored.rateHz,
      kind: scored.kind,
      rows,
      provenance: provenance({ settings, inputs, ...(batch === undefined ? {} : { device: batch.device }) }),
    };
  } finally {
    output?.discard();
  }
}

interface Batch {
  readonly device: { readonly kind: string; readonly name: string; readonly threads: number };
  /** Tremor f64[samples] of each axis, by filter and latency. */
  readonly estimates: ReadonlyMap<string, readonly Float64Array[]>;
}

/** Every filter that the bank knows, at every latency, in one batch on the device. */
async function runBatch(c: ScoreCase, { latencyMs, device: prefer }: TremorScoreSettings): Promise<Batch> {
  const device = await openDevice({ prefer });
  try {
    const requests = tremorFilterNames
      .filter(isBankKind)
      .flatMap((name) => latencyMs.map((ms) => ({ name, latencyMs: ms, horizonSec: ms / 1000 })));
    const estimates = await runBank(device, c, requests);
    const { kind, name, threads } = device;
    return {
      device: { kind, name, threads },
      estimates: new Map(requests.map((request, n) => [`${request.name} ${request.latencyMs}`, estimates[n]])),
    };
  } finally {
    await device.close();
  }
}

const TIMED_SAMPLES = 3000;

function beginningOf(c: ScoreCase): ScoreCase {
  return { ...c, signal: c.signal.map((x) => x.subarray(0, TIMED_SAMPLES)) };
}

function refuseLatency(name: TremorFilterName, { rateHz, kind }: ScoreCase, latencyMs: readonly number[]): void {
  const most = 1000 * createTremorFilter({ name, rateHz, kind }).maxHorizonSec;
  const beyond = latencyMs.find((ms) => ms > most);
  if (beyond === undefined) return;
  throw inputError(
    'tremor/latency',
    `${name} predicts ${kind} tremor at most ${most} ms ahead, ${beyond} ms were asked for`,
    `give --latency-ms up to ${most}`,
  );
}

function filtersOf(name: string): readonly TremorFilterName[] {
  if (name === 'all') return tremorFilterNames;
  const found = tremorFilterNames.find((known) => known === name);
  if (found !== undefined) return [found];
  throw inputError(
    'command/bad-value',
    `--filter: there is no tremor filter ${JSON.stringify(name)}`,
    `give all, or one of ${tremorFilterNames.join(', ')}`,
  );
}

async function loadCase({
  file,
  synthetic,
  columns,
}: TremorScoreSettings): Promise<{ scored: ScoreCase; inputs: readonly InputRecord[] }> {
  if ((file === undefined) === (synthetic === undefined)) {
    throw inputError(
      'command/bad-value',
      file === undefined ? 'nothing to score: no file and no --synthetic' : `both ${file} and --synthetic were given`,
      'give a CSV file, or --synthetic SEED',
    );
  }
  if (synthetic !== undefined) {
    const name = `synthetic:${synthetic}`;
    return { scored: syntheticCase(synthetic), inputs: [{ role: 'hand', name, sha256: null }] };
  }
  const path = file as string;
  const bytes = await readInput(path, 'recording', 'give a CSV file with a row of names, such as t_s,x,y,z');
  const tracks = readTracks(
    bytes,
    path,
    columns?.split(',').map((word) => word.trim()),
  );
  if (!isScorable(tracks)) {
    throw inputError(
      'tremor/short',
      `${path}: ${tracks.timesSec.length} samples in ${(tracks.timesSec[tracks.timesSec.length - 1] - tracks.timesSec[0]).toFixed(1)} s; at least 10 s at 40 Hz are needed`,
      'give a longer recording, with the time in seconds',
    );
  }
  return { scored: recordingCase(tracks), inputs: [{ role: 'recording', name: path, sha256: sha256(bytes) }] };
}

function stepTimes(stepUs: Float64Array): { median: number; p99: number } {
  const sorted = stepUs.toSorted();
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return { median: at(0.5), p99: at(0.99) };
}

/** What the command prints for people. */
export function scoreText({ file, rateHz, kind, rows }: TremorScoreReport): string {
  const columns = [
    { title: 'filter', align: 'left' as const },
    { title: 'latency [ms]' },
    { title: 'tremor [%]' },
    { title: 'in band [%]' },
    { title: 'voluntary error [%]' },
    { title: 'lag [ms]' },
    { title: 'change [%]' },
    { title: 'step [us]' },
  ];
  return [
    `${file}: ${kind} tremor, ${rateHz} Hz\n`,
    'Reductions of root mean squares; lag and change of the voluntary motion below 2 Hz; time of a step, median / 99 %.\n\n',
    table(
      columns,
      rows.map((row) => [
        row.filter,
        fixed(row.latencyMs, row.latencyMs % 1 === 0 ? 0 : 1),
        fixed(row.tremorReductionPct, 1),
        fixed(row.inBandReductionPct, 1),
        fixed(row.voluntaryErrorReductionPct, 1),
        fixed(row.voluntaryLagMs, 1),
        fixed(row.voluntaryChangePct, 1),
        `${fixed(row.perSampleUs.median, 1)} / ${fixed(row.perSampleUs.p99, 1)}`,
      ]),
    ),
  ].join('');
}
