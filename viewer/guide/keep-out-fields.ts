import { inverse, MM_PER_M } from '../../engine/core/frames.ts';
import { surfaceNets } from '../../engine/core/surface-nets.ts';
import { openDevice } from '../../kernels/device.ts';
import { type FieldObstacle, structureField } from '../../planners/motion/collision/structure-field.ts';
import type { Surface } from '../engine/messages.ts';
import type { GuideScene } from './session.ts';

/** A keep-out of the patient as the robot sees it: a distance field in its base frame, with the margin to keep. */
export async function keepOutFields(scene: GuideScene): Promise<readonly FieldObstacle[]> {
  if (scene.keepOuts.length === 0) return [];
  const patient = {
    id: 'the patient',
    ct: { grid: scene.grid, data: new Float32Array(0), unit: 'HU' as const },
    structureSet: { grid: scene.grid, structures: scene.keepOuts },
    doseVoxels: new Uint32Array(0),
    warnings: [],
    source: { kind: 'page', path: '' },
  };
  const T_base_patient = inverse(scene.T_patient_base);
  // One thread: the planner of doses has the others.
  const device = await openDevice({ prefer: 'wasm', threads: 1 });
  try {
    const fields: FieldObstacle[] = [];
    for (const { name, marginMm } of scene.keepOuts) {
      fields.push(await structureField(device, patient, [name], { marginM: marginMm / MM_PER_M, T_base_patient }));
    }
    return fields;
  } finally {
    await device.close();
  }
}

/** Where the tip may come to: the surface at the margin from a keep-out [m, base frame]. */
export function marginSurface({ shape: { field }, pose, marginM = 0 }: FieldObstacle): Surface {
  const { size, spacingM, distance } = field;
  const inside = distance.map((d) => -d);
  const { positions, triangles } = surfaceNets(inside, [size[0], size[1], size[2]], -marginM);
  for (let n = 0; n < positions.length; n += 3) {
    const [x, y, z] = [0, 1, 2].map((a) => positions[n + a] * spacingM[a]);
    for (let r = 0; r < 3; r++) {
      positions[n + r] = pose[r] * x + pose[4 + r] * y + pose[8 + r] * z + pose[12 + r];
    }
  }
  return { positions, triangles };
}
