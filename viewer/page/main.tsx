import { render } from 'preact';
import { openSource } from '../state/opening.ts';
import { inspect } from './inspect.ts';
import { keepForOffline } from './offline.ts';
import { Workspace } from './workspace.tsx';

const root = document.querySelector('#workspace');
if (root !== null) render(<Workspace />, root);

// `?open=phantom:NAME` opens a phantom at once; `voxel` is the side of its voxels [mm].
const options = new URLSearchParams(location.search);
const wanted = options.get('open');
if (wanted?.startsWith('phantom:')) {
  openSource({ kind: 'phantom', name: wanted.slice('phantom:'.length), voxelMm: Number(options.get('voxel') ?? 3) });
}

(globalThis as { isocenterViewer?: typeof inspect }).isocenterViewer = inspect;
keepForOffline();
