import { describe, expect, it } from 'vitest';
import { readJointLimits, withLimits } from '../../../engine/formats/joint-limits.ts';
import { readUrdf } from '../../../engine/formats/urdf/read.ts';
import { failsWith } from '../../support/errors.ts';
import { gripper } from '../../support/urdf.ts';

const read = (text: string) => readUrdf(text, { path: 'r.urdf' });

describe('joint limits', () => {
  const model = read(gripper);

  it('from a file stand in for those of the URDF', () => {
    expect(readJointLimits('joint_limits: {default: {jerk: 100}}', 'l.yaml').others).toEqual({ jerk: 100 });
    const limited = withLimits(
      model,
      readJointLimits('default: {jerk: 100}\nlift: {acceleration: 3, jerk: 30}', 'l.yaml'),
    );
    expect(limited.joints.map(({ limits }) => limits?.jerk)).toEqual([30, 100, 100]);
    expect(limited.joints[0].limits).toMatchObject({ acceleration: 3, velocity: 2 });
  });

  it('are refused where they make no sense', () => {
    failsWith(() => withLimits(model, readJointLimits('nope: {jerk: 1}', 'l.yaml')), 'limits/unknown-joint', 'nope');
    failsWith(() => readJointLimits('lift: {jerk: .nan}', 'l.yaml'), 'limits/not-a-number', 'NaN');
    failsWith(() => readJointLimits('lift: 3', 'l.yaml'), 'limits/not-a-mapping', 'lift');
    failsWith(() => withLimits(model, readJointLimits('default: {lower: 2}', 'l.yaml')), 'limits/invalid', 'not below');
    failsWith(() => withLimits(model, readJointLimits('lift: {jerk: 0}', 'l.yaml')), 'limits/invalid', 'jerk');
    failsWith(() => readJointLimits('lift: {snap: 1}', 'l.yaml'), 'limits/unknown-field', 'snap');
    failsWith(() => readJointLimits('lift: {jerk: fast}', 'l.yaml'), 'limits/not-a-number', 'fast');
    failsWith(() => readJointLimits('a: [', 'l.yaml'), 'limits/malformed', 'line');
  });
});
