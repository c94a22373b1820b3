import type { MotionRequest } from '../../core/motion-request.ts';
import { readYaml, type YamlValue } from '../yaml.ts';
import { type MoveItOptions, readFrames, refuseAttached } from './frames.ts';
import { readGoal } from './goal.ts';

/**
 * Reads a MoveIt MotionPlanRequest (moveit_msgs, in YAML or JSON): the start by joint names, and one goal: joint constraints,
 * or the position (centre of a region) and orientation of a link in the robot's base frame.
 *
 * @throws IsocenterError `request/...` for malformed files, goals and frames that are not supported, several goals, path
 * constraints and attached objects
 */
export function readMotionRequest(text: string | Uint8Array, path: string, options: MoveItOptions = {}): MotionRequest {
  const root = readYaml(text, path, 'request');
  root.entries();
  const state = root.get('start_state');
  refuseAttached(state);
  refuseConstraints(root.get('path_constraints'));
  for (const step of root.get('trajectory_constraints').get('constraints').list()) refuseConstraints(step);
  const start = readStart(state.get('joint_state'));
  const goals = root.get('goal_constraints').list();
  if (goals.length !== 1) {
    throw root.fault('goal', `${goals.length} goals; one is planned for`, 'give goal_constraints one element');
  }
  const scale = (key: string): number => {
    const value = root.get(key).number(1);
    // MoveIt takes 0, the default of the message, as 1.
    if (value === 0) return 1;
    if (value > 0 && value <= 1) return value;
    throw root.get(key).fault('scale', `${value} is outside 0 to 1`, 'give a share of the limits, as 0.5');
  };
  return {
    group: root.get('group_name').missing ? '' : root.get('group_name').text(),
    start,
    goal: readGoal(goals[0], readFrames(root, state, options)),
    velocityScale: scale('max_velocity_scaling_factor'),
    accelerationScale: scale('max_acceleration_scaling_factor'),
  };
}

function readStart(state: YamlValue): Record<string, number> {
  const names = state.get('name').list();
  const positions = state.get('position').list();
  if (names.length !== positions.length) {
    throw state.fault('start', `${names.length} names and ${positions.length} positions`, 'give each joint a position');
  }
  const start = new Map<string, number>();
  names.forEach((name, i) => {
    const joint = name.name();
    if (start.has(joint)) throw name.fault('start', `joint ${joint} is there twice`, 'give each joint one position');
    start.set(joint, positions[i].number());
  });
  return Object.fromEntries(start);
}

const CONSTRAINTS = ['joint', 'position', 'orientation', 'visibility'].map((kind) => `${kind}_constraints`);

/** A motion that kept no path constraint would look like an answer to the request. */
function refuseConstraints(constraints: YamlValue): void {
  for (const kind of CONSTRAINTS) {
    if (constraints.get(kind).list().length === 0) continue;
    throw constraints.fault(
      'path-constraints',
      `${kind} along the path are not supported`,
      'take them out; a remote centre of motion is given beside the request',
    );
  }
}
