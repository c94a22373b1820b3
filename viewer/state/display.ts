import { computed, signal } from '@preact/signals';
import type { Rgb } from '../../engine/core/color.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { SliceAxis } from '../engine/messages.ts';
import type { SliceFrame } from '../slices/slice-geometry.ts';

/** How things are shown, and what part of the page is in use. */

/** [mm, LPS] */
export const crosshair = signal<Vec3>([0, 0, 0]);
/** Who takes the next place that is clicked in space [mm, LPS], instead of the crosshair. */
export const placePicker = signal<((atMm: Vec3) => void) | undefined>(undefined);
/** Point of the patient under the pointer [mm, LPS], where it is over a slice. */
export const pointer = signal<Vec3 | undefined>(undefined);
export const windowing = signal({ centre: 40, width: 400 });
export const hidden = signal<ReadonlySet<string>>(new Set());
/** Structures are outlined, and filled where `fills`. */
export const structureStyle = signal({ fills: false, opacity: 0.3 });
/** Percentages are of the prescription: the least dose that is coloured, and that of the hottest colour. */
export const doseStyle = signal({
  opacity: 0.45,
  showsWash: true,
  showsLines: true,
  cutoffPercent: 10,
  mostPercent: 107,
});

/** Largest difference of two doses on the scale of its colours [% of the prescription]. */
export const differencePercent = signal(10);

export interface IsodoseLevel {
  /** In the unit of {@link isodose}. */
  readonly value: number;
  /** The user's own; else that of the dose colours. */
  readonly color?: Rgb;
  /** Whether it is shown as a surface in space. */
  readonly hasSurface?: boolean;
}

export const isodose = signal<{ readonly unit: '%' | 'Gy'; readonly levels: readonly IsodoseLevel[] }>({
  unit: '%',
  levels: [107, 95, 80, 50, 30].map((value) => ({ value, hasSurface: value === 95 })),
});

/** Four views at once, one of them, or two doses side by side with their difference and gamma. */
export type Layout = 'four' | 'axial' | 'sagittal' | 'coronal' | 'space' | 'compare';
export const layouts: readonly Layout[] = ['four', 'axial', 'sagittal', 'coronal', 'space', 'compare'];
export const layout = signal<Layout>('four');
/** Slices that are compared are square to this axis. */
export const comparedAxis = signal<SliceAxis>(2);
/** What lies over the image of the slices. */
export type Quantity = 'plan' | 'other' | 'difference' | 'gamma';
export const quantity = signal<Quantity>('plan');

/** What part of its slice a view shows, by axis; the whole of it where there is none. */
export const frames = signal<readonly (SliceFrame | undefined)[]>([undefined, undefined, undefined]);

/** Whether dragging on a slice draws the line of the profile rather than move the crosshair. */
export const drawsLine = signal(false);
/** In space, what lies in front of this plane is cut away: towards the patient's left, back or head, or the other way. */
export const clipping = signal<{
  readonly axis: SliceAxis | undefined;
  readonly isFlipped: boolean;
  /** [mm, LPS]; undefined: where the crosshair is. */
  readonly atMm: number | undefined;
}>({ axis: undefined, isFlipped: false, atMm: undefined });

/** The dose as a cloud in space; `density` 0 to 1. */
export const doseCloud = signal({ isShown: false, density: 0.5 });

/** The beam that the Beam tab shows, by its place in the plan. */
export const chosenBeam = signal(0);

/** Ends of the profile's line [mm, LPS]. */
export const line = signal<{ readonly from: Vec3; readonly to: Vec3 } | undefined>(undefined);

/** The panel beside the views: the id of its tab. */
export const panel = signal('plan');

export const windowPresets = [
  ['Soft tissue', 40, 400],
  ['Lung', -600, 1500],
  ['Bone', 500, 2000],
  ['Head', 40, 120],
  ['All', 0, 3000],
] as const;

/** Number of the preset that is in use, or -1. */
export const windowPreset = computed(() =>
  windowPresets.findIndex(([, centre, width]) => centre === windowing.value.centre && width === windowing.value.width),
);

export function usePreset(n: number): void {
  const [, centre, width] = windowPresets[n];
  windowing.value = { centre, width };
}
