import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const side = 128;
/** The body is a cube of water from voxel 48 to 79 of each axis. */
const body = [48, 80] as const;

/** What stands in a voxel; undefined where there is no row of it. */
type Rows = (row: number, column: number, slice: number) => string | undefined;

export function csv(rows: Rows): string {
  const lines = [',data'];
  for (let r = body[0]; r < body[1]; r++) {
    for (let c = body[0]; c < body[1]; c++) {
      for (let s = body[0]; s < body[1]; s++) {
        const value = rows(r, c, s);
        if (value !== undefined) lines.push(`${(r * side + c) * side + s},${value}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

const ball =
  (row: number, radius: number): Rows =>
  (r, c, s) =>
    (r - row) ** 2 + (c - 63.5) ** 2 + (s - 63.5) ** 2 < radius ** 2 ? '' : undefined;

/** A small patient in OpenKBP's form: a water cube of 16 cm with a target and a spinal cord, dose on every other voxel. */
export function writeOpenKbpFolder(folder: string, changes: Readonly<Record<string, string | undefined>> = {}): string {
  mkdirSync(folder, { recursive: true });
  const files: Record<string, string | undefined> = {
    ct: csv(() => '1000'),
    voxel_dimensions: '5\n5\n5\n',
    possible_dose_mask: csv((r, c, s) => ((r + c + s) % 2 === 0 ? '' : undefined)),
    PTV70: csv(ball(60, 4.2)),
    SpinalCord: csv(ball(72, 2.2)),
    ...changes,
  };
  for (const [name, text] of Object.entries(files)) {
    if (text !== undefined) writeFileSync(join(folder, `${name}.csv`), text);
  }
  return folder;
}
