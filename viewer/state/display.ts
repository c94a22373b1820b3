import { signal } from '@preact/signals';
import type { Vec3 } from '../../engine/core/grid.ts';

/** How things are shown, and what part of the page is in use. */

/** [mm, LPS] */
export const crosshair = signal<Vec3>([0, 0, 0]);
export const windowing = signal({ centre: 40, width: 400 });
export const hidden = signal<ReadonlySet<string>>(new Set());
export const doseStyle = signal({ opacity: 0.45, showsWash: true, showsLines: true, cutoffPercent: 10 });
/** [percent of the prescription] */
export const isodoseLevels = signal<readonly number[]>([107, 95, 80, 50, 30]);
/** The panel beside the views: the id of its tab. */
export const panel = signal('plan');
