import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { QOS_PROFILES } from '../../engine/ros2/rtps/qos.ts';
import type { Qos } from '../../engine/ros2/rtps/types.ts';
import { VENDORS, type Vendor } from '../../tests/engine/ros2/peers/build.ts';
import { endPeers, type Flow, type Times } from '../../tests/engine/ros2/peers/peer.ts';
import { cloud, joints } from '../../tests/engine/ros2/peers/samples.ts';
import { fromPeer, type Stream, toPeer } from '../../tests/engine/ros2/peers/streams.ts';
import { table } from './markdown.ts';
import { peersText, roundTripText } from './ros2-text.ts';

const DOMAIN = 135;
const STREAM_SECONDS = 10;
const CLOUDS = 2000;
const CLOUD_BYTES = 1_000_000;
/** A second of them: what a busy machine delays is not yet superseded. */
const CLOUD_DEPTH = 100;
const LOSSY_COUNT = 2000;
const MEMORY_SAMPLES = 1_000_000;
const MEMORY_STEPS = 10;
const DEPTH = 5;

const DELAYS = 'delay [ms], median / p99 / max';

type Row = readonly (string | number)[];
type Way = 'from' | 'to';
const WAYS: readonly Way[] = ['from', 'to'];
const NAMES: Readonly<Record<Vendor, string>> = { cyclonedds: 'CycloneDDS', fastdds: 'Fast DDS' };

interface Outcome {
  readonly received: number;
  readonly corrupt: number;
  readonly bytes: number;
  readonly flows: readonly Flow[];
  readonly times: Times | null;
}

/** Sections of docs/ros2.md, each with what makes it. */
export const ros2Sections: readonly (readonly [string, () => Promise<string>])[] = [
  ['ros2-peers', async () => peersText()],
  ['ros2-round-trips', async () => roundTripText()],
  ['ros2-streams', streamTable],
  ['ros2-clouds', cloudTable],
  ['ros2-loss', lossTable],
  ['ros2-memory', memoryTable],
];

async function run(way: Way, stream: Stream): Promise<Outcome> {
  try {
    if (way === 'from') return await fromPeer(stream);
    const { delayMs, ...summary } = await toPeer(stream);
    return { ...summary, times: delayMs };
  } finally {
    await endPeers();
  }
}

function quality(policies: Partial<Qos>): Qos {
  return { ...QOS_PROFILES.default, ...policies };
}

function cells(way: Way, vendor: Vendor): Row {
  return [NAMES[vendor], way === 'from' ? 'to us' : 'from us'];
}

function sum(flows: readonly Flow[], of: (flow: Flow) => number): number {
  return flows.reduce((all, flow) => all + of(flow), 0);
}

const missing = (flows: readonly Flow[]): number => sum(flows, (flow) => flow.missing);
const disordered = (flows: readonly Flow[]): number => sum(flows, (flow) => flow.reordered + flow.repeated);

function delays(times: Times | null): string {
  return times === null ? '-' : [times.median, times.p99, times.max].map((ms) => ms.toFixed(2)).join(' / ');
}

function show(rows: Row[], row: Row): void {
  rows.push(row);
  console.log(row.join(' | '));
}

async function streamTable(): Promise<string> {
  const rows: Row[] = [];
  for (const vendor of VENDORS) {
    for (const way of WAYS) {
      for (const reliability of ['reliable', 'best_effort'] as const) {
        for (const rateHz of [100, 1000]) {
          const count = rateHz * STREAM_SECONDS;
          const qos = quality({ reliability, depth: count });
          const { received, flows, times } = await run(way, {
            vendor,
            domain: DOMAIN,
            kind: joints,
            qos,
            count,
            rateHz,
          });
          const found = [`${received} of ${count}`, missing(flows), disordered(flows), delays(times)];
          show(rows, [...cells(way, vendor), reliability, rateHz, ...found]);
        }
      }
    }
  }
  return [
    '## Joint states',
    '',
    `JointState of 7 joints, ${STREAM_SECONDS} s each, depth above what is sent. Delay: from before a sample is written to after it is`,
    'read. Missing: numbers left out between the first and the last that came.',
    '',
    table(['peer', 'way', 'reliability', 'Hz', 'received', 'missing', 'out of order', DELAYS], rows),
  ].join('\n');
}

