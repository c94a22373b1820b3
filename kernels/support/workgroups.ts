const AXIS_LIMIT = 65535;

/** One workgroup a task, laid out in two dimensions where one is not enough: task = id.x + id.y * 65,535. */
export function workgroupsFor(tasks: number): readonly [number, number, number] {
  if (tasks <= AXIS_LIMIT) return [Math.max(1, tasks), 1, 1];
  return [AXIS_LIMIT, Math.ceil(tasks / AXIS_LIMIT), 1];
}
