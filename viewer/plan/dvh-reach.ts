import type { Curves } from '../state/curves.ts';

/** A place on the curve of a structure. */
export interface DvhPlace {
  /** Number of the structure. */
  readonly structure: number;
  readonly isOther: boolean;
  readonly doseGy: number;
  readonly volumePercent: number;
}

/** From doses and volumes to places of the chart [px], and the pointer's place there. */
export interface DvhEye {
  readonly x: (doseGy: number) => number;
  readonly y: (volumePercent: number) => number;
  readonly at: { readonly x: number; readonly y: number };
}

/** The curve's value at a dose [percent], between bins in a straight line; 0 beyond its end. */
export function volumeAt(curve: ArrayLike<number>, binWidthGy: number, doseGy: number): number {
  const at = doseGy / binWidthGy;
  const bin = Math.floor(at);
  const low = curve[bin] ?? 0;
  return low + (at - bin) * ((curve[bin + 1] ?? 0) - low);
}

/**
 * The nearest place on a curve that is shown, no farther from the pointer than `reachPx`.
 *
 * @param isShown by number of the structure
 */
export function nearestPlace(
  { binWidthGy, plan, other }: Curves,
  isShown: (structure: number) => boolean,
  { x, y, at }: DvhEye,
  reachPx: number,
): DvhPlace | undefined {
  let best: DvhPlace | undefined;
  let reach = reachPx;
  const search = (curve: ArrayLike<number>, structure: number, isOther: boolean): void => {
    if (!isShown(structure)) return;
    for (let bin = 0; bin < curve.length; bin++) {
      const [x0, y0] = [x(bin * binWidthGy), y(curve[bin])];
      const [dx, dy] = [x((bin + 1) * binWidthGy) - x0, y(curve[bin + 1] ?? 0) - y0];
      const along = ((at.x - x0) * dx + (at.y - y0) * dy) / Math.max(1e-12, dx * dx + dy * dy);
      const t = Math.min(1, Math.max(0, along));
      const away = Math.hypot(x0 + t * dx - at.x, y0 + t * dy - at.y);
      if (away >= reach) continue;
      reach = away;
      const doseGy = (bin + t) * binWidthGy;
      best = { structure, isOther, doseGy, volumePercent: volumeAt(curve, binWidthGy, doseGy) };
    }
  };
  // The plan's own first: where curves lie on each other it is the one that is held.
  for (const [n, curve] of plan.entries()) search(curve, n, false);
  for (const [n, curve] of (other ?? []).entries()) search(curve, n, true);
  return best;
}
