import { computed } from '@preact/signals';
import type { Beam } from '../../planners/radiation/beams/beam.ts';
import { prepared, weights } from './workspace.ts';

/** [MU per fraction] of a beam's bixels after the last run; undefined before it. */
export function fluenceOf(beam: Beam): Float32Array | undefined {
  const beams = prepared.value?.beams ?? [];
  const place = beams.indexOf(beam);
  if (place < 0) return undefined;
  const first = beams.slice(0, place).reduce((sum, { bixels }) => sum + bixels.cells.length, 0);
  return weights.value?.subarray(first, first + beam.bixels.cells.length);
}

/** Of all bixels of all beams, so that one scale serves them [MU per fraction]. */
export const mostMu = computed(() => weights.value?.reduce((most, mu) => Math.max(most, mu), 0) ?? 0);
