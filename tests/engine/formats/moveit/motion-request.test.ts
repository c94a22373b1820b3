import { describe, expect, it } from 'vitest';
import { type Transform, transformPoint } from '../../../../engine/core/frames.ts';
import type { GoalTolerance, MotionGoal } from '../../../../engine/core/motion-request.ts';
import { readMotionRequest } from '../../../../engine/formats/moveit/motion-request.ts';
import { failsWith } from '../../../support/errors.ts';

const rounded = (p: readonly number[]): number[] => p.map((x) => Number(x.toFixed(12)) + 0);

describe('a motion request', () => {
  const start = 'start_state: {joint_state: {name: [a, b], position: [0, 1]}}\n';
  const request = (goal: string): string => `${start}goal_constraints: [${goal}]`;

  it('has joint goals and pose goals', () => {
    const joints = readMotionRequest(request('{joint_constraints: [{joint_name: a, position: 2}]}'), 'r.yaml');
    expect(joints).toMatchObject({
      start: { a: 0, b: 1 },
      goal: { kind: 'joints', positions: { a: 2 } },
      velocityScale: 1,
    });
    const pose = readMotionRequest(
      request(`{position_constraints: [{link_name: tip, constraint_region: {primitive_poses: [{position: [1, 2, 3]}]}}],
        orientation_constraints: [{link_name: tip, orientation: {x: 0, y: 0, z: 1, w: 0}}]}`),
      'r.yaml',
    );
    expect(pose.goal).toMatchObject({ kind: 'pose', link: 'tip', orientation: true });
    const goal = pose.goal.kind === 'pose' ? pose.goal.pose : new Float64Array(16);
    expect(transformPoint(goal, [1, 0, 0]).map((x) => Number(x.toFixed(12)))).toEqual([0, 2, 3]);
  });

  it('has tolerances: the solids of the region, and angles about three axes', () => {
    const goal = (region: string, more = '', angles = ''): MotionGoal =>
      readMotionRequest(
        request(`{position_constraints: [{link_name: tip, ${more} constraint_region: {primitives: [${region}],
          primitive_poses: [{position: [1, 2, 3]}]}}],
          orientation_constraints: [{link_name: tip, orientation: [0, 0, ${Math.SQRT1_2}, ${Math.SQRT1_2}],
          absolute_x_axis_tolerance: 0.1, absolute_z_axis_tolerance: 0.3 ${angles}}]}`),
        'r.yaml',
      ).goal;
    const ball = goal('{type: 2, dimensions: [0.01]}');
    expect(ball).toMatchObject({
      tolerance: {
        regions: [{ shape: { kind: 'sphere', radiusM: 0.01 } }],
        rotation: { rad: [0.1, 0, 0.3], as: 'euler' },
      },
    });
    expect(ball).not.toHaveProperty('pointM');
    const [region] = (ball as { tolerance: GoalTolerance }).tolerance.regions;
    expect(rounded(transformPoint(region.pose, [0, 0, 0]))).toEqual([1, 2, 3]);
    expect(goal('{type: box, dimensions: [0.2, 0.1, 0.3]}', '', ', parameterization: 1')).toMatchObject({
      tolerance: { regions: [{ shape: { kind: 'box', sizeM: [0.2, 0.1, 0.3] } }], rotation: { as: 'vector' } },
    });
    // A point of the link at (1, 2, 3): the frame that shall be there stands at the point, turned as the link.
    const offset = goal('{type: 2, dimensions: [0.01]}', 'target_point_offset: {x: 0.5},');
    expect(offset).toMatchObject({ pointM: [0.5, 0, 0] });
    const { pose } = offset as { pose: Transform };
    expect(rounded(transformPoint(pose, [0, 0, 0]))).toEqual([1, 2, 3]);
    expect(rounded(transformPoint(pose, [0.5, 0, 0]))).toEqual([1, 2.5, 3]);
    // Without an orientation too.
    const place = readMotionRequest(
      request(`{position_constraints: [{link_name: tip, target_point_offset: {z: 0.1},
        constraint_region: {primitives: [{type: 2, dimensions: [0.02]}, {type: 2, dimensions: [0.03]}],
        primitive_poses: [{position: [1, 0, 0]}, {position: [2, 0, 0]}]}}]}`),
      'r.yaml',
    ).goal;
    expect(place).toMatchObject({ orientation: false, pointM: [0, 0, 0.1] });
    expect((place as { tolerance: GoalTolerance }).tolerance.regions).toHaveLength(2);
  });

  it('with a base that stands elsewhere has its goal in the base frame', () => {
    const text = `start_state: {multi_dof_joint_state: {joint_names: [virtual],
      transforms: [{translation: {x: 1}, rotation: {z: ${Math.SQRT1_2}, w: ${Math.SQRT1_2}}}]}}
goal_constraints: [{position_constraints: [{link_name: tip, constraint_region: {primitive_poses: [{position: [1, 2, 3]}]}}]}]`;
    const { goal } = readMotionRequest(text, 'r.yaml');
    expect(rounded(transformPoint((goal as { pose: Transform }).pose, [0, 0, 0]))).toEqual([2, 0, 3]);
  });

  it.each<[string, string, string, string]>([
    [
      'a joint that starts twice',
      'start_state: {joint_state: {name: [a, a], position: [0, 1]}}',
      'request/start',
      'joint a',
    ],
    [
      'a joint with two goals',
      request('{joint_constraints: [{joint_name: a, position: 2}, {joint_name: a, position: 3}]}'),
      'request/goal',
      'joint a',
    ],
    ['two goals', request('{}, {}'), 'request/goal', '2 goals'],
    [
      'path constraints',
      `${request('{joint_constraints: [{joint_name: a, position: 2}]}')}\npath_constraints: {orientation_constraints: [{}]}`,
      'request/path-constraints',
      'orientation_constraints',
    ],
    [
      'constraints of the trajectory',
      `${request('{}')}\ntrajectory_constraints: {constraints: [{joint_constraints: [{}]}]}`,
      'request/path-constraints',
      'joint_constraints',
    ],
    [
      'positions of two links',
      request('{position_constraints: [{link_name: a}, {link_name: b}]}'),
      'request/goal',
      '0, 2 and 0',
    ],
    [
      'an orientation alone',
      request('{orientation_constraints: [{link_name: a, orientation: {w: 1}}]}'),
      'request/goal',
      '0, 0 and 1',
    ],
    [
      'an unknown kind of angles',
      request(`{position_constraints: [{link_name: tip, constraint_region: {primitive_poses: [{}]}}],
        orientation_constraints: [{link_name: tip, orientation: {w: 1}, parameterization: 2}]}`),
      'request/goal',
      'no parameterization 2',
    ],
    [
      'a negative tolerance',
      request('{joint_constraints: [{joint_name: a, position: 2, tolerance_above: -1}]}'),
      'request/tolerance',
      '-1',
    ],
    [
      'a goal in an unknown frame',
      request(`{position_constraints: [{link_name: tip, header: {frame_id: camera},
        constraint_region: {primitive_poses: [{}]}}]}`),
      'request/frame',
      'camera',
    ],
    ['no goal', start, 'request/goal', '0 goals'],
    ['a goal of nothing', request('{}'), 'request/goal', 'either'],
    ['names without positions', 'start_state: {joint_state: {name: [a], position: []}}', 'request/start', '1 names'],
    [
      'a scale above 1',
      `${request('{joint_constraints: [{joint_name: a, position: 2}]}')}\nmax_velocity_scaling_factor: 2`,
      'request/scale',
      '2',
    ],
    [
      'a position that is no number',
      request('{joint_constraints: [{joint_name: a, position: x}]}'),
      'request/not-a-number',
      '"x"',
    ],
  ])('refuses %s', (_, text, code, part) => {
    failsWith(() => readMotionRequest(text, 'r.yaml'), code, part);
  });
});
