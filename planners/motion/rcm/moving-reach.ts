import { courseAt, type TrocarCourse } from './moving-course.ts';

const LOOKS = 200;

/**
 * Where a trocar is farthest: from its place at time 0, from that, and from both [m].
 */
export function extremeOffsets(course: TrocarCourse): Float64Array[] {
  const offsets = Array.from({ length: LOOKS + 1 }, (_, k) => {
    const offset = new Float64Array(3);
    courseAt(course, (course.periodSec * k) / LOOKS, offset);
    return offset;
  });
  const chosen: Float64Array[] = [offsets[0]];
  while (chosen.length < 4) {
    let best = offsets[0];
    let far = 0;
    for (const offset of offsets) {
      const d = Math.min(...chosen.map((c) => Math.hypot(c[0] - offset[0], c[1] - offset[1], c[2] - offset[2])));
      if (d <= far) continue;
      far = d;
      best = offset;
    }
    if (far < 1e-6) break;
    chosen.push(best);
  }
  return chosen.slice(1);
}
