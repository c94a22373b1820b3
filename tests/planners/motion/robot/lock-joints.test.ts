import { describe, expect, it } from 'vitest';
import { activeNames } from '../../../../engine/core/robot.ts';
import { readUrdf } from '../../../../engine/formats/urdf/read.ts';
import { lockJoints } from '../../../../planners/motion/robot/lock-joints.ts';
import { createWorkspace, pointOf, setConfiguration } from '../../../../planners/motion/robot/workspace.ts';
import { failsWith } from '../../../support/errors.ts';
import { gripper } from '../../../support/urdf.ts';

const read = (text: string) => readUrdf(text, { path: 'r.urdf' });

describe('joints that are locked', () => {
  const model = read(gripper);

  it('stand still where they were told to', () => {
    const locked = lockJoints(model, { left: 0.25 });
    expect(activeNames(locked)).toEqual(['lift']);
    const p = new Float64Array(3);
    const q = new Float64Array(3);
    const [a, b] = [createWorkspace(model), createWorkspace(locked)];
    setConfiguration(a, [0.4, 0.25]);
    setConfiguration(b, [0.4]);
    for (const link of [2, 3]) {
      pointOf(a, link, [0.1, 0.2, 0.3], p);
      pointOf(b, link, [0.1, 0.2, 0.3], q);
      for (let i = 0; i < 3; i++) expect(q[i]).toBeCloseTo(p[i], 14);
    }
    failsWith(() => lockJoints(model, { right: 0 }), 'motion/unknown-joint', 'right');
    failsWith(() => lockJoints(model, { left: 1.5 }), 'motion/lock-position', '1.5 m');
    failsWith(() => lockJoints(model, { lift: Number.NaN }), 'motion/lock-position', 'NaN rad');
  });
});
