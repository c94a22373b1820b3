import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import { createTrocarCourse, type TrocarCourse } from '../../../../planners/motion/rcm/moving-course.ts';

/** Of the chest wall: a long stay at the end of the breath, then up by `amplitudeM` and down again. */
export function breathAt(timeSec: number, amplitudeM: Vec3, periodSec = 4): Vec3 {
  const share = Math.sin((Math.PI * timeSec) / periodSec) ** 4;
  return [share * amplitudeM[0], share * amplitudeM[1], share * amplitudeM[2]];
}

/** That breath sampled at 20 Hz, periodic; from `phaseSec` on. */
export function breathing(amplitudeM: Vec3, phaseSec = 0, periodSec = 4): TrocarCourse {
  const samples = Math.round(20 * periodSec);
  const timeSec = Array.from({ length: samples + 1 }, (_, k) => (periodSec * k) / samples);
  const positionsM = timeSec.flatMap((t) => [...breathAt(t + phaseSec, amplitudeM, periodSec)]);
  return createTrocarCourse({ timeSec, positionsM, periodic: true });
}

/**
 * Recorded courses of chest markers, as published but for what they lack: rows with broken times and the row of zeros at the end
 * are left out. From the middle on, `lengthSec` each.
 */
export function recordedBreathing(data: string, lengthSec: number): { name: string; course: TrocarCourse }[] {
  const folder = join(data, 'respiration');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .map((name) => {
      const rows = readFileSync(join(folder, name), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(';').map((field) => Number(field.replace(',', '.'))))
        .filter((row) => row.length === 5 && row.every(Number.isFinite) && Math.hypot(row[2], row[3], row[4]) > 0);
      const middle = rows.length >> 1;
      const kept: number[][] = [];
      for (const row of rows.slice(middle)) {
        const before = kept.at(-1);
        if (before !== undefined && (row[1] <= before[1] || row[1] > before[1] + 1000)) continue;
        kept.push(row);
        if (row[1] - kept[0][1] > 1000 * lengthSec) break;
      }
      const course = createTrocarCourse({
        timeSec: kept.map((row) => row[1] / 1000),
        positionsM: kept.flatMap((row) => [row[2] / 1000, row[3] / 1000, row[4] / 1000]),
      });
      return { name, course };
    });
}
