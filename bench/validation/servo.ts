import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededRandom } from '../../engine/core/random.ts';
import { createGuidance, type Guidance } from '../../planners/guidance/servo/guidance.ts';
import { GUIDE_HOLDING } from '../../planners/guidance/servo/guidance-codes.ts';
import { createHandSample, type HandSample } from '../../planners/guidance/servo/hand.ts';
import { PoseSteadier } from '../../planners/guidance/tremor/pose.ts';
import {
  GUIDED,
  type Guided,
  guidedArm,
  noneYet,
  randomFixtures,
  randomRun,
  type Worst,
} from '../../tests/planners/guidance/support/random-guidance.ts';
import { table } from './markdown.ts';

const CYCLES = 5000;
const ALL_CYCLES = 1_000_000;
const TIMED_CYCLES = 1_000_000;
const WARM_UP = 20_000;

/** A million random servo cycles with faults, as many with sound hands, and what a cycle costs. */
export async function servoTables(): Promise<string> {
  const each = ALL_CYCLES / GUIDED.length;
  const head = [
    'robot',
    'cycles',
    'led',
    'velocity',
    'acceleration',
    'jerk',
    'beyond a joint limit',
    'into a margin [mm]',
  ];
  const more = ['trocar [mm]', 'not finite', 'slowed [%]', 'stopping [%]', 'no solution'];
  return [
    '## Servo: random hands among random fixtures',
    '',
    `${ALL_CYCLES} cycles of 1 ms in runs of ${CYCLES}, with five fixtures of random kinds around the tip (planes, spheres, cylinders, distance fields;`,
    'axes, paths and planes to stay near). Panda and LBR Med: a 300 mm shaft through a trocar; UR5e free; PSM by its mechanism. First with',
    'faults: reaches up to 100 mm/s, sensor noise, teleports, values that are not finite or huge, stale samples, clocks that jump, the',
    'clutch, the operator gone, pauses, latched stops. Measured on the set-points by differences, as shares of the limits; how far into',
    'a margin (limit 0.05 mm) and how far off the trocar (limit 0.1 mm) a set-point ever was. "Led": cycles that followed a hand.',
    '',
    table(
      [...head, ...more],
      GUIDED.map((name) => sweep(name, each, true, 0)),
    ),
    '',
    'The same with sound hands, whose targets need not be reachable:',
    '',
    table(
      [...head, ...more],
      GUIDED.map((name) => sweep(name, each, false, 10_000)),
    ),
    '',
    '### What a cycle costs',
    '',
    'One core, shared with other processes; each cycle: hand, tremor filter where named, five fixtures, trocar, limits, motion to rest.',
    'Limits: median 150 us, 99.9 % 1 ms, no heap growth (heap in use after collecting, before and after all cycles of the second run).',
    'Every run is made twice from the same start: "of two" is the lesser time of the same cycle, which leaves out what the machine did',
    'besides.',
    '',
    table(
      [
        'robot',
        'filter',
        'cycles',
        'median [us]',
        '99 % [us]',
        '99.9 % [us]',
        'of two, 99.9 % [us]',
        'of two, largest [us]',
        'heap growth [bytes]',
      ],
      [
        timed('panda', false, TIMED_CYCLES),
        timed('kuka', false, TIMED_CYCLES / 4),
        timed('panda', true, TIMED_CYCLES / 4),
      ],
    ),
  ].join('\n');
}

