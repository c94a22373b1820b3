import { IsocenterError } from '../../../engine/core/errors.ts';
import { metresFromMm, type Transform, transformPoint } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { ArmCheck, ArmVerdict } from './request.ts';

/** An entry in the patient frame, as far as an arm is concerned. */
interface Way {
  readonly entryMm: Vec3;
  /** Unit vector into the patient. */
  readonly direction: Vec3;
  readonly pathMm: number;
}

/** @throws IsocenterError `entry/arm-verdict` where the check answers with a dexterity that is none */
export async function askArm(arm: { T_base_patient: Transform; check: ArmCheck }, way: Way): Promise<ArmVerdict> {
  const t = arm.T_base_patient;
  const [x, y, z] = way.direction;
  const direction: Vec3 = [
    t[0] * x + t[4] * y + t[8] * z,
    t[1] * x + t[5] * y + t[9] * z,
    t[2] * x + t[6] * y + t[10] * z,
  ];
  const entryM = transformPoint(t, metresFromMm(way.entryMm));
  const verdict = await arm.check(entryM, direction, way.pathMm / 1000);
  if (!verdict.ok || (verdict.dexterity >= 0 && verdict.dexterity <= 1)) return verdict;
  throw new IsocenterError({
    code: 'entry/arm-verdict',
    message: `the check of the arm answered with a dexterity of ${verdict.dexterity}, outside 0 to 1`,
    hint: 'return a dexterity from 0 to 1 with every entry that the arm can serve',
    origin: 'internal',
  });
}
