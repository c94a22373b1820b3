import type { Provenance } from '../engine/core/provenance.ts';
import { version } from './version.ts';

/** Of a result that this program makes now. */
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
