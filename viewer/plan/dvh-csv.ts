import { csvTable } from '../files/csv.ts';
import type { Curves } from '../state/curves.ts';

/**
 * All curves as a table: the lower edge of each bin, then a column for each structure of the plan and of the dose that is
 * compared with it.
 */
export function dvhCsv(
  { kind, binWidthGy, plan, other }: Curves,
  structures: readonly string[],
  otherName: string | undefined,
): string {
  const volume =
    kind === 'cumulative'
      ? 'volume at this dose or more [%]'
      : `volume in a bin of ${Number(binWidthGy.toFixed(5))} Gy [%]`;
  const columns = [...plan, ...(other ?? [])];
  const titles = [
    ...structures.map((name) => `${name}, ${volume}`),
    ...(other === undefined ? [] : structures.map((name) => `${name} of ${otherName}, ${volume}`)),
  ];
  const bins = columns.reduce((most, { length }) => Math.max(most, length), 0);
  const doses = Array.from({ length: bins }, (_, bin) => bin * binWidthGy);
  // A structure without voxels has no curve; one that ends is 0 from there on.
  const filled = columns.map((curve) => (curve.length === 0 ? [] : doses.map((_, bin) => curve[bin] ?? 0)));
  return csvTable(['Dose [Gy]', ...titles], [doses, ...filled]);
}