async function cloudTable(): Promise<string> {
  const rows: Row[] = [];
  for (const vendor of VENDORS) {
    for (const way of WAYS) {
      const stream = { vendor, domain: DOMAIN, kind: cloud, qos: quality({ depth: CLOUD_DEPTH }), bytes: CLOUD_BYTES };
      const { received, corrupt, flows, times } = await run(way, { ...stream, count: CLOUDS, rateHz: 100 });
      const found = [`${received} of ${CLOUDS}`, missing(flows), disordered(flows), corrupt, delays(times)];
      show(rows, [...cells(way, vendor), ...found]);
    }
  }
  return [
    '## Point clouds',
    '',
    `PointCloud2 of ${CLOUD_BYTES / 1e6} MB at 100 Hz for ${CLOUDS / 100} s, reliable, depth ${CLOUD_DEPTH}; every byte is compared.`,
    '',
    table(['peer', 'way', 'received', 'missing', 'out of order', 'corrupt', DELAYS], rows),
  ].join('\n');
}

async function lossTable(): Promise<string> {
  const rows: Row[] = [];
  for (const vendor of VENDORS) {
    for (const way of WAYS) {
      for (const loss of [0.05, 0.2]) {
        for (const writers of [1, 2]) {
          for (const history of ['keep_all', 'keep_last'] as const) {
            const qos = quality({ history, depth: history === 'keep_all' ? 1000 : DEPTH });
            const stream = { vendor, domain: DOMAIN, kind: joints, qos, count: LOSSY_COUNT, rateHz: 1000, writers };
            const { received, flows } = await run(way, { ...stream, loss, seed: rows.length + 1, patienceSec: 60 });
            const streak = Math.min(...flows.map((flow) => flow.streak));
            const found = [`${received} of ${writers * LOSSY_COUNT}`, missing(flows), disordered(flows), streak];
            const kept = history === 'keep_all' ? history : `${history} ${DEPTH}`;
            show(rows, [...cells(way, vendor), `${100 * loss} %`, writers, kept, ...found]);
          }
        }
      }
    }
  }
  return [
    '## Loss',
    '',
    `JointState at 1 kHz, ${LOSSY_COUNT} of each writer, while our participant loses datagrams both ways, those of discovery too.`,
    `keep_all may miss nothing; keep_last ${DEPTH} only what was superseded, so that the last ${DEPTH} always come (in a row at the end). Two`,
    `writers share the ${DEPTH} places that a reader of the peer has.`,
    '',
    table(
      ['peer', 'way', 'loss', 'writers', 'history', 'received', 'missing', 'out of order', 'in a row at the end'],
      rows,
    ),
  ].join('\n');
}

async function memoryTable(): Promise<string> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const rows: Row[] = [];
  for (const vendor of VENDORS) {
    for (const way of WAYS) {
      const mebibytes: number[] = [];
      const onProgress = (samples: number): void => {
        if (samples % (MEMORY_SAMPLES / MEMORY_STEPS) !== 0) return;
        collect();
        const { heapUsed, external } = process.memoryUsage();
        mebibytes.push((heapUsed + external) / 2 ** 20);
      };
      const qos = quality({ history: 'keep_all', depth: 1000 });
      const stream = { vendor, domain: DOMAIN, kind: joints, qos, count: MEMORY_SAMPLES, rateHz: 0, onProgress };
      const begin = performance.now();
      const { received, flows } = await run(way, { ...stream, patienceSec: 60 });
      const seconds = (performance.now() - begin) / 1000;
      const found = [received.toLocaleString('en'), missing(flows), disordered(flows), Math.round(received / seconds)];
      const shown = [mebibytes[0], mebibytes[mebibytes.length - 1], Math.max(...mebibytes)].map((mib) =>
        mib.toFixed(1),
      );
      show(rows, [...cells(way, vendor), ...found, ...shown]);
    }
  }
  return [
    '## Memory',
    '',
    `${MEMORY_SAMPLES.toLocaleString('en')} JointStates, reliable, keep_all, as fast as both go. MiB: heap and buffers of our process after a full`,
    'garbage collection at every tenth of them.',
    '',
    table(
      ['peer', 'way', 'received', 'missing', 'out of order', 'samples/s', 'MiB at 10 %', 'MiB at 100 %', 'most MiB'],
      rows,
    ),
  ].join('\n');
}
