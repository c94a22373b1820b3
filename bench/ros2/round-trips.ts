import { rosTime } from '../../engine/ros2/messages/time.ts';
import { createParticipant } from '../../engine/ros2/rtps/participant.ts';
import { QOS_PROFILES } from '../../engine/ros2/rtps/qos.ts';
import { peerProgram, VENDORS, type Vendor } from '../../tests/engine/ros2/peers/build.ts';
import { endPeers, peer, type Times } from '../../tests/engine/ros2/peers/peer.ts';
import { joints, nowMs, timesOf } from '../../tests/engine/ros2/peers/samples.ts';
import { qosWords } from '../../tests/engine/ros2/peers/streams.ts';
import { pause, until } from '../../tests/support/wait.ts';

const DOMAIN = 130;
/** Pairs take turns, so that a busy moment of the machine meets all of them. */
const ROUNDS = 3;
const SECONDS = 3;
const ANSWER_MS = 1000;

type Reliability = 'reliable' | 'best_effort';

/** How JointStates (7 joints) went from one program to another and back. */
export interface RoundTrips {
  readonly from: string;
  readonly to: string;
  readonly rateHz: number;
  readonly reliability: Reliability;
  readonly count: number;
  readonly missed: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Median over that of CycloneDDS with itself, both programs in C, in the same run. */
  readonly ratio: number;
}

interface Round {
  readonly missed: number;
  readonly times: Times;
}

interface Pair {
  readonly from: string;
  readonly to: string;
  run(reliability: Reliability, rateHz: number): Promise<Round>;
}

const NAMES: Readonly<Record<Vendor, string>> = { cyclonedds: 'CycloneDDS (C)', fastdds: 'Fast DDS (C++)' };
const OURS = 'isocenter (Node)';

/** C to C first: it is what the others are compared with. */
const PAIRS: readonly Pair[] = [
  { from: NAMES.cyclonedds, to: NAMES.cyclonedds, run: betweenCyclone },
  ...VENDORS.map((vendor): Pair => ({ from: OURS, to: NAMES[vendor], run: (...how) => fromUs(vendor, ...how) })),
  { from: NAMES.cyclonedds, to: OURS, run: toUs },
];

const CASES: readonly [Reliability, number][] = [
  ['reliable', 1000],
  ['best_effort', 1000],
  ['reliable', 100],
];

/** Measures all pairs of programs on loopback, and prints them. */
export async function measureRoundTrips(): Promise<{ readonly roundTrips: readonly RoundTrips[] }> {
  VENDORS.forEach(peerProgram);
  const roundTrips: RoundTrips[] = [];
  for (const [reliability, rateHz] of CASES) {
    console.log(`\nround trips of a JointState, ${reliability}, ${rateHz} Hz [ms]`);
    const rounds = PAIRS.map((): Round[] => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, pair] of PAIRS.entries()) rounds[i].push(await pair.run(reliability, rateHz));
    }
    const medians = rounds.map((each) => middle(each.map(({ times }) => times.median)));
    for (const [i, { from, to }] of PAIRS.entries()) {
      const row: RoundTrips = {
        from,
        to,
        rateHz,
        reliability,
        count: ROUNDS * SECONDS * rateHz,
        missed: rounds[i].reduce((sum, { missed }) => sum + missed, 0),
        medianMs: medians[i],
        p99Ms: middle(rounds[i].map(({ times }) => times.p99)),
        maxMs: Math.max(...rounds[i].map(({ times }) => times.max)),
        ratio: medians[i] / medians[0],
      };
      roundTrips.push(row);
      const shown = [row.medianMs, row.p99Ms, row.maxMs].map((ms) => ms.toFixed(3));
      console.log(
        `  ${from} -> ${to}: median ${shown[0]}  p99 ${shown[1]}  max ${shown[2]}  missed ${row.missed} of ${row.count}  ratio ${row.ratio.toFixed(2)}`,
      );
    }
  }
  return { roundTrips };
}

/** The median of the rounds' own figures. */
function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function quality(reliability: Reliability) {
  return { ...QOS_PROFILES.default, reliability };
}

async function betweenCyclone(reliability: Reliability, rateHz: number): Promise<Round> {
  await peer('cyclonedds', 'echo', DOMAIN, qosWords(quality(reliability)));
  return await pinging(reliability, rateHz);
}

async function pinging(reliability: Reliability, rateHz: number): Promise<Round> {
  const words = { ...qosWords(quality(reliability)), rate: rateHz, count: rateHz * SECONDS };
  const summary = await (await peer('cyclonedds', 'ping', DOMAIN, words)).next('summary', 120_000);
  await endPeers();
  return { missed: summary.missed as number, times: summary.roundTripMs as Times };
}

async function toUs(reliability: Reliability, rateHz: number): Promise<Round> {
  const ours = await createParticipant({ domain: DOMAIN, environment: {} });
  const { ddsName } = joints.type;
  const writer = ours.createWriter('rt/pong', ddsName, quality(reliability));
  // A sample is read and written anew, as the C program does it.
  ours.createReader('rt/ping', ddsName, quality(reliability), {
    onSample: ({ payload }) => void writer.write(joints.type.encode(joints.type.decode(payload))),
  });
  try {
    return await pinging(reliability, rateHz);
  } finally {
    await ours.close();
  }
}

/** A JointState, filled and encoded anew each time; as in C, what does not change stays. */
function messages(): (number: number) => Uint8Array {
  const message = joints.type.decode(joints.write(0, 0, 0));
  const position = message.position as Float64Array;
  return (number) => {
    position[0] = number;
    return joints.type.encode({ ...message, header: { stamp: rosTime(nowMs() / 1000), frame_id: 'base_link' } });
  };
}

async function fromUs(vendor: Vendor, reliability: Reliability, rateHz: number): Promise<Round> {
  await peer(vendor, 'echo', DOMAIN, { ...qosWords(quality(reliability)), seconds: 60 });
  const ours = await createParticipant({ domain: DOMAIN, environment: {} });
  const { ddsName } = joints.type;
  const count = rateHz * SECONDS;
  const message = messages();
  const times: number[] = [];
  let awaited = -1;
  let answered: () => void = () => {};
  const reader = ours.createReader('rt/pong', ddsName, quality(reliability), {
    onSample: ({ payload }) => {
      const { position } = joints.type.decode(payload) as { readonly position: Float64Array };
      if (position[0] === awaited) answered();
    },
  });
  const writer = ours.createWriter('rt/ping', ddsName, quality(reliability));
  await until(() => reader.matched.length === 1 && writer.matched.length === 1);
  await pause(300);
  // As the program in C does it: the next goes when it is time and the one before has been answered.
  const start = performance.now();
  for (let number = 0; number < count; number++) {
    const leftMs = start + (number * 1000) / rateHz - performance.now();
    if (leftMs > 0) await pause(leftMs);
    const sentMs = performance.now();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ANSWER_MS);
      answered = () => {
        times.push(performance.now() - sentMs);
        clearTimeout(timer);
        resolve();
      };
      awaited = number;
      writer.write(message(number));
    });
  }
  await ours.close();
  await endPeers();
  return { missed: count - times.length, times: timesOf(times)! };
}
