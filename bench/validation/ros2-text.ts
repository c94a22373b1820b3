import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RoundTrips } from '../ros2/round-trips.ts';
import { table } from './markdown.ts';

const RESULTS = join(import.meta.dirname, '..', '..', '..', 'bench', 'results', 'ros2.json');

/** What works with which peer, as the tests show it, and what does not. */
export function peersText(): string {
  const all = 'yes, both ways';
  return [
    '## With whom',
    '',
    'Peers are programs in C (CycloneDDS 0.10.2) and C++ (Fast DDS 2.9.1) from Debian 12, with the names, types, QoS and headers',
    "of ROS 2's rmw_cyclonedds_cpp and rmw_fastrtps_cpp; `npm test` compiles them and runs all of this",
    '(tests/engine/ros2/peers). No node of ROS 2 itself has been run against it.',
    '',
    table(
      ['what', 'CycloneDDS', 'Fast DDS', 'test'],
      [
        ['JointState at 100 Hz and 1 kHz, reliable and best effort', all, all, 'topics'],
        ['PointCloud2 of 1 MB at 100 Hz', all, all, 'topics'],
        ['latched topics of 60 kB and 2 MB for who comes late', all, all, 'late'],
        ['two domains side by side', 'yes', 'yes', 'late'],
        ['restart, farewell, `kill -9` (gone after its lease)', 'yes', 'yes', 'late'],
        ['5 and 20 % of our datagrams lost, one and two writers', all, all, 'loss'],
        ['services, as client and as server, clients of both at once', all, all, 'services'],
        ['FollowJointTrajectory with feedback, cancel, abort, refusal', all, all, 'actions'],
        ['messages: every type of four distributions, byte for byte', 'yes', 'not tested', 'messages/cyclone'],
      ],
    ),
    '',
    'Interfaces and variables of the environment: [guide-ros2.md](guide-ros2.md). Limits:',
    '',
    '- Soft real time: medians are fractions of a millisecond, but garbage collection, the kernel and neighbours make single',
    '  samples late by tens of milliseconds. Loops that must not wait belong into the controller.',
    '- IPv4 over UDP only: no shared memory, no TCP, no discovery server. No DDS security (SROS2).',
    '- Topics without keys and in the default partition, as ROS 2 has them; no content filters; deadlines are matched, not watched.',
    '- A writer keeps at most 256 MiB for readers that lag behind; samples are 64 MiB at most.',
    '- Measured on one machine over loopback. Other vendors than these two are known by their id only.',
  ].join('\n');
}

/** The figures of `npm run bench -- ros2`. */
export function roundTripText(): string {
  if (!existsSync(RESULTS)) return '## Round trips\n\nNot measured yet: `npm run bench -- ros2`.';
  const { machine, date, roundTrips } = JSON.parse(readFileSync(RESULTS, 'utf8')) as {
    readonly machine: string;
    readonly date: string;
    readonly roundTrips: readonly RoundTrips[];
  };
  const rows = roundTrips.map((one) => [
    one.from,
    one.to,
    one.reliability,
    one.rateHz,
    [one.medianMs, one.p99Ms, one.maxMs].map((ms) => ms.toFixed(3)).join(' / '),
    `${one.missed} of ${one.count}`,
    one.ratio.toFixed(2),
  ]);
  return [
    '## Round trips',
    '',
    'A JointState of 7 joints goes from one program to another, which reads it and sends it back; the next goes when it has come',
    'and its time is there. Pairs take turns; a figure is the median over the rounds (max: of all). Ratio: of the median to that of two',
    'programs in C with CycloneDDS in the same run. By `npm run bench -- ros2`',
    `on ${date.slice(0, 10)} (${machine}).`,
    '',
    table(['from', 'to', 'reliability', 'Hz', 'round trip [ms], median / p99 / max', 'missed', 'ratio'], rows),
  ].join('\n');
}
