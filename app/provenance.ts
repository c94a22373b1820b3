import type { InputRecord } from './inputs/files.ts';
import { version } from './version.ts';

/** Where a result comes from: enough to make it again. */
export interface Provenance {
  readonly program: 'isocenter';
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  /** ISO 8601. */
  readonly date: string;
  /** What the command was asked for, defaults included. */
  readonly settings: object;
  readonly device?: object;
  readonly inputs: readonly InputRecord[];
}

export function provenance(parts: Pick<Provenance, 'settings' | 'device' | 'inputs'>): Provenance {
  return {
    program: 'isocenter',
    version: version(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    date: new Date().toISOString(),
    ...parts,
  };
}
