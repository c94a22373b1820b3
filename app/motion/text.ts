import { fixed, table } from '../../engine/core/text-table.ts';
import type { MotionReport } from './report.ts';

/** What `isocenter motion plan` prints for people. */
export function motionText(report: MotionReport, out: string | undefined): string {
  const { path, trajectory, timesMs } = report;
  if (path === null || trajectory === null) return report.notes.map((note) => `note: ${note}\n`).join('');
  const percent = (ratio: number): string => `${fixed(100 * ratio, 1)} %`;
  const rows: [string, string][] = [
    [
      'path',
      `${path.waypoints.length} waypoints, ${fixed(path.lengthRad, 3)} rad (as found ${fixed(path.rawLengthRad, 3)})`,
    ],
    ['duration', `${fixed(trajectory.durationSec, 3)} s`],
    [
      'of the limits',
      `velocity ${percent(trajectory.maxVelocityRatio)}, acceleration ${percent(trajectory.maxAccelerationRatio)}, jerk ${percent(trajectory.maxJerkRatio)}`,
    ],
    ['clearance', trajectory.minClearanceMm === null ? '-' : `${fixed(trajectory.minClearanceMm, 1)} mm at least`],
    ...(trajectory.maxRcmErrorMm === null
      ? []
      : [['remote centre', `${trajectory.maxRcmErrorMm.toExponential(1)} mm off at most`] as [string, string]]),
    [
      'time',
      `${fixed(timesMs.total, 2)} ms: path ${fixed(timesMs.path, 2)}, shortening ${fixed(timesMs.simplify, 2)}, trajectory ${fixed(timesMs.trajectory, 2)}, timing ${fixed(timesMs.timing, 2)}`,
    ],
  ];
  const joints = table(
    [{ title: 'joint', align: 'left' }, { title: 'start' }, { title: 'goal' }],
    report.joints.map((name, i) => [name, fixed(path.waypoints[0][i], 4), fixed(path.waypoints.at(-1)?.[i], 4)]),
  );
  return [
    `Motion of ${report.robot}: solved, free along its whole length\n`,
    ...rows.map(([name, text]) => `  ${name.padEnd(13)}  ${text}\n`),
    '\n',
    joints,
    ...report.notes.map((note) => `note: ${note}\n`),
    out === undefined ? '' : `Written to ${out}\n`,
  ].join('');
}
