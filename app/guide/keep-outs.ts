import { inputError } from '../../engine/core/errors.ts';
import type { Obstacle } from '../../engine/core/scene.ts';
import { readPlanningScene } from '../../engine/formats/moveit/planning-scene.ts';
import { parseRegistration } from '../../engine/formats/registration.ts';
import { openDevice } from '../../kernels/device.ts';
import type { Fixture } from '../../planners/guidance/fixtures/fixture.ts';
import { structureField } from '../../planners/motion/collision/structure-field.ts';
import { readTextInput } from '../inputs/files.ts';
import { loadPatient } from '../inputs/patient.ts';
import type { Session } from '../session.ts';

export interface KeepOutSettings {
  readonly scene?: string;
  readonly patient?: string;
  readonly registration?: string;
  /** NAME:MM each. */
  readonly keepOut: readonly string[];
}

/**
 * Forbidden regions from a scene's objects and from a patient's structures.
 *
 * @param baseFrame name of the robot's root link
 */
export async function loadKeepOuts(
  settings: KeepOutSettings,
  baseFrame: string,
  session: Session,
): Promise<readonly Fixture[]> {
  const fixtures: Fixture[] = [];
  if (settings.scene !== undefined) {
    const { text } = await readTextInput(settings.scene, 'scene', 'give a MoveIt PlanningScene in YAML');
    fixtures.push(...readPlanningScene(text, settings.scene, { baseFrame }).obstacles.map(ofObstacle));
  }
  if (settings.keepOut.length > 0) fixtures.push(...(await ofStructures(settings, session)));
  return fixtures;
}

function ofObstacle({ name, shape, pose, marginM = 0 }: Obstacle): Fixture {
  const along = (half: number): [number, number, number] => [
    pose[12] + half * pose[8],
    pose[13] + half * pose[9],
    pose[14] + half * pose[10],
  ];
  switch (shape.kind) {
    case 'box':
      return { kind: 'forbidden-box', name, T_base_box: pose, sizeM: shape.sizeM, marginM };
    case 'sphere':
      return { kind: 'forbidden-sphere', name, centreM: along(0), radiusM: shape.radiusM, marginM };
    case 'cylinder':
    case 'capsule': {
      // A capsule is kept away from as the cylinder around it.
      const half = shape.lengthM / 2 + (shape.kind === 'capsule' ? shape.radiusM : 0);
      return {
        kind: 'forbidden-cylinder',
        name,
        fromM: along(-half),
        toM: along(half),
        radiusM: shape.radiusM,
        marginM,
      };
    }
    case 'field':
      return { kind: 'forbidden-field', name, field: shape.field, T_base_field: pose, marginM };
    case 'mesh':
      throw inputError(
        'guide/mesh',
        `the object ${name} is a mesh`,
        'give boxes, spheres or cylinders, or structures of a patient',
      );
  }
}

async function ofStructures(
  { patient: folder, registration, keepOut }: KeepOutSettings,
  session: Session,
): Promise<Fixture[]> {
  if (folder === undefined || registration === undefined) {
    const hint = 'give both, the patient and --registration FILE.json of isocenter register';
    throw inputError('guide/no-patient', '--keep-out names structures, but patient or registration are missing', hint);
  }
  const { patient } = await loadPatient(folder, session);
  const { text } = await readTextInput(registration, 'registration', 'give the file that isocenter register wrote');
  const T_base_patient = parseRegistration(text, registration);
  const device = await openDevice({ prefer: 'wasm' });
  try {
    const fixtures: Fixture[] = [];
    for (const entry of keepOut) {
      const [, name, text] = /^(.*):([0-9.]+)$/.exec(entry) ?? [];
      const margin = Number(text);
      if (name === undefined || !(margin >= 0 && margin <= 100)) {
        throw inputError('guide/keep-out', `--keep-out: ${JSON.stringify(entry)}`, 'give NAME:MM, as SpinalCord:5');
      }
      const { shape, pose } = await structureField(device, patient, [name], { marginM: margin / 1000, T_base_patient });
      fixtures.push({ kind: 'forbidden-field', name, field: shape.field, T_base_field: pose, marginM: margin / 1000 });
    }
    return fixtures;
  } finally {
    await device.close();
  }
}