function sweep(name: Guided, cycles: number, faults: boolean, first: number): (string | number)[] {
  const worst = noneYet();
  let [done, led, slowed, stopping, unsolved] = [0, 0, 0, 0, 0];
  for (let seed = first; done < cycles; seed++) {
    const run = randomRun(name, seed, CYCLES, faults);
    if (run === undefined) continue;
    merge(worst, run.worst);
    const { counts } = run.guidance.servo;
    done += counts.cycles;
    slowed += counts.slowed;
    stopping += counts.stopping;
    unsolved += counts.infeasible;
    for (const [code, times] of run.codes) if (code >= 0 && code <= GUIDE_HOLDING) led += times;
  }
  const percent = (count: number): string => ((100 * count) / done).toFixed(3);
  const row = [
    name,
    done,
    `${Math.round((100 * led) / done)} %`,
    worst.velocity.toFixed(6),
    worst.acceleration.toFixed(6),
    worst.jerk.toFixed(6),
    Math.max(0, worst.beyond),
    Math.max(0, -1000 * worst.fixtureM).toFixed(4),
    (1000 * worst.trocarM).toFixed(4),
    worst.notFinite,
    percent(slowed),
    percent(stopping),
    unsolved,
  ];
  console.log(row.join(' | '));
  return row;
}

function merge(into: Worst, from: Worst): void {
  for (const key of ['velocity', 'acceleration', 'jerk', 'beyond', 'trocarM'] as const) {
    into[key] = Math.max(into[key], from[key]);
  }
  into.fixtureM = Math.min(into.fixtureM, from.fixtureM);
  into.notFinite += from.notFinite;
}

/**
 * The same cycles twice, from the same start: what both took is the programme's, what only one took the machine's (other
 * processes, the collector).
 */
function timed(name: Guided, filtered: boolean, count: number): (string | number)[] {
  const collect = collector();
  const all = new Float64Array(count);
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let growth = 0;
  for (let pass = 0; pass < 2; pass++) {
    const { guidance, move, sample } = leading(name, filtered);
    let cycle = 0;
    while (cycle < WARM_UP) guidance.step(sample, move(cycle++));
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let k = 0; k < count; k++) {
      const now = move(cycle++);
      const begin = performance.now();
      guidance.step(sample, now);
      all[k] = performance.now() - begin;
      if (all[k] < least[k]) least[k] = all[k];
    }
    collect();
    growth = process.memoryUsage().heapUsed - before;
  }
  all.sort();
  least.sort();
  const at = (times: Float64Array, share: number): string =>
    (1000 * times[Math.min(count - 1, Math.floor(share * count))]).toFixed(0);
  const row = [
    name,
    filtered ? 'steady-hand, 6 axes' : 'none',
    count,
    at(all, 0.5),
    at(all, 0.99),
    at(all, 0.999),
    at(least, 0.999),
    at(least, 1),
    growth,
  ];
  console.log(row.join(' | '));
  return row;
}

/** A hand that goes round and round through fixtures, for ever, without allocation. */
function leading(
  name: Guided,
  filtered: boolean,
): { guidance: Guidance; sample: HandSample; move: (cycle: number) => number } {
  for (let seed = 0; ; seed++) {
    const arm = guidedArm(name, seed);
    const fixtures = randomFixtures(arm, seededRandom(7000 + seed));
    const filter = filtered ? { filter: new PoseSteadier({ rateHz: 1000 }) } : {};
    const guidance = createGuidance({
      ...arm,
      fixtures,
      scale: 1,
      turns: true,
      ...filter,
      alignDeg: { first: 180, clutched: 180 },
    });
    if (guidance.start(arm.start) !== undefined) continue;
    guidance.command('enable');
    const sample = createHandSample();
    sample.clutch = true;
    sample.operatorPresent = true;
    const move = (cycle: number): number => {
      const t = cycle * 1e-3;
      sample.timeSec = t;
      sample.positionM[0] = 0.04 * Math.sin(1.1 * t);
      sample.positionM[1] = 0.04 * Math.sin(0.7 * t);
      sample.positionM[2] = 0.04 * Math.sin(0.53 * t);
      sample.orientation[0] = Math.sin(0.1 * Math.sin(t));
      sample.orientation[3] = Math.cos(0.1 * Math.sin(t));
      return t;
    };
    return { guidance, sample, move };
  }
}

function collector(): () => void {
  setFlagsFromString('--expose_gc');
  const gc = runInNewContext('gc') as () => void;
  return () => {
    gc();
    gc();
  };
}
