import { render } from 'preact';
import { equispacedAngles } from '../../planners/radiation/beams/beam.ts';
import { deviceWish } from '../engine/graphics.ts';
import { MOST_BEAMS } from '../plan/beams-table.tsx';
import { openSource } from '../state/opening.ts';
import { settle } from '../state/place.ts';
import { setup } from '../state/workspace.ts';
import { begin } from './begin.ts';
import { inspect } from './inspect.ts';
import { keepForOffline } from './offline.ts';
import { Workspace } from './workspace.tsx';

const root = document.querySelector('#workspace');
if (root !== null) render(<Workspace />, root);

void settle(deviceWish(location.search));

// `?open=phantom:NAME` opens a phantom at once; `voxel` is the side of its voxels [mm]. `beams` and `bixel` [mm] set what it is
// planned with.
const options = new URLSearchParams(location.search);
const number = (name: string, otherwise: number): number => Number(options.get(name) ?? otherwise);
if (options.has('beams') || options.has('bixel')) {
  const angles = equispacedAngles(Math.min(MOST_BEAMS, Math.max(1, Math.round(number('beams', 9)) || 9)));
  setup.value = { angles, bixelMm: Math.min(20, Math.max(2, number('bixel', 5) || 5)) };
}
const wanted = options.get('open');
if (wanted?.startsWith('phantom:')) {
  openSource({ kind: 'phantom', name: wanted.slice('phantom:'.length), voxelMm: number('voxel', 3) });
}

(globalThis as { isocenterViewer?: typeof inspect }).isocenterViewer = inspect;
keepForOffline();
void begin();
